"""Invented companies. No name, address or number is meant to be anybody's; check digits are right."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from stdnum import iban
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as british_vat
from stdnum.in_ import gstin

COUNTRIES = {
    "AT": "Österreich",
    "AU": "Australia",
    "BE": "België",
    "BR": "Brasil",
    "CA": "Canada",
    "CH": "Schweiz",
    "CZ": "Česká republika",
    "DE": "Deutschland",
    "DK": "Danmark",
    "ES": "España",
    "FI": "Suomi",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "IN": "India",
    "IT": "Italia",
    "LU": "Luxembourg",
    "MX": "México",
    "MY": "Malaysia",
    "NL": "Nederland",
    "NO": "Norge",
    "NZ": "New Zealand",
    "PL": "Polska",
    "PT": "Portugal",
    "RO": "România",
    "SE": "Sverige",
    "SG": "Singapore",
    "US": "USA",
    "ZA": "South Africa",
}


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or buyer. `trade` is the line under the name, `legal` the register entry of the footer, `mark` the
    trading name where it has another than its own (BT-28)."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    tax_number: str = ""
    trade: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    legal: str = ""
    region: str = ""
    mark: str = ""

    @property
    def address(self) -> tuple[str, ...]:
        """Street and town as the country writes them."""
        if self.country in ("US", "IN", "CA"):
            return self.street, f"{self.city}, {self.region} {self.postcode}"
        if self.country == "GB":
            return self.street, self.city, self.postcode
        if self.country in ("AU", "NZ", "ZA"):
            return self.street, f"{self.city} {self.postcode}"
        return self.street, f"{self.postcode} {self.city}".strip() + (
            f" ({self.region})" if self.country == "IT" else ""
        )

    @property
    def account(self) -> str:
        """The IBAN in groups of four."""
        return iban.format(self.iban)


def completed(pattern: str, valid: Callable[[str], bool]) -> str:
    """A number that fits `pattern` (`?` is any digit) and whose check digits are right; the same at every call."""
    places = pattern.count("?")
    for attempt in range(10**places):
        digits = iter(f"{(crc32(pattern.encode()) + attempt * 7919) % 10**places:0{places}}")
        number = "".join(next(digits) if character == "?" else character for character in pattern)
        if valid(number):
            return number
    raise ValueError(f"no valid number fits {pattern}")


def valid_iban(number: str) -> bool:
    """Whether both the IBAN's check digits (02 to 98) and the country's own are right."""
    return bool(number[2:4] == iban.calc_check_digits(number) and iban.is_valid(number))


VALID: dict[str, Callable[[str], bool]] = {"CH": swiss_vat.is_valid, "GB": british_vat.is_valid, "IN": gstin.is_valid}


def _party(facts: dict[str, str]) -> Party:
    numbers = {}
    if "vat_id" in facts:
        numbers["vat_id"] = completed(facts["vat_id"], VALID.get(facts["country"], eu_vat.is_valid))
    if "iban" in facts:
        numbers["iban"] = completed(facts["iban"], valid_iban)
    return Party(**facts | numbers)


_ALL = tomllib.loads((Path(__file__).parent / "vendors.toml").read_text("utf-8"))
BUYERS = {key: _party(facts) for key, facts in _ALL["buyers"].items()}
"""The group whose inbox this is: one company a country."""
VENDORS = {key: _party(facts) for key, facts in _ALL["vendors"].items()}
