-- What went on to a dearer tier or to a person, and why? Most valuable first.
select file_name, action, from_tier, to_tier, round(p_right, 3) as p_right, value_at_stake, expected_cost_usd, reason
from escalations
order by value_at_stake desc nulls last, file_name, step
limit 100;
