-- What did each label (department, tenant, ...) cost, and what would premium-everywhere have cost, by estimate?
select d.label, count(*) as documents, sum(c.calls_usd) as paid_usd, sum(c.review_usd) as review_usd,
    sum(c.premium_everywhere_usd) as premium_everywhere_usd
from documents d join cost_per_document c using (document_id, file_name, source)
group by d.label order by paid_usd desc
