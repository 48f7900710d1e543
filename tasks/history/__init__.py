"""Checks that need more than the document: what its seller sent before, what was ordered, what needs an approval."""

from collections.abc import Sequence

from routing.policy import Finance
from tasks.documents import Check, Examined
from tasks.history.accounts import Accounts
from tasks.history.amounts import Amounts
from tasks.history.earlier import NUMBERED, Earlier, taken_in
from tasks.history.numbers import Numbers
from tasks.history.order_list import OrderList
from tasks.history.orders import Orders
from tasks.store.query import Query

__all__ = ["Earlier", "History", "OrderList"]


class History:
    """What is known of earlier invoices, as far as one chunk of documents needs it; grows as the chunk is settled."""

    def __init__(self, finance: Finance, orders: OrderList | None = None) -> None:
        """Nothing is known yet. `orders` is the list of orders, None where none is configured."""
        self._numbers = Numbers()
        self._accounts = Accounts()
        self._amounts = Amounts(finance)
        self._orders = Orders(orders)

    @classmethod
    def load(
        cls, examined: Sequence[Examined], query: Query, finance: Finance, orders: OrderList | None = None
    ) -> "History":
        """What the ledger has on the numbers, sellers, accounts and orders of `examined`.

        It is asked for just that: time and memory depend on the chunk, not on how much a seller has sent before.
        """
        history = cls(finance, orders)
        numbered = [e for e in examined if e.doc_type in NUMBERED]
        for part in (history._numbers, history._accounts, history._amounts, history._orders):
            part.load(numbered, query)
        return history

    def add(self, examined: Examined, outcome: str) -> None:
        """Remember a document that was settled in this chunk."""
        if document := taken_in(examined, outcome):
            for part in (self._numbers, self._accounts, self._amounts, self._orders):
                part.add(document)

    def duplicate_of(self, examined: Examined) -> Earlier | None:
        """The earlier document that this one is a business duplicate of."""
        return self._numbers.duplicate_of(examined)

    def checks(self, examined: Examined) -> tuple[Check, ...]:
        """Every check of an invoice or credit note, also those that could not be made; none for other classes."""
        if examined.doc_type not in NUMBERED:
            return ()
        return (
            self._numbers.number_not_reused(examined),
            self._accounts.bank_account_unchanged(examined),
            self._accounts.seller_not_lookalike(examined),
            self._amounts.amount_usual(examined),
            self._amounts.below_approval_limit(examined),
            self._orders.order_known(examined),
        )
