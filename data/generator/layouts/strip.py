"""The strips that tills, card terminals and shops' programs print, seldom two alike."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from zlib import crc32

from data.generator.companies import drawn_person, filled
from data.generator.ink import InkSheet
from data.generator.sheet import GREY
from data.generator.tickets import Ticket, drawn_branch
from data.generator.words import Words


@dataclass
class Strip:
    """One strip in the making; `seed` decides every choice of style."""

    sheet: InkSheet
    ticket: Ticket
    words: Words
    seed: int

    def pick(self, what: str, *options: str) -> str:
        """One of `options`, the same at every call."""
        return options[crc32(f"{what} {self.seed}".encode()) % len(options)]

    def chance(self, what: str, share: float) -> bool:
        """True for a `share` of all strips."""
        return crc32(f"{what}? {self.seed}".encode()) % 10_000 < share * 10_000

    def _random(self, what: str = "") -> Random:
        """For what differs between strips of one style."""
        return Random(f"{self.seed} {self.ticket.number} {what}")

    def draw(self) -> None:
        """The whole strip."""
        self.margin = float(self.pick("margin", "10", "14", "20"))
        self.size = float(self.pick("size", "7", "7.5", "8", "9"))
        self.sheet.y = 26.0
        self.sheet.bottom = self.sheet.height - 10
        if self.chance("title first", 0.12):
            self._title()
        self._head()
        if not self.chance("title first", 0.12):
            self._title()
        late = self.chance("facts last", 0.12)
        if not late:
            self._facts()
        self._items()
        self._totals()
        if late:
            self._facts()
        self._end()

    def _write(self, text: str, align: str = "left", size: float = 0, bold: bool = False, shows: str = "") -> None:
        """One line, broken where the strip is too narrow."""
        size, width, start = size or self.size, self.sheet.width - 2 * self.margin, 0
        x = {"left": self.margin, "right": self.sheet.width - self.margin, "centre": self.sheet.width / 2}[align]
        whole = " ".join(text.split())
        for line in self.sheet.split(whole, width, size * 1.08 if bold else size) or [""]:
            start = whole.index(line, start)
            small = self.sheet.fitted(line, width, size, bold)
            self.sheet.text(x, self.sheet.y, line, small, bold, align, shows=shows or (), line_of=(whole, start))
            start += len(line)
            self.sheet.y += size * 1.3

    def _two(
        self, left: str, right: str, shows: str | tuple[str, ...] = (), size: float = 0, bold: bool = False
    ) -> None:
        size = size or self.size
        room = self.sheet.width - 2 * self.margin - self.sheet.measure(right, size, bold) - 6
        fitted = self.sheet.fitted(left, room, size, bold)
        self.sheet.text(self.margin, self.sheet.y, left, fitted, bold)
        self.sheet.text(self.sheet.width - self.margin, self.sheet.y, right, size, bold, "right", shows=shows)
        self.sheet.y += size * 1.35

    def _rule(self) -> None:
        form = self.pick("rule", "dash", "line", "stars", "equal", "none", "minus")
        right = self.sheet.width - self.margin
        if form in ("stars", "equal", "minus"):
            mark = {"stars": "*", "equal": "=", "minus": "-"}[form]
            count = int((right - self.margin) / self.sheet.measure(mark, self.size))
            self.sheet.text(self.margin, self.sheet.y, mark * count, self.size, colour=GREY)
        elif form != "none":
            self.sheet.rule(self.margin, self.sheet.y - 3, right, weight=0.5, dash=2 if form == "dash" else 0)
        self.sheet.y += self.size * 1.3

    def _head(self) -> None:
        seller, align = self.ticket.seller, self.pick("head align", "centre", "centre", "centre", "left")
        name = seller.name.upper() if self.chance("capitals", 0.6) else seller.name
        if self.chance("logo", 0.15):
            x = self.sheet.width / 2 - 16 if align == "centre" else self.margin
            self.sheet.box(x, self.sheet.y - 14, 32, 22, fill=self.sheet.style.accent, stroke=None)
            self.sheet.y += 22
        size = float(self.pick("name size", "8", "10", "12", "15"))
        if marked := bool(seller.mark) and self.chance("mark", 0.75):
            self._write(seller.mark.upper() if self.chance("capital mark", 0.6) else seller.mark, align, size, True)
            size = float(self.pick("size under mark", "7", "8", str(size)))
        number = f" ({filled(self._random(), '######-@')})" if self.chance("register", 0.3) else ""
        beside = self.chance("register beside", 0.35)
        if not self.chance("name at the end", 0.04):
            self._write(name + number * beside, align, size, not marked, "seller_name")
        if number and not beside:
            self._write(number, align)
        if self.chance("branch", 0.12):
            self._write(drawn_branch(self._random("branch"), seller), align)
        joint = self.pick("address", "\n", "\n", "\n", ", ")
        capital = self.chance("capital address", 0.4)
        for line in joint.join(seller.address).split("\n"):
            self._write(line.upper() if capital else line, align, shows="seller_address")
        for text, share in ((f"{self.words['phone']} {seller.phone}", 0.7), (seller.email, 0.15), (seller.web, 0.15)):
            if self.chance(text[:2], share):
                self._write(text, align)
        if seller.vat_id and self.chance("vat", 0.75):
            told = f"{self.words['vat_id']}{self.pick('vat', ': ', ' ', ' : ')}{seller.vat_id}"
            self._write(told, align, shows="seller_vat_id")
        if self.chance("slogan", 0.15):
            self._write(self.words["slogans"], align)
        self.sheet.y += self.size * 0.6

    def _title(self) -> None:
        title = self.words["ticket_title"]
        if title:
            align = self.pick("title align", "centre", "centre", "left")
            self._write(title, align, self.size + 2, self.chance("bold title", 0.6))
            self.sheet.y += 3

    def _facts(self) -> None:
        """Number, date, time, who and where, each on its line or two to a line."""
        ticket, words, random = self.ticket, self.words, self._random()
        day = ticket.locale.date(ticket.issue_date, self.chance("long day", 0.08))
        label = words["ticket_date"].rstrip(":")
        tag = self.pick("tag", ": ", ":", " : ", " ")
        dated = f"{label}{tag}{day}" if label else day
        clocked = f"{dated} {ticket.time}" if self.chance("clock", 0.7) else dated
        facts = [
            (clocked, "issue_date"),
            (f"{words['ticket_number']}{tag}{ticket.number}", "invoice_number"),
            (f"{words['ticket_cashier']}{tag}{drawn_person(random, words.locale.language).split(' ')[0]}", ""),
            (f"{words['ticket_till']}{tag}{filled(random, '##')}", ""),
            (f"{words['ticket_table']}{tag}{filled(random, '##')}", ""),
            (filled(random, random.choice(words.listed("ticket_clutter"))), ""),
        ]
        kept = [fact for fact in facts[2:] if self.chance(fact[0][:4], 0.4)]
        number = [] if self.chance("unnumbered", 0.12) else facts[1:2]
        facts = [facts[0], *number, *kept]
        random.shuffle(facts)
        if self.chance("facts in pairs", 0.35):
            for first, second in zip(facts[::2], [*facts[1::2], ("", "")], strict=False):
                self._pair(first, second)
        else:
            for text, shows in facts:
                self._write(text, "left", shows=shows)
        self._rule()

    def _pair(self, first: tuple[str, str], second: tuple[str, str]) -> None:
        room = (self.sheet.width - 2 * self.margin) / 2 - 3
        for (text, shows), x, align in (
            (first, self.margin, "left"),
            (second, self.sheet.width - self.margin, "right"),
        ):
            if text:
                size = self.sheet.fitted(text, room, self.size)
                self.sheet.text(x, self.sheet.y, text, size, align=align, shows=shows or ())
        self.sheet.y += self.size * 1.3

    def _items(self) -> None:
        form = self.pick("items", "plain", "plain", "times", "below", "columns", "coded")
        number = self.ticket.locale.number
        if form in ("columns", "coded") or self.chance("heads", 0.25):
            heads = self.words["ticket_heads"].split(";")
            self._cells(*heads)
            self._rule()
        for index, (good, quantity, price, rate) in enumerate(self.ticket.items):
            amount, letter = number(quantity * Decimal(price)), self._letter(rate)
            if form == "plain":
                self._two(f"{quantity} {good}" if quantity > 1 else good, amount + letter)
            elif form == "times":
                self._two(f"{quantity} x {good}", amount + letter)
            elif form == "columns":
                self._cells(good, str(quantity), number(Decimal(price)), amount)
            else:
                code = filled(self._random(str(index)), "########") + " " if form == "coded" else ""
                self._write(f"{code}{good}")
                self._two(f"   {quantity} x {number(Decimal(price))}", amount + letter)
        self._rule()

    def _letter(self, rate: str) -> str:
        return f" {'ABC'[int(Decimal(rate)) % 3]}" if self.chance("letters", 0.3) else ""

    def _cells(self, good: str, quantity: str, price: str, amount: str) -> None:
        wide = self.sheet.width - 2 * self.margin
        room = wide * 0.5
        self.sheet.text(self.margin, self.sheet.y, good, self.sheet.fitted(good, room, self.size))
        for text, share in ((quantity, 0.58), (price, 0.78), (amount, 1.0)):
            if text:
                self.sheet.text(self.margin + wide * share, self.sheet.y, text, self.size, align="right")
        self.sheet.y += self.size * 1.3

    def _totals(self) -> None:
        ticket, words, number = self.ticket, self.words, self.ticket.locale.number
        more = bool(ticket.discount or ticket.service or not ticket.tax_included)
        if more or self.chance("subtotal", 0.35):
            net = ticket.goods_total == ticket.net_total
            self._two(words["ticket_subtotal"], number(ticket.goods_total), "net_total" if net else ())
        for key, value in (("ticket_discount", -ticket.discount), ("ticket_service", ticket.service)):
            if value:
                self._two(words[key], number(value))
        if not ticket.tax_included:
            self._taxes()
        for key, value in (("ticket_tip", ticket.tip), ("ticket_rounding", ticket.rounding)):
            if value:
                self._two(words[key], number(value))
        self._total()
        if self.chance("count", 0.25):
            self._two(words["ticket_items"], str(sum(quantity for _, quantity, _, _ in ticket.items)))
        if ticket.tax_included and self.chance("taxes first", 0.4):
            self._taxes()
        self._payment()
        if ticket.tax_included and not self.chance("taxes first", 0.4):
            self._taxes()

    def _total(self) -> None:
        ticket, locale = self.ticket, self.ticket.locale
        size = self.size + float(self.pick("total size", "0", "1", "3", "5", "8"))
        signed = locale.money != "{amount}" and not self.chance("bare", 0.4)
        label = self.words["ticket_total"]
        label += f" {locale.currency}" if self.chance("code", 0.12) and locale.currency not in label else ""
        shown = ("gross_total", "currency") if signed or locale.currency in label else ("gross_total",)
        amount = locale.amount(ticket.gross_total) if signed else locale.number(ticket.gross_total)
        label += self.pick("total tag", "", "", ":", " :")
        if self.chance("total below", 0.05):
            self._write(label, "centre", size, True)
            self.sheet.text(self.sheet.width / 2, self.sheet.y, amount, size, True, "centre", shows=shown)
            self.sheet.y += size * 1.4
        else:
            self.sheet.y += size * 0.3
            size = min(
                size,
                size * (self.sheet.width - 2 * self.margin) / (self.sheet.measure(label + amount, size, True) + 12),
            )
            self._two(label, amount, shown, size, self.chance("bold total", 0.7))
        if not signed and locale.currency in label:
            self.sheet.shown.add("currency")

    def _payment(self) -> None:
        ticket, words, number = self.ticket, self.words, self.ticket.locale.number
        if ticket.tendered:
            self._two(words["ticket_cash"], number(ticket.tendered))
            self._two(words["ticket_change"], number(ticket.tendered - ticket.gross_total))
        elif self.chance("card", 0.8):
            self._two(words["ticket_card"], number(ticket.gross_total), "gross_total")
            random = self._random()
            clutter = words.listed("ticket_clutter")
            for text in random.sample(clutter, min(random.choice((0, 1, 2, 4)), len(clutter))):
                self._write(filled(random, text), self.pick("slip align", "left", "centre"))

    def _taxes(self) -> None:
        ticket, words, locale = self.ticket, self.words, self.ticket.locale
        rates = [(rate, tax) for rate, tax in ticket.taxes.items() if rate]
        if not rates or (ticket.tax_included and self.chance("untaxed", 0.25)):
            return
        alone = len(rates) == 1
        if ticket.tax_included and self.chance("summary", 0.4):
            self._write(words["ticket_summary"])
            for rate, tax in rates:
                whole = ticket.sums[rate]
                self._summary(locale.percent(rate), locale.number(whole - tax), locale.number(tax), alone)
            return
        if alone and self.chance("net", 0.3):
            self._two(words["ticket_net"], locale.number(ticket.net_total), "net_total")
        for rate, tax in rates:
            self._two(
                words["ticket_tax"].format(rate=locale.percent(rate)), locale.number(tax), "tax_total" if alone else ()
            )

    def _summary(self, rate: str, net: str, tax: str, alone: bool) -> None:
        right = self.sheet.width - self.margin
        self.sheet.text(self.margin, self.sheet.y, rate, self.size)
        middle = self.margin + (right - self.margin) * 0.6
        self.sheet.text(middle, self.sheet.y, net, self.size, align="right", shows="net_total" if alone else ())
        self.sheet.text(right, self.sheet.y, tax, self.size, align="right", shows="tax_total" if alone else ())
        self.sheet.y += self.size * 1.3

    def _end(self) -> None:
        random = self._random()
        self._rule()
        if "seller_name" not in self.sheet.shown or self.chance("name again", 0.08):
            self._write(self.ticket.seller.name, "centre", shows="seller_name")
        align = self.pick("end align", "centre", "centre", "left")
        closing = self.words.listed("ticket_footer")
        for text in random.sample(closing, min(random.choice((0, 1, 2, 3)), len(closing))):
            self._write(text, align)
        if self.chance("thanks", 0.5):
            self._write(self.words["ticket_thanks"], align)
