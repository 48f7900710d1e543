-- What does each model cost, with its calls and tokens? Local readers are listed too: they are free.
select provider, model, tier, mode, calls, failed_calls, input_tokens, cached_input_tokens, cache_write_tokens,
    output_tokens, cost_usd, (cost_usd / calls)::decimal(18, 9) as usd_per_call, mean_latency_ms
from cost_by_model
order by cost_usd desc, calls desc;
