-- For which reasons do documents go on to a dearer tier or to a person, and how often? One may have several.
select split_part(reason, ':', 1) as reason, action, count(distinct document_id) as documents, any_value(reason) as example
from (
    select document_id, action, unnest(string_split(reason, '; ')) as reason
    from decisions where action in ('escalate', 'review')
)
group by all
order by documents desc;
