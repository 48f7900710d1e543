"""What lies in the sample inbox: one module a part of the world or kind of trouble, each with `documents()`."""

from data.generator.inbox import (
    anglo,
    electronic,
    german,
    long,
    mailed,
    northern,
    romance,
    scanned,
    tickets,
    troubles,
    writings,
)
from data.generator.truth import Document

PARTS = (german, romance, northern, anglo, long, electronic, tickets, scanned, writings, mailed, troubles)


def documents() -> list[Document]:
    """Every sample, by path."""
    return sorted((document for part in PARTS for document in part.documents()), key=lambda document: document.path)
