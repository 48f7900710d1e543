"""Notations of the wide set: a country's usual one, or another that its businesses also use."""

from random import Random

from data.generator.locales import NBSP, Locale

_DAYS = {
    "de": (
        "{dd}.{mm}.{yyyy}",
        "{d}.{m}.{yyyy}",
        "{dd}.{mm}.{yy:02}",
        "{d}. {month} {yyyy}",
        "{yyyy}-{mm}-{dd}",
        "{dd}. {mon}. {yyyy}",
        "{dd}.{mm}.{yyyy}",
    ),
    "en": (
        "{dd}/{mm}/{yyyy}",
        "{d} {month} {yyyy}",
        "{dd} {mon} {yyyy}",
        "{dd}-{mon}-{yyyy}",
        "{yyyy}-{mm}-{dd}",
        "{d}{th} {month} {yyyy}",
        "{dd}-{MON}-{yy:02}",
        "{dd}.{mm}.{yyyy}",
        "{dd}/{mm}/{yy:02}",
        "{month} {d}, {yyyy}",
        "{dd}-{mm}-{yyyy}",
    ),
    "fr": (
        "{dd}/{mm}/{yyyy}",
        "{d} {month} {yyyy}",
        "{dd}/{mm}/{yy:02}",
        "{dd}.{mm}.{yyyy}",
        "{dd}-{mm}-{yyyy}",
        "{yyyy}-{mm}-{dd}",
    ),
    "es": (
        "{dd}/{mm}/{yyyy}",
        "{d} de {month} de {yyyy}",
        "{dd}-{mm}-{yyyy}",
        "{d}/{m}/{yyyy}",
        "{dd}/{mm}/{yy:02}",
        "{d} de {month}, {yyyy}",
        "{dd}.{mm}.{yyyy}",
    ),
    "it": (
        "{dd}/{mm}/{yyyy}",
        "{d} {month} {yyyy}",
        "{dd}.{mm}.{yyyy}",
        "{dd}-{mm}-{yyyy}",
        "{dd}/{mm}/{yy:02}",
        "{dd}-{mon}-{yyyy}",
    ),
    "nl": (
        "{dd}-{mm}-{yyyy}",
        "{d} {month} {yyyy}",
        "{dd}/{mm}/{yyyy}",
        "{d}-{m}-{yyyy}",
        "{dd}.{mm}.{yyyy}",
        "{dd}-{mm}-{yy:02}",
    ),
    "pt": (
        "{dd}/{mm}/{yyyy}",
        "{d} de {month} de {yyyy}",
        "{dd}-{mm}-{yyyy}",
        "{yyyy}-{mm}-{dd}",
        "{dd}.{mm}.{yyyy}",
    ),
    "sv": ("{yyyy}-{mm}-{dd}", "{d} {month} {yyyy}", "{yyyy}-{mm}-{dd}"),
    "da": ("{dd}-{mm}-{yyyy}", "{d}. {month} {yyyy}", "{dd}.{mm}.{yyyy}", "{dd}/{mm}/{yyyy}", "{dd}.{mm}.{yy:02}"),
    "no": ("{dd}.{mm}.{yyyy}", "{d}. {month} {yyyy}", "{dd}.{mm}.{yy:02}", "{yyyy}-{mm}-{dd}"),
    "fi": ("{d}.{m}.{yyyy}", "{d}. {month} {yyyy}", "{dd}.{mm}.{yyyy}"),
    "pl": ("{dd}.{mm}.{yyyy}", "{d} {month} {yyyy}", "{yyyy}-{mm}-{dd}", "{dd}-{mm}-{yyyy}"),
    "cs": ("{dd}.{mm}.{yyyy}", "{d}. {month} {yyyy}", "{d}.{m}.{yyyy}", "{dd}. {mm}. {yyyy}"),
    "ro": ("{dd}.{mm}.{yyyy}", "{d} {month} {yyyy}", "{dd}/{mm}/{yyyy}", "{dd}-{mm}-{yyyy}"),
}
_AMERICAN = (
    "{mm}/{dd}/{yyyy}",
    "{month} {d}, {yyyy}",
    "{mon} {d}, {yyyy}",
    "{m}/{d}/{yyyy}",
    "{mm}/{dd}/{yy:02}",
    "{mm}-{dd}-{yyyy}",
    "{MON} {dd} {yyyy}",
    "{m}/{d}/{yy:02}",
)
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
CURRENCIES = {
    "AU": ("AUD", "$"),
    "BR": ("BRL", "R$"),
    "CA": ("CAD", "$"),
    "CH": ("CHF", "Fr."),
    "CZ": ("CZK", "Kč"),
    "DK": ("DKK", "kr."),
    "GB": ("GBP", "£"),
    "IN": ("INR", "Rs."),
    "MX": ("MXN", "$"),
    "MY": ("MYR", "RM"),
    "NO": ("NOK", "kr"),
    "NZ": ("NZD", "$"),
    "PL": ("PLN", "zł"),
    "RO": ("RON", "lei"),
    "SE": ("SEK", "kr"),
    "SG": ("SGD", "S$"),
    "US": ("USD", "$"),
    "ZA": ("ZAR", "R"),
}
"""Code and sign; elsewhere the euro."""
ENGLISH = ("AU", "CA", "GB", "IE", "IN", "MY", "NZ", "SG", "US", "ZA")
_POINTS = ("CH", "MX")  # countries with a decimal point whatever their language


def drawn_locale(random: Random, code: str) -> Locale:
    """A notation of that language and country. Amounts may be bare: the currency then stands elsewhere. English papers
    of countries with a decimal comma have either."""
    language, country = code.split("-")
    decimal = "." if language == "en" or country in _POINTS else ","
    if language == "en" and country not in ENGLISH and country not in _POINTS:
        decimal = random.choice(".,")
    currency, sign = CURRENCIES.get(country, ("EUR", "€"))
    group = random.choice(_SWISS if country == "CH" else _GROUPS[decimal])
    days = _AMERICAN if country == "US" else _DAYS[language]
    day = days[0] if random.random() < 0.4 else random.choice(days)
    money = random.choice(_MONEY)
    if sign == "$" and country != "US" and random.random() < 0.6:  # the bare sign does not say which dollar
        money = money.replace("{sign}", "{code} ")
    return Locale(code, decimal, group, day, days[1], currency, money, sign, lakh=country == "IN")
