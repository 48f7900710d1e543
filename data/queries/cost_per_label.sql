-- What did each label (department, tenant, ...) cost, and what would premium-everywhere have cost, by estimate?
select label, count(*) as documents, sum(calls_usd) as paid_usd, sum(review_usd) as review_usd,
    sum(premium_everywhere_usd) as premium_everywhere_usd
from cost_per_document
group by label order by paid_usd desc
