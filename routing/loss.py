"""What it costs if an accepted document is wrong and nobody notices in time, and what a day's waiting costs."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from routing.spending import Settings, Usd

Share = Annotated[Decimal, Field(ge=0, le=1)]
"""A share of 1."""

_CENT = Decimal("0.01")


class WrongDocument(Settings):
    """What one wrong document costs: `fixed_usd` to put it right, and `share_of_value` of what it is worth."""

    fixed_usd: Usd
    share_of_value: Share


class SpecialLoss(WrongDocument):
    """Other costs for some documents: of one of the types, sellers and labels; a list that is left out fits all.

    `sellers` are names as read, in any case; `labels` are those of `[[budgets.labels]]`.
    """

    doc_types: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def fits(self, doc_type: str, seller_name: str, label: str) -> bool:
        """Whether it is meant for such a document."""
        sellers = {seller.casefold() for seller in self.sellers}
        return (
            (not self.doc_types or doc_type in self.doc_types)
            and (not sellers or seller_name.casefold() in sellers)
            and (not self.labels or label in self.labels)
        )


class Loss(WrongDocument):
    """What errors and waiting cost; the first of `special` that fits a document comes before the general figures.

    A document whose value is not known is taken to be worth `unknown_value_usd`. A day of waiting for the next run, for
    a batch or for a person costs `usd_per_day_waiting`.
    """

    unknown_value_usd: Usd
    usd_per_day_waiting: Usd
    special: tuple[SpecialLoss, ...] = ()

    def of_wrong(self, value_usd: Decimal | None, doc_type: str, seller_name: str = "", label: str = "") -> Decimal:
        """What such a document costs if it is wrong and nobody notices, in US dollars."""
        wrong = next((special for special in self.special if special.fits(doc_type, seller_name, label)), self)
        value = self.unknown_value_usd if value_usd is None else value_usd
        return (wrong.fixed_usd + wrong.share_of_value * value).quantize(_CENT)

    def of_waiting(self, hours: float) -> Decimal:
        """What so many hours of waiting cost, in US dollars."""
        return (self.usd_per_day_waiting * Decimal(repr(hours)) / 24).quantize(Decimal("0.000001"))
