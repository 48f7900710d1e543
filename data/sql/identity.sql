-- What identifies a number, a name or an account, however it is spelled: letters and digits of any script, without
-- accents and case. `tasks.history.keys.key` is the same in Python.
create or replace macro identity_key(text) as
    coalesce(nullif(regexp_replace(lower(strip_accents(text)), '[^\p{L}\p{N}]', '', 'g'), ''), trim(lower(text)));
