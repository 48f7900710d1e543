"""Amounts out of the ordinary: far from what this seller usually asks for, or just under a limit of approval."""

import math
from collections.abc import Iterable
from decimal import Decimal
from statistics import median

from routing.policy import Finance
from tasks.documents import Check, Examined
from tasks.history.earlier import OF_SELLERS, Earlier
from tasks.history.keys import key, seller_keys
from tasks.store.query import Query

_LATEST = 100  # documents of a seller that count: prices drift, and memory stays flat
_TO_SIGMA = 1.4826  # standard deviation of normal data / its median absolute deviation

_Kind = tuple[str, str, str]
"""Seller key, class and currency: what is compared with each other."""


class Amounts:
    """What a chunk's sellers asked for in the latest documents that were accepted."""

    def __init__(self, finance: Finance) -> None:
        self._finance = finance
        self._amounts: dict[_Kind, list[Decimal]] = {}

    def load(self, examined: Iterable[Examined], query: Query) -> None:
        """Fetch them from the ledger, oldest first."""
        sellers = sorted({seller for e in examined for seller in seller_keys(e)})
        for seller, doc_type, currency, amounts in query(_SQL, [sellers]):
            self._amounts[seller, doc_type, currency] = amounts

    def add(self, document: Earlier) -> None:
        """Remember the amount of a document of this chunk, if it was accepted."""
        fields = document.fields
        amount = _positive(fields.get("gross_total") or fields.get("amount_due"))
        if not document.accepted or amount is None or "currency" not in fields:
            return
        for seller in {key(fields.get("seller_vat_id")), key(fields.get("seller_name"))} - {""}:
            amounts = self._amounts.setdefault((seller, document.doc_type, fields["currency"]), [])
            amounts.append(amount)
            del amounts[:-_LATEST]

    def amount_usual(self, examined: Examined) -> Check:
        """The amount is near the median of what this seller asked for before, in this class and currency.

        Near is a band around the median of the logarithms, because amounts are multiplied rather than added to: as wide
        as the policy's factor, or as its number of standard deviations, estimated by the median absolute deviation,
        which single odd amounts do not move (Hampel's identifier).
        """
        name, amount, currency = "amount_usual", _amount(examined), examined.value("currency")
        if amount is None or currency is None:
            return Check(name, None, "no amount or no currency on it")
        earlier = self._earlier(examined, currency)
        if len(earlier) < self._finance.usual_documents:
            return Check(name, None, f"{len(earlier)} earlier ones, {self._finance.usual_documents} are needed")
        if self._is_near(amount, earlier):
            return Check(name, True)
        middle = median(earlier).quantize(Decimal("0.01"))
        return Check(name, False, f"{amount} {currency}, where this seller's last {len(earlier)} were around {middle}")

    def below_approval_limit(self, examined: Examined) -> Check:
        """The amount is not in the last few per cent up to a limit of approval, where split invoices lie."""
        name, amount, currency = "below_approval_limit", _amount(examined), examined.value("currency")
        limits = self._finance.approval_limits.get(currency or "", ())
        if amount is None or not limits:
            return Check(name, None, f"no approval limit in {currency}" if currency else "no currency on it")
        share = 1 - self._finance.just_under_percent / 100
        close = next((limit for limit in limits if limit * share <= amount <= limit), None)
        if close is None:
            return Check(name, True)
        return Check(name, False, f"{amount} {currency} is just under the approval limit of {close}")

    def _earlier(self, examined: Examined, currency: str) -> list[Decimal]:
        """By the key under which more of this seller is known."""
        kinds = [(seller, examined.doc_type, currency) for seller in seller_keys(examined)]
        return max((self._amounts.get(kind, []) for kind in kinds), key=len, default=[])

    def _is_near(self, amount: Decimal, earlier: list[Decimal]) -> bool:
        logs = [math.log(one) for one in earlier]
        middle = median(logs)
        deviation = _TO_SIGMA * median(abs(one - middle) for one in logs)
        band = max(math.log(self._finance.usual_factor), self._finance.usual_deviations * deviation)
        return abs(math.log(amount) - middle) <= band


def _amount(examined: Examined) -> Decimal | None:
    return _positive(examined.value("gross_total") or examined.value("amount_due"))


def _positive(value: str | None) -> Decimal | None:
    amount = Decimal(value or 0)
    return amount if amount > 0 else None


_SQL = f"""
with {OF_SELLERS},
latest as (
    select *, try_cast(coalesce(gross_total, amount_due) as decimal(38, 4)) as amount from of_sellers
    where outcome = 'accepted' and amount > 0 and currency is not null
    qualify row_number() over (partition by seller, doc_type, currency order by settled_at desc, document_id)
        <= {_LATEST}
)
select seller, doc_type, currency, list(amount order by settled_at, document_id) from latest group by all
"""
