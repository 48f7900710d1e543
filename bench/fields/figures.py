"""How often header fields are right, by field and kind of reading."""

from collections import Counter
from collections.abc import Callable, Iterable

from bench.fields.examples import WITH_FIELDS, Labelled
from tasks.extract.header import FIELDS, header_fields
from tasks.extract.scorer import Scorer
from tasks.extract.sheet import sheet_of
from tasks.fields import shipped
from tasks.same import same


def print_figures(title: str, documents: Iterable[Labelled], scorer: Callable[[Labelled], Scorer]) -> None:
    """F1 of each field and the share of documents whose key fields are all right; the document's class is given."""
    groups: dict[str, Counter[str]] = {}
    for document in documents:
        row = document.row
        if row["doc_type"] not in WITH_FIELDS or row["stylesheet"] or row["doc_type"] == "purchase_order":
            continue
        sheet = sheet_of(document.reading)
        count = groups.setdefault(f"{'ocr' if sheet.ocr else 'text'} {row['source']}", Counter())
        found = {f.name: f.value for f in header_fields(sheet, row["doc_type"], scorer(document))}
        stated = {k: v for k, v in row["fields"].items() if k not in row["not_visible"]}
        for name in FIELDS:
            if name in stated:
                count[f"{name} stated"] += 1
                count[f"{name} found"] += found.get(name) is not None
                count[f"{name} right"] += same(name, found.get(name), stated[name])
        keys = [name for name in shipped().key_fields_of(row["doc_type"]) if name in stated]
        count["judged"] += bool(keys)
        count["right"] += bool(keys) and all(same(name, found.get(name), stated[name]) for name in keys)
    print(f"\n{title}: right documents, and of each field right / found / stated")
    for group, count in sorted(groups.items()):
        print(f"  {group}: {count['right']} of {count['judged']}")
        shown = [
            f"{n} {count[f'{n} right']}/{count[f'{n} found']}/{count[f'{n} stated']}"
            for n in FIELDS
            if count[f"{n} stated"]
        ]
        print("     " + ", ".join(shown))
