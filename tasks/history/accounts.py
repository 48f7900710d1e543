"""Bank accounts that sellers used before. A new one is the classic fraud, and so is a name that is nearly a known one.

Only a document that was accepted makes an account known: one that waits for a human proves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tasks.documents import Check, Examined
from tasks.history.earlier import EARLIER, OF_SELLERS, Earlier, Query
from tasks.history.keys import key, seller_keys

_LETTERS_PER_SLIP = 8  # a name of 8 letters is a lookalike of another with one slip, from 16 on with two


@dataclass(frozen=True, slots=True)
class _Account:
    """An account that a seller has named, and a document that names it."""

    file_name: str
    accepted: bool


class Accounts:
    """The accounts of a chunk's sellers, and of the sellers that their names could be mistaken for."""

    def __init__(self) -> None:
        self._of_seller: dict[str, dict[str, _Account]] = {}
        self._names: set[str] = set()

    def load(self, examined: Iterable[Examined], query: Query) -> None:
        """Fetch from the ledger: of each seller the accounts that the chunk names, and the one it used last."""
        paying = [e for e in examined if e.value("iban")]
        names = sorted({name for e in paying if _slips(name := key(e.value("seller_name")))})
        alike = {name for (name,) in query(_ALIKE_SQL, [names])}
        self._names.update(alike)
        sellers = sorted({seller for e in paying for seller in seller_keys(e)} | alike)
        accounts = sorted({key(e.value("iban")) for e in paying})
        for seller, account, accepted, file_name in query(_ACCOUNTS_SQL, [sellers, accounts]):
            self._add(seller, account, _Account(file_name, accepted))

    def add(self, document: Earlier) -> None:
        """Remember the account that a document of this chunk names."""
        account = key(document.fields.get("iban"))
        if not account:
            return
        for name in ("seller_name", "seller_vat_id"):
            if seller := key(document.fields.get(name)):
                self._add(seller, account, _Account(document.file_name, document.accepted))
        self._names.add(key(document.fields.get("seller_name")))

    def bank_account_unchanged(self, examined: Examined) -> Check:
        """The account is one that an accepted document of this seller, by name or VAT id, named before."""
        name, account = "bank_account_unchanged", key(examined.value("iban"))
        if not account:
            return Check(name, None, "no bank account on it")
        known = self._known(seller_keys(examined))
        if not known:
            return Check(name, None, "first bank account seen of this seller")
        if account not in known:
            last, one = list(known.items())[-1]
            return Check(name, False, f"{examined.value('iban')} is new, {one.file_name} had {last.upper()}")
        if not known[account].accepted:
            return Check(name, None, f"seen before, but {known[account].file_name} still waits for a human")
        return Check(name, True)

    def seller_not_lookalike(self, examined: Examined) -> Check:
        """A seller that was not accepted before does not have nearly the name of a known one with other accounts."""
        name, account, seller = "seller_not_lookalike", key(examined.value("iban")), key(examined.value("seller_name"))
        if not account or not _slips(seller):
            return Check(name, None, "no bank account on it, or no seller name long enough to compare")
        if any(known.accepted for known in self._known(seller_keys(examined)).values()):
            return Check(name, True)
        for alike in self._alike(seller):
            theirs = self._accepted(alike)
            if theirs and account not in theirs:
                file_name = next(reversed(theirs.values())).file_name
                who = f"{examined.value('seller_name')} is new, with nearly the name of the seller of {file_name}"
                return Check(name, False, f"{who}, which was paid to another account")
        return Check(name, True)

    def _known(self, sellers: Iterable[str]) -> dict[str, _Account]:
        """Their accounts: the accepted ones or, where there is none, those that wait for a human."""
        accounts: dict[str, _Account] = {}
        for seller in sellers:
            for account, known in self._of_seller.get(seller, {}).items():
                if account not in accounts or known.accepted:
                    accounts[account] = known
        return {account: known for account, known in accounts.items() if known.accepted} or accounts

    def _alike(self, seller: str) -> list[str]:
        found = process.extract(seller, self._names, scorer=OSA.distance, score_cutoff=_slips(seller), limit=None)
        return [name for name, slips, _ in found if slips]

    def _accepted(self, seller: str) -> dict[str, _Account]:
        return {a: k for a, k in self._of_seller.get(seller, {}).items() if k.accepted}

    def _add(self, seller: str, account: str, known: _Account) -> None:
        accounts = self._of_seller.setdefault(seller, {})
        before = accounts.pop(account, None)  # taken out and put in again: the last one is the one used last
        accounts[account] = before if before and before.accepted else known


def _slips(name: str) -> int:
    """How many letters wrong, missing, added or swapped a person may overlook in a name."""
    return min(2, len(name) // _LETTERS_PER_SLIP)


_ACCOUNTS_SQL = f"""
with {OF_SELLERS},
used as (
    select seller, iban_key as account, bool_or(outcome = 'accepted') as accepted,
        max_by(file_name, (outcome = 'accepted', settled_at, file_name)) as file_name, max(settled_at) as last
    from of_sellers where iban_key is not null
    group by seller, iban_key
    qualify row_number() over (partition by seller order by accepted desc, last desc, account) = 1
        or account in (select unnest(?::varchar[]))
)
select seller, account, accepted, file_name from used order by last, account
"""

_ALIKE_SQL = f"""
with {EARLIER},
known as (select distinct name_key as name from earlier where outcome = 'accepted'),
new as (from (select unnest(?::varchar[]) as name) anti join known using (name))
select distinct known.name from known join new
    on abs(length(known.name) - length(new.name)) <= 2 and jaro_similarity(known.name, new.name, 0.9) >= 0.9
"""
