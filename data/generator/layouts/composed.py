"""Papers put together freely: every part of the page is placed and styled by its own choice of a `Plan`."""

from dataclasses import dataclass
from random import Random

from data.generator.blocks import Entry, above, address, beside, header_entries, heading, page_mark, total_entries
from data.generator.invoices import Invoice
from data.generator.layouts import closing
from data.generator.sheet import GREY, PALE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 48.0, 548.0
_COLUMNS = (
    ("description", "quantity", "unit_price", "net_amount"),
    ("description", "net_amount"),
    ("position", "description", "quantity", "unit_price", "tax_rate", "net_amount"),
    ("quantity", "description", "unit_price", "net_amount"),
    ("article", "description", "quantity", "unit", "unit_price", "net_amount"),
    ("position", "article", "description", "unit_price", "quantity", "net_amount"),
    ("description", "tax_rate", "quantity", "unit_price", "net_amount"),
    (),
)
_WIDTHS = {
    "position": 28,
    "article": 62,
    "quantity": 52,
    "unit": 38,
    "unit_price": 70,
    "tax_rate": 44,
    "net_amount": 76,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things stand. `head`: where the seller's name is; `parties`: how buyer and seller stand to each other;
    `data`: the form of number and dates; `sums` and `payment`: those of totals and bank details. `full` prints net
    and tax, `always_due` the amount due even where nothing was paid, `bare` no sign beside amounts."""

    head: str
    parties: str
    data: str
    columns: tuple[str, ...]
    rules: str
    sums: str
    payment: str
    named: bool
    numbered: bool
    colon: bool
    full: bool
    always_due: bool
    vat_in_data: bool
    order: int

    @property
    def name(self) -> str:
        """What makes the layout: papers of one name differ in wording and content alone."""
        return f"{self.head}-{self.parties}-{self.data}-{self.sums}-{self.payment}"


def drawn_plan(random: Random) -> Plan:
    """Any plan."""
    coin = (False, True)
    return Plan(
        head=random.choice(("left", "right", "centre", "logo", "foot")),
        parties=random.choice(("window", "beside", "boxed", "below")),
        data=random.choice(("right", "left", "strip", "stacked", "sentence")),
        columns=random.choice(_COLUMNS),
        rules=random.choice(("none", "rows", "grid", "head")),
        sums=random.choice(("right", "left", "strip", "wide")),
        payment=random.choice(("foot", "below", "box")),
        named=random.choice(coin),
        numbered=random.random() < 0.3,
        colon=random.choice(coin),
        full=random.random() < 0.8,
        always_due=random.random() < 0.3,
        vat_in_data=random.random() < 0.3,
        order=random.randrange(1000),
    )


class Composed:
    """A layout, as `layouts.Layout` is called, for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __call__(self, sheet: Sheet, invoice: Invoice, words: Words) -> None:
        """Draw the paper."""
        self.sheet, self.invoice, self.words = sheet, invoice, words
        sheet.bottom = sheet.height - 120
        sheet.y = self._head()
        sheet.y = self._title(sheet.y + 26)
        sheet.y = self._parties(sheet.y + 14)
        sheet.y = self._data(sheet.y + 18)
        self._lines()
        closing.draw_sums(sheet, invoice, words, self.plan.sums, self._sums())
        closing.draw_payment(sheet, invoice, words, self.plan.payment, self.plan.head == "foot")
        page_mark(sheet, words, RIGHT, sheet.height - 24)

    def _head(self) -> float:
        sheet, seller = self.sheet, self.invoice.seller
        contact = [f"{self.words['phone']} {seller.phone}", seller.email]
        if self.plan.head == "foot":
            sheet.text(LEFT, 52, seller.name.split()[0].lower(), 24, bold=True, colour=sheet.style.accent)
            return 70.0
        if self.plan.head == "logo":
            sheet.box(LEFT, 34, 42, 42, fill=sheet.style.accent, stroke=None)
            sheet.text(
                LEFT + 21, 61, "".join(part[0] for part in seller.name.split()[:2]), 17, colour=PALE, align="centre"
            )
        align, x = {"right": ("right", RIGHT), "centre": ("centre", sheet.width / 2), "logo": ("left", LEFT + 52)}.get(
            self.plan.head, ("left", LEFT)
        )
        sheet.text(x, 50, seller.name, 15, bold=True, align=align, colour=sheet.style.accent, shows="seller_name")
        y = sheet.lines(x, 64, [*seller.address, "  ".join(contact)], 8.5, align=align, colour=GREY)
        if seller.vat_id and not self.plan.vat_in_data:
            vat = f"{self.words['vat_id']}: {seller.vat_id}"
            sheet.text(x, y, vat, 8.5, align=align, colour=GREY, shows="seller_vat_id")
            y += 12
        return y

    def _title(self, y: float) -> float:
        title = heading(self.invoice, self.words)
        if self.plan.numbered:
            shows = "purchase_order_number" if self.invoice.doc_type == "purchase_order" else "invoice_number"
            self.sheet.text(LEFT, y, f"{title} {self.invoice.number}", 15, bold=True, shows=shows)
        else:
            right = self.plan.head in ("left", "logo") and self.plan.order % 2
            self.sheet.text(RIGHT if right else LEFT, y, title, 18, bold=True, align="right" if right else "left")
        return y

    def _parties(self, y: float) -> float:
        sheet, invoice = self.sheet, self.invoice
        form, middle = self.plan.parties, (LEFT + RIGHT) / 2
        if form == "window":
            line = " · ".join([invoice.seller.name, *invoice.seller.address])
            sheet.text(LEFT, y, line, 6.5, colour=GREY, shows="seller_name")
            return self._party(LEFT, y + 16, "buyer", labelled=False)
        if form == "below":
            return self._party(LEFT, y, "buyer", labelled=True)
        if form == "boxed":
            sheet.box(middle, y - 10, RIGHT - middle, 76)
            return self._party(middle + 8, y + 2, "buyer", labelled=self.plan.named) + 12
        sides = ("seller", "buyer") if self.plan.order % 3 else ("buyer", "seller")
        return max(self._party(x, y, role, labelled=True) for x, role in zip((LEFT, middle), sides, strict=True))

    def _party(self, x: float, y: float, role: str, labelled: bool) -> float:
        party = self.invoice.buyer if role == "buyer" else self.invoice.seller
        if labelled:
            label = self.words["bill_to" if role == "buyer" else "from"]
            self.sheet.text(x, y, f"{label}:" if self.plan.colon else label, 8, bold=True, colour=GREY)
            y += 13
        y = address(self.sheet, x, y, party, role, 9.5, bold=self.plan.named, country=self.plan.order % 4 == 0)
        if role == "buyer" and party.vat_id and not self.plan.vat_in_data:
            vat = f"{self.words['your_vat_id']} {party.vat_id}"
            self.sheet.text(x, y, vat, 8.5, shows="buyer_vat_id")
            y += 12
        return y

    def _entries(self) -> list[Entry]:
        """The header data, shuffled a little, with what the plan moves there."""
        invoice, words = self.invoice, self.words
        entries = header_entries(invoice, words)
        if self.plan.numbered:
            entries = entries[1:]
        if self.plan.vat_in_data:
            vats = [
                ("vat_id", invoice.seller.vat_id, "seller_vat_id"),
                ("your_vat_id", invoice.buyer.vat_id, "buyer_vat_id"),
            ]
            entries += [Entry(words[key], value, shows) for key, value, shows in vats if value]
        if words.locale.money == "{amount}":
            entries.append(Entry(words["currency"], words.locale.currency, "currency"))
        if self.plan.order % 2:
            Random(self.plan.order).shuffle(entries)
        return entries

    def _data(self, y: float) -> float:
        sheet, entries, form = self.sheet, self._entries(), self.plan.data
        if form == "right":
            return max(y, beside(sheet, 330, y - 62, entries, 120, 9, 13, self.plan.colon)) + 6
        if form == "left":
            align = "right" if self.plan.order % 5 == 0 else "left"
            return beside(sheet, LEFT, y, entries, 210 if align == "right" else 130, 9, 13, self.plan.colon, align) + 4
        if form == "sentence":
            for pair in zip(entries[::2], [*entries[1::2], None], strict=False):
                y = self._sentence(y, [entry for entry in pair if entry])
            return y + 6
        rows = [entries] if form == "strip" and len(entries) <= 6 else [entries[:4], entries[4:8], entries[8:]]
        for row in filter(None, rows):
            above(sheet, LEFT, y, row, (RIGHT - LEFT) / len(row), form == "strip", PALE)
            y += 36
        return y - 4

    def _sentence(self, y: float, entries: list[Entry]) -> float:
        x = LEFT
        for entry in entries:
            text = f"{entry.label}{':' if self.plan.colon else ''} {entry.value}"
            x += self.sheet.text(x, y, text, 9.5, shows=entry.shows or ()) + 24
        return y + 14

    def _lines(self) -> None:
        sheet, invoice, words = self.sheet, self.invoice, self.words
        if not self.plan.columns:
            for line in invoice.lines:
                sheet.room(30)
                sheet.text(LEFT, sheet.y + 8, line.description, 10)
                sheet.text(RIGHT, sheet.y + 8, words.locale.number(line.net_amount), 10, align="right")
                sheet.y += 18
            return
        taken = sum(_WIDTHS.get(key, 0) for key in self.plan.columns)
        columns = [(key, _WIDTHS.get(key, RIGHT - LEFT - taken)) for key in self.plan.columns]
        fill = PALE if self.plan.order % 3 == 0 else None
        grid = Grid(columns, self.plan.rules, fill, zebra=self.plan.order % 7 == 0, size=8.5)
        Table(sheet, invoice, words, grid, LEFT).draw()
        if len(columns) < 4:
            sheet.shown.discard("line_items")

    def _sums(self) -> list[Entry]:
        invoice, words = self.invoice, self.words
        entries = total_entries(invoice, words)
        if not self.plan.full and not invoice.allowance:
            entries = [
                entry for entry in entries if entry.shows not in ("net_total", "tax_total") and "%" not in entry.label
            ]
        if self.plan.always_due and not invoice.paid and invoice.doc_type == "invoice":
            entries.append(Entry(words["amount_due"], words.locale.amount(invoice.amount_due), "amount_due", bold=True))
        return entries
