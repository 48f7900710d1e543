"""Documents to ask about, and tiers of a stand-in to ask, for tests of tasks.ask."""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files

from pages import reading
from standin import Model, Settings

from routing.policy import Policy, Tier, parse_policy
from tasks.ask.kept import Kept
from tasks.ask.request import build
from tasks.ask.wanted import Ask, wanted
from tasks.check import check
from tasks.classify import Classified, classify
from tasks.documents import Examined, Reading, SourceFile
from tasks.evidence import evidence_of
from tasks.extract import extract
from tasks.extract.sheet import sheet_of
from tasks.fields import shipped
from tasks.judge import judge

INVOICE = (
    "# Kestrel Pumps Ltd",
    "14 Mill Lane   Leeds LS1 4AB",
    "Invoice No   KP-33018",
    "Invoice Date   14 March 2026",
    "Pump seal kit   2   40.00   80.00",
    "Net   80.00",
    "VAT 20%   16.00",
    "Total GBP   96.00",
)
TRUTH = {
    "invoice_number": "KP-33018",
    "issue_date": "2026-03-14",
    "seller_name": "Kestrel Pumps Ltd",
    "currency": "GBP",
    "net_total": "80.00",
    "tax_total": "16.00",
    "gross_total": "96.00",
}
CHEAP = Model("0.25", "0.025", "0.3125", "2", reasoning_tokens=64)
PREMIUM = Model("5", "0.5", "6.25", "25", cache_from_tokens=512)
APIS = ("responses", "chat", "messages")


@dataclass(frozen=True)
class Case:
    """A document as the free readers leave it, and what was kept of it."""

    document: Examined
    kept: Kept

    @property
    def id(self) -> str:
        return self.document.file.document_id


def policy() -> Policy:
    """The default policy."""
    return parse_policy((files("data") / "policy.toml").read_text(encoding="utf-8"), "data/policy.toml")


def case_of(read: Reading, doc_type: str | None = None) -> Case:
    """The document with that reading, by the free readers; `doc_type` is sure where it is given."""
    sheet = sheet_of(read)
    classified = Classified(doc_type, 0.99, {}) if doc_type else classify(sheet)
    found = extract(sheet, classified.doc_type, None)
    checks = check(read, found.fields, found.table)
    judged = judge(classified, found, checks)
    document_id = hashlib.sha256(sheet.text.encode()).hexdigest()
    document = Examined(
        file=SourceFile(document_id, "page.pdf", "tests", "", 1),
        text_source=read.text_source,
        page_count=read.page_count,
        doc_type=classified.doc_type,
        doc_type_confidence=classified.confidence,
        confidence=judged.confidence,
        fields=judged.fields,
        line_items=judged.line_items,
        checks=checks,
    )
    return Case(document, Kept(read))


def case(*lines: str, doc_type: str = "invoice", source: str = "text") -> Case:
    """A document of one page."""
    return case_of(reading(*lines, source=source), doc_type)


def tier(provider, api: str, **settings) -> Tier:
    """A paid tier at the stand-in."""
    kind = "anthropic" if api == "messages" else "openai"
    address = provider.anthropic_url if api == "messages" else provider.openai_url
    model = "premium-1" if api == "messages" else "cheap-1"
    stated = {"listed_as": f"{kind}/{model}", "answer_seconds": 5, "sensitivities": ["normal"], **settings}
    return Tier(name=f"paid-{api}", kind=kind, model=model, api=api, base_url=address, **stated)


def paid(api="chat", **more) -> Tier:
    """A paid tier at its provider, to build requests for."""
    kind = "anthropic" if api == "messages" else "openai"
    stated = {"sensitivities": ["normal"], "key_variable": "A_KEY", "model": "model-1", **more}
    return Tier(name="paid", kind=kind, api=api, **stated)


def everything() -> Ask:
    """Every field of an invoice."""
    return Ask(shipped().fields_of("invoice"))


def request_for(case: Case, tier: Tier, ask: Ask | None = None, **more):
    """The request that asks the tier about what is in doubt, or about `ask`."""
    rules = policy()
    ask = ask or wanted(case.document, evidence_of(case.document, case.document.checks, rules).open_fields, shipped())
    return build(case.document, "normal", case.kept, ask, tier, rules, shipped(), **more)


def settings(tmp_path, *cases: Case, truth=TRUTH, doc_type="invoice", **more) -> Settings:
    """A stand-in that knows the truth of the cases."""
    file = tmp_path / "truth.jsonl"
    rows = [{"document_id": each.id, "doc_type": doc_type, "fields": truth} for each in cases]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    models = {"cheap-1": CHEAP, "premium-1": PREMIUM}
    return Settings(models=models, truth=str(file), **more)
