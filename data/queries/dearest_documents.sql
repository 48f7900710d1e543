-- Which ten documents cost most?
select file_name, doc_type, outcome, tier, pages, calls_usd, review_usd, cost_usd, document_id
from cost_per_document
order by cost_usd desc, file_name
limit 10;
