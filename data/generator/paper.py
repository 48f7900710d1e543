"""An invoice drawn in a layout, as a document with its truth."""

from data.generator.invoices import Invoice
from data.generator.layouts import Layout, draw_invoice
from data.generator.sheet import Style
from data.generator.truth import Document, stated


def paper(path: str, invoice: Invoice, layout: str, style: Style, after: Layout | None = None) -> Document:
    """The PDF of `invoice` at `path`, expected to be accepted; `after` draws something more on its last page."""
    drawn = draw_invoice(invoice, layout, style, after)
    return Document(
        path,
        drawn.pdf,
        doc_type=invoice.doc_type,
        layout=f"samples:{layout}",
        language=invoice.locale.language,
        vendor=invoice.seller.name,
        pages=drawn.pages,
        fields=stated(invoice, drawn.shown),
    )
