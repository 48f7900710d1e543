-- Which calls may have been billed without an answer? They count at what was reserved for them.
select started_at, provider, model, mode, attempts, cost_usd as reserved_usd, document_id, call_id, request_hash
from calls where status = 'unknown' order by started_at
