-- What do the documents of each seller cost, and how many of them wait for a person?
select seller_name, documents, waiting, cost_usd, (cost_usd / documents)::decimal(18, 9) as usd_per_document, value_usd
from cost_by_seller
order by cost_usd desc, documents desc, seller_name
limit 100;
