"""Notations of the wide set: a country's usual one, or another that its businesses also use."""

from random import Random

from data.generator.locales import NBSP, Locale

_DAYS = {
    "de": ("{dd}.{mm}.{yyyy}", "{d}.{m}.{yyyy}", "{dd}.{mm}.{yy:02}", "{d}. {month} {yyyy}", "{yyyy}-{mm}-{dd}"),
    "en": ("{dd}/{mm}/{yyyy}", "{d} {month} {yyyy}", "{dd} {mon} {yyyy}", "{dd}-{mon}-{yyyy}", "{yyyy}-{mm}-{dd}"),
    "fr": ("{dd}/{mm}/{yyyy}", "{d} {month} {yyyy}", "{dd}/{mm}/{yy:02}", "{dd}.{mm}.{yyyy}", "{dd}-{mm}-{yyyy}"),
    "es": ("{dd}/{mm}/{yyyy}", "{d} de {month} de {yyyy}", "{dd}-{mm}-{yyyy}", "{d}/{m}/{yyyy}", "{dd}/{mm}/{yy:02}"),
    "it": ("{dd}/{mm}/{yyyy}", "{d} {month} {yyyy}", "{dd}.{mm}.{yyyy}", "{dd}-{mm}-{yyyy}", "{dd}/{mm}/{yy:02}"),
    "nl": ("{dd}-{mm}-{yyyy}", "{d} {month} {yyyy}", "{dd}/{mm}/{yyyy}", "{d}-{m}-{yyyy}", "{dd}.{mm}.{yyyy}"),
    "pt": ("{dd}/{mm}/{yyyy}", "{d} de {month} de {yyyy}", "{dd}-{mm}-{yyyy}", "{yyyy}-{mm}-{dd}", "{dd}.{mm}.{yyyy}"),
    "sv": ("{yyyy}-{mm}-{dd}", "{d} {month} {yyyy}", "{yyyy}-{mm}-{dd}"),
}
_AMERICAN = ("{mm}/{dd}/{yyyy}", "{month} {d}, {yyyy}", "{mon} {d}, {yyyy}", "{m}/{d}/{yyyy}", "{mm}/{dd}/{yy:02}")
_GROUPS = {".": ("", ",", ",", ","), ",": ("", ".", ".", " ", NBSP)}
_SWISS = ("’", "'", "’")
_MONEY = (
    "{sign}{amount}",
    "{sign} {amount}",
    f"{{amount}}{NBSP}{{sign}}",
    "{amount} {sign}",
    "{code} {amount}",
    "{amount} {code}",
    "{amount}",
    "{amount}",
)
CURRENCIES = {"CH": ("CHF", "Fr."), "GB": ("GBP", "£"), "US": ("USD", "$"), "AU": ("AUD", "$"), "SE": ("SEK", "kr")}
"""Code and sign; elsewhere the euro."""


def drawn_locale(random: Random, code: str) -> Locale:
    """A notation of that language and country. Amounts may be bare: the currency then stands elsewhere."""
    language, country = code.split("-")
    decimal = "." if language == "en" or country == "CH" else ","
    currency, sign = CURRENCIES.get(country, ("EUR", "€"))
    group = random.choice(_SWISS if country == "CH" else _GROUPS[decimal])
    days = _AMERICAN if country == "US" else _DAYS[language]
    day = days[0] if random.random() < 0.4 else random.choice(days)
    money = random.choice(_MONEY)
    if country == "AU":  # the bare sign would not say which dollar
        money = money.replace("{sign}", "{code} ")
    return Locale(code, decimal, group, day, days[1], currency, money, sign)
