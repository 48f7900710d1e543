-- How many documents have each outcome, and what did they cost?
select outcome, count(*) as documents, round(100 * count(*) / sum(count(*)) over (), 1) as percent,
    sum(cost_usd) as cost_usd, (sum(cost_usd) / count(*))::decimal(18, 9) as usd_per_document, sum(value_at_stake) as value_usd
from documents
group by outcome
order by documents desc;
