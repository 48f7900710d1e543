-- What waits for a person, most valuable first, and why?
select position, file_name, doc_type, value_at_stake, round(confidence, 3) as confidence, reason
from work_queue
order by position
limit 100;
