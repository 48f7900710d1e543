"""Bank accounts that sellers used before. A new one is the classic fraud, and so is a name that is nearly a known one.

Only a document that was accepted makes an account known: one that waits for a human proves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tasks.documents import Check, Examined
from tasks.history.earlier import LATEST, OF_SELLERS, TAKEN_IN, Earlier
from tasks.history.keys import key, seller_keys
from tasks.store.query import Query

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
        known = {name for (name,) in query(_NAMES_SQL, [])}
        new = {key(e.value("seller_name")) for e in paying} - known
        alike = {name for seller in new for name in _alike(seller, known)}
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
        """The account is one that accepted documents named before, of this name and of this VAT id, where known."""
        name, account, sellers = "bank_account_unchanged", key(examined.value("iban")), seller_keys(examined)
        if not account:
            return Check(name, None, "no bank account on it")
        trusted = [known for seller in sellers if (known := self._accepted(seller))]
        waiting = [known for seller in sellers if (known := self._of_seller.get(seller, {}))]
        for known in trusted or waiting:
            if account not in known:
                last, one = list(known.items())[-1]
                return Check(name, False, f"{examined.value('iban')} is new, {one.file_name} had {last.upper()}")
        if trusted:
            return Check(name, True)
        return Check(name, None, "no document of this seller was accepted with a bank account yet")

    def seller_not_lookalike(self, examined: Examined) -> Check:
        """A name that was not accepted before is not nearly that of a seller who was paid to other accounts."""
        name, account, seller = "seller_not_lookalike", key(examined.value("iban")), key(examined.value("seller_name"))
        if not account or not _slips(seller):
            return Check(name, None, "no bank account on it, or no seller name long enough to compare")
        for alike in () if self._accepted(seller) else _alike(seller, self._names):
            theirs = self._accepted(alike)
            if theirs and account not in theirs:
                one = next(reversed(theirs.values()))
                who = f"{examined.value('seller_name')} is new, with nearly the name of the seller of {one.file_name}"
                return Check(name, False, f"{who}, which had another account")
        return Check(name, True)

    def _accepted(self, seller: str) -> dict[str, _Account]:
        return {a: known for a, known in self._of_seller.get(seller, {}).items() if known.accepted}

    def _add(self, seller: str, account: str, known: _Account) -> None:
        accounts = self._of_seller.setdefault(seller, {})
        before = accounts.pop(account, None)  # taken out and put in again: the last one is the one used last
        accounts[account] = before if before and before.accepted else known


def _alike(seller: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that a person may mistake for `seller`"""
    scorer = OSA.distance  # edits: a wrong, missing or added letter, or two swapped
    found = process.extract(seller, names, scorer=scorer, score_cutoff=_slips(seller), limit=None)  # type: ignore[arg-type]
    return sorted(name for name, slips, _ in found if slips)


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

_NAMES_SQL = f"""
select distinct name_key from history.headers {LATEST}
where {TAKEN_IN} and outcome = 'accepted' and name_key is not null and iban_key is not null
"""
