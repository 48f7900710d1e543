"""The laws that hold within the ledger, each as the SQL that finds what breaks it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SqlLaw:
    """A law. `offenders` selects one text per breach, `counted` the number of things that were looked at."""

    name: str
    meaning: str
    offenders: str
    counted: str


_DOCUMENTS = "select count(*) from history.documents"

LAWS = (
    SqlLaw(
        "every_document_settled",
        "documents discovered = sum over outcomes + already known, in each run (a failed one may have left some)",
        """
        select r.run_id || ' (discovered ' || r.documents || ', settled ' || count(d.run_id)
            || ', known ' || coalesce(any_value(r.known), 0) || ')'
        from runs r left join history.documents d using (run_id) where r.status <> 'running'
        group by r.run_id, r.documents
        having coalesce(r.documents, -1) < count(d.run_id) + coalesce(any_value(r.known), 0)
            or (any_value(r.status) <> 'failed' and r.documents > count(d.run_id) + coalesce(any_value(r.known), 0))
        """,
        "select count(*) from runs where status <> 'running'",
    ),
    SqlLaw(
        "one_outcome",
        "each document has exactly one outcome per run, and one of the five",
        """
        select file_name || ' in ' || run_id from history.documents group by document_id, source, file_name, run_id
        having count(*) > 1
            or not bool_and(outcome in ('accepted', 'review', 'duplicate', 'deferred', 'rejected'))
        """,
        _DOCUMENTS,
    ),
    SqlLaw(
        "read_once",
        "among files with the same bytes one is read per run, the others are its copies",
        """
        select document_id || ' in ' || run_id from history.documents
        where duplicate_of is distinct from document_id group by document_id, run_id having count(*) > 1
        """,
        _DOCUMENTS,
    ),
    SqlLaw(
        "nothing_doubled",
        "one row per document and field, line, check, step, and per call",
        """
        select document_id || ' field ' || field from history.fields
        group by document_id, field, run_id having count(*) > 1
        union all select document_id || ' line ' || line from history.line_items
        group by document_id, line, run_id having count(*) > 1
        union all select document_id || ' check ' || "check" from history.checks
        group by document_id, "check", run_id having count(*) > 1
        union all select document_id || ' step ' || step from history.decisions
        group by document_id, step, run_id having count(*) > 1
        union all select 'call ' || call_id from history.calls group by call_id having count(*) > 1
        """,
        "select count(*) from history.fields",
    ),
    SqlLaw(
        "nothing_orphaned",
        "every field, line, check, decision, call and review belongs to a document",
        """
        with rows as (
            select document_id, run_id from history.fields
            union select document_id, run_id from history.line_items
            union select document_id, run_id from history.checks
            union select document_id, run_id from history.decisions
            union select document_id, run_id from history.calls
        )
        select document_id || ' in ' || run_id from rows anti join history.documents using (document_id, run_id)
        union all select document_id from history.reviews anti join history.documents using (document_id)
        """,
        _DOCUMENTS,
    ),
    SqlLaw(
        "cost_of_documents",
        "a document's cost in a run = the sum of its calls in that run",
        """
        with paid as (select document_id, run_id, sum(cost_usd) as usd from history.calls group by all),
             stated as (select document_id, run_id, sum(cost_usd) as usd from history.documents group by all)
        select document_id || ' in ' || run_id from stated left join paid using (document_id, run_id)
        where coalesce(stated.usd, 0) <> coalesce(paid.usd, 0)
        """,
        _DOCUMENTS,
    ),
    SqlLaw(
        "cost_of_runs",
        "a run's cost = the sum of its documents'",
        """
        select r.run_id || ' (says ' || coalesce(r.cost_usd, 0) || ', documents say ' || coalesce(sum(d.cost_usd), 0)
            || ')'
        from runs r left join history.documents d using (run_id) where r.status <> 'running'
        group by r.run_id, r.cost_usd having coalesce(r.cost_usd, 0) <> coalesce(sum(d.cost_usd), 0)
        """,
        "select count(*) from runs where status <> 'running'",
    ),
    SqlLaw(
        "cost_in_all",
        "what documents cost in all = their calls + their reviews, over all runs",
        """
        with paid as (
            select document_id, sum(cost_usd) as usd
            from (select document_id, cost_usd from history.calls
                union all select document_id, cost_usd from history.reviews) group by document_id
        ), shown as (select document_id, sum(cost_usd) as usd from documents group by document_id)
        select coalesce(shown.document_id, paid.document_id) from shown full join paid using (document_id)
        where coalesce(shown.usd, 0) <> coalesce(paid.usd, 0)
        """,
        "select count(*) from documents",
    ),
    SqlLaw(
        "paid_once",
        "no request is paid for twice, apart from calls of which nobody can tell whether they were billed",
        """
        select request_hash from history.calls where cost_usd > 0 and status <> 'unknown'
        group by request_hash having count(*) > 1 and request_hash is not null
        """,
        "select count(*) from history.calls where cost_usd > 0",
    ),
    SqlLaw(
        "values_grounded",
        "every found value says where it stands: page and box, or XML path",
        """
        select document_id || ' field ' || field from history.fields where state = 'found'
            and xml_path is null and (page is null or x0 is null or y0 is null or x1 is null or y1 is null)
        """,
        "select count(*) from history.fields where state = 'found'",
    ),
    SqlLaw(
        "reasons_stated",
        "every outcome but accepted has its reason",
        """
        select file_name || ' (' || outcome || ')' from history.documents
        where outcome <> 'accepted' and coalesce(trim(reason), '') = ''
        """,
        "select count(*) from history.documents where outcome <> 'accepted'",
    ),
    SqlLaw(
        "erasures_finished",
        "nothing is left of the content of documents that were erased; `ledgerline erase` finishes what was broken off",
        """
        select document_id from history.erasures e anti join history.documents using (document_id)
        union select document_id from history.erasures e join history.documents d using (document_id)
        where d.settled_at <= e.erased_at and not starts_with(d.file_name, 'erased/')
        union select document_id from history.erasures join history.fields using (document_id)
        where value is not null or raw_text is not null
        """,
        "select count(*) from history.erasures",
    ),
    SqlLaw(
        "duplicates_known",
        "every duplicate names a document of the store",
        """
        select file_name from history.documents d where outcome = 'duplicate'
            and not exists (select 1 from history.documents o where o.document_id = d.duplicate_of)
        """,
        "select count(*) from history.documents where outcome = 'duplicate'",
    ),
)
"""In the order of importance to who reads the list."""
