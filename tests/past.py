"""What was settled before the document that a test looks at: in the ledger of a real store, or in the same chunk."""

from datetime import timedelta
from importlib.resources import files

from store_rows import DAY, NOON, document_row

from routing.policy import parse_policy
from tasks.documents import Examined, Field, SourceFile
from tasks.history import History

FINANCE = parse_policy((files("data") / "policy.toml").read_text(encoding="utf-8"), "policy").finance

INVOICE = {
    "invoice_number": "RE-2026/0815",
    "issue_date": "2026-03-01",
    "seller_name": "Müller & Söhne GmbH",
    "currency": "EUR",
    "gross_total": "119.00",
    "amount_due": "119.00",
    "iban": "DE89370400440532013000",
}


def invoice(name, doc_type="invoice", **changes):
    """An examined invoice; a field changed to None is absent."""
    stated = {k: v for k, v in (INVOICE | changes).items() if v is not None}
    fields = tuple(Field(k, "found", v) for k, v in stated.items())
    return Examined(SourceFile(name, f"{name}.pdf", "in", name, 1), doc_type=doc_type, fields=fields)


class Past:
    """Documents that were settled; `where` is `ledger` for an earlier run's, `chunk` for those just before."""

    def __init__(self, store, where, orders=None, **finance):
        """Nothing yet."""
        self.store, self.where, self.orders = store, where, orders
        self.finance = FINANCE.model_copy(update=finance)
        self._settled = []

    def has(self, *documents, outcome="accepted"):
        """Add them, in order."""
        for document in documents:
            self._settled.append((document, outcome))
            if self.where == "ledger":
                self.store.write("run1", DAY, self._rows(document, outcome))
        return self

    def history(self, document):
        """What is known when `document` is settled."""
        ahead = self._settled if self.where == "chunk" else []
        chunk = [*(d for d, _ in ahead), document]
        history = History.load(chunk, self.store.query, self.finance, self.orders)
        for before, outcome in ahead:
            history.add(before, outcome)
        return history

    def check(self, name, document):
        """That check of `document`."""
        return next(check for check in self.history(document).checks(document) if check.name == name)

    def passed(self, name, document):
        """Whether `document` passes that check, None if it could not be made."""
        return self.check(name, document).passed

    def failed(self, document):
        """The details of the checks that `document` fails, by name."""
        return {c.name: c.detail for c in self.history(document).checks(document) if c.passed is False}

    def duplicate_of(self, document):
        """What `document` is a business duplicate of."""
        return self.history(document).duplicate_of(document)

    def _rows(self, document, outcome):
        of = {"document_id": document.file.document_id, "run_id": "run1"}
        settled_at = NOON + timedelta(seconds=len(self._settled))
        row = document_row(0, doc_type=document.doc_type, outcome=outcome, settled_at=settled_at) | of
        fields = [of | {"field": f.name, "value": f.value, "state": "found"} for f in document.fields]
        return {"documents": [row | {"file_name": document.file.file_name}], "fields": fields}


def series(count, **changes):
    """So many invoices of one seller, one after another."""
    return [invoice(f"s{n}", invoice_number=f"S-{n}", **changes) for n in range(count)]
