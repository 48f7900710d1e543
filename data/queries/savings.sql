-- What was saved against one call per document to the dearest model (an estimate, at list price)? Total in the last row.
select coalesce(day::varchar, 'all days') as day, sum(documents) as documents, sum(paid_usd) as paid_usd,
    sum(premium_everywhere_usd) as premium_everywhere_usd, sum(saved_usd) as saved_usd,
    round(100 * sum(saved_usd) / nullif(sum(premium_everywhere_usd), 0), 1) as saved_percent, sum(review_usd) as review_usd
from savings
group by rollup (savings.day)
order by savings.day nulls last;
