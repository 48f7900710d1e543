"""Invoices against the purchase orders that they name: known, of this seller, and not invoiced beyond their total."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from tasks.documents import Check, Examined
from tasks.history.earlier import EARLIER, Earlier
from tasks.history.keys import key
from tasks.history.numbers import same_name
from tasks.history.order_list import Order, OrderList
from tasks.store.query import Query

_NAME = "order_known"
_TOTALS = ("net_total", "gross_total")


class Orders:
    """The orders that a chunk names, and what was invoiced for them before.

    What still waits for a human is counted as invoiced: two invoices over the whole order may not pass one by one.
    """

    def __init__(self, listed: OrderList | None) -> None:
        self._listed = listed
        self._orders: dict[str, Order] = {}
        self._invoiced: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)

    def load(self, examined: Iterable[Examined], query: Query) -> None:
        """Look up the orders in the list, and what was invoiced for them in the ledger."""
        if self._listed is None:
            return
        wanted = {key(e.value("purchase_order_number")) for e in examined} - {""}
        self._orders = self._listed.find(wanted)
        for order, currency, *invoiced in query(_SQL, [sorted(self._orders)]) if self._orders else ():
            for total, amount in zip(_TOTALS, invoiced, strict=True):
                self._invoiced[order, currency, total] = amount

    def add(self, document: Earlier) -> None:
        """Count what a document of this chunk invoices, or gives back."""
        fields, sign = document.fields, -1 if document.doc_type == "credit_note" else 1
        stated = [fields[name] for name in _TOTALS if name in fields]
        order, currency = key(fields.get("purchase_order_number")), fields.get("currency", "")
        for total in _TOTALS if order in self._orders and stated else ():
            self._invoiced[order, currency, total] += sign * Decimal(fields.get(total, stated[0]))

    def order_known(self, examined: Examined) -> Check:
        """The order that the document names is in the list, is this seller's, and has so much left to be invoiced."""
        number = examined.value("purchase_order_number")
        if self._listed is None or not number:
            return Check(_NAME, None, "no order number on it" if self._listed else "no list of orders is configured")
        order = self._orders.get(key(number))
        if order is None:
            return Check(_NAME, False, f"order {number} is not in the list of orders")
        seller, currency = examined.value("seller_name"), examined.value("currency")
        if order.seller_name and seller and not same_name(order.seller_name, seller):
            return Check(_NAME, False, f"order {number} went to {order.seller_name}")
        if order.currency and currency and order.currency != currency:
            return Check(_NAME, False, f"order {number} is in {order.currency}")
        return self._not_exceeded(examined, order)

    def _not_exceeded(self, examined: Examined, order: Order) -> Check:
        for total in _TOTALS if examined.doc_type == "invoice" else ():
            ordered, asked = getattr(order, total), examined.value(total)
            if ordered is None or asked is None:
                continue
            left = ordered - self._invoiced[key(order.number), examined.value("currency") or "", total]
            if Decimal(asked) > left:
                asks = f"{total.replace('_', ' ')} {asked}"
                return Check(_NAME, False, f"{asks}, of order {order.number} {left:.2f} of {ordered:.2f} are left")
            break
        return Check(_NAME, True)


_SQL = f"""
with invoice as (
    select order_key, coalesce(currency, '') as currency, if(doc_type = 'credit_note', -1, 1) as sign,
        try_cast(net_total as decimal(38, 4)) as net, try_cast(gross_total as decimal(38, 4)) as gross
    from {EARLIER.format("order_key in (select unnest(?::varchar[]))")}
)
select order_key, currency, sum(sign * coalesce(net, gross, 0)), sum(sign * coalesce(gross, net, 0))
from invoice group by all
"""
