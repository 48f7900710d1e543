"""How a country writes amounts, quantities and dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MONTHS = {
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
}
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Locale:
    """A notation. `day` and `long_day` are patterns of {d}, {dd}, {m}, {mm}, {yyyy}, {yy}, {month}, {mon}, {MON} and
    {th}; `money` of {amount}, {code} and {sign}, `minus` how a negative one is marked. `lakh` groups as in India: the
    last three digits, then pairs."""

    code: str
    decimal: str
    group: str
    day: str
    long_day: str
    currency: str
    money: str = "{amount}"
    sign: str = ""
    lakh: bool = False
    minus: str = "-{}"

    @property
    def language(self) -> str:
        """ISO 639-1."""
        return self.code[:2]

    def number(self, value: Decimal, places: int = 2) -> str:
        """`value` rounded to `places`, grouped."""
        digits, _, fraction = f"{abs(value):.{places}f}".partition(".")
        grouped = self.group.join(self._groups(digits))
        text = f"{grouped}{self.decimal}{fraction}" if fraction else grouped
        return self.minus.format(text) if value < 0 else text

    def _groups(self, digits: str) -> list[str]:
        head = digits
        groups: list[str] = []
        step = 3
        while len(head) > step:
            head, tail = head[:-step], head[-step:]
            groups.insert(0, tail)
            step = 2 if self.lakh else 3
        return [head, *groups]

    def quantity(self, value: Decimal) -> str:
        """`value` without trailing zeros."""
        places = max(0, -int(value.normalize().as_tuple().exponent))
        return self.number(value, places)

    def percent(self, rate: Decimal) -> str:
        """A rate with its sign: `19 %`, `8.25%`."""
        gap = "" if self.language in ("en", "nl", "it") else NBSP
        return f"{self.quantity(rate)}{gap}%"

    def amount(self, value: Decimal, places: int = 2) -> str:
        """Money with its currency, as running text and totals show it."""
        text = self.money.format(amount=self.number(abs(value), places), code=self.currency, sign=self.sign)
        return self.minus.format(text) if value < 0 else text

    def date(self, day: date, long: bool = False) -> str:
        """A date in figures, or with the month's name."""
        month = MONTHS[self.language].split()[day.month - 1]
        return (self.long_day if long else self.day).format(
            d=day.day,
            m=day.month,
            dd=f"{day.day:02}",
            mm=f"{day.month:02}",
            yyyy=day.year,
            yy=day.year % 100,
            month=month,
            mon=month[:3],
            MON=month[:3].upper(),
            th="th" if 10 < day.day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th"),
        )


def _german(
    code: str = "de-DE", decimal: str = ",", group: str = ".", currency: str = "EUR", money: str = "", sign: str = "€"
) -> Locale:
    return Locale(
        code,
        decimal,
        group,
        "{dd}.{mm}.{yyyy}",
        "{d}. {month} {yyyy}",
        currency,
        money or f"{{amount}}{NBSP}{{sign}}",
        sign,
    )


LOCALES = {
    "de-DE": _german(),
    "de-AT": _german("de-AT", money="{sign} {amount}"),
    "de-CH": _german("de-CH", ".", "’", "CHF", "{code} {amount}", "Fr."),
    "fr-FR": Locale(
        "fr-FR", ",", NBSP, "{dd}/{mm}/{yyyy}", "{d} {month} {yyyy}", "EUR", f"{{amount}}{NBSP}{{sign}}", "€"
    ),
    "nl-NL": Locale(
        "nl-NL", ",", ".", "{dd}-{mm}-{yyyy}", "{d} {month} {yyyy}", "EUR", f"{{sign}}{NBSP}{{amount}}", "€"
    ),
    "es-ES": Locale(
        "es-ES", ",", ".", "{dd}/{mm}/{yyyy}", "{d} de {month} de {yyyy}", "EUR", f"{{amount}}{NBSP}{{sign}}", "€"
    ),
    "it-IT": Locale(
        "it-IT", ",", ".", "{dd}/{mm}/{yyyy}", "{d} {month} {yyyy}", "EUR", f"{{sign}}{NBSP}{{amount}}", "€"
    ),
    "sv-SE": Locale(
        "sv-SE", ",", NBSP, "{yyyy}-{mm}-{dd}", "{d} {month} {yyyy}", "SEK", f"{{amount}}{NBSP}{{sign}}", "kr"
    ),
    "en-GB": Locale("en-GB", ".", ",", "{dd}/{mm}/{yyyy}", "{d} {month} {yyyy}", "GBP", "{sign}{amount}", "£"),
    "en-US": Locale("en-US", ".", ",", "{mm}/{dd}/{yyyy}", "{month} {d}, {yyyy}", "USD", "{sign}{amount}", "$"),
    "en-IN": Locale(
        "en-IN", ".", ",", "{dd}-{mm}-{yyyy}", "{dd}-{mon}-{yyyy}", "INR", "{code} {amount}", "Rs.", lakh=True
    ),
}
