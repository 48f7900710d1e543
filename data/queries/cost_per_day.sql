-- What did each day (UTC) cost, for models and for people?
select day, documents, paid_calls, calls_usd, review_usd, cost_usd
from cost_by_day
order by day desc;
