"""The rates of tax that there are."""

from decimal import Decimal
from functools import cache

from tasks.extract.tables import words


@cache
def usual_rates() -> tuple[Decimal, ...]:
    """Percent of VAT and GST in Europe, India and Oceania (data/locales.toml)."""
    return tuple(Decimal(rate) for rate in words("locales")["tax_rates"])
