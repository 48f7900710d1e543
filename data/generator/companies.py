"""Companies of the wide set, invented by a seeded generator: names, addresses and numbers as their country has them."""

import string
import tomllib
from pathlib import Path
from random import Random
from typing import Any

from stdnum import iban
from stdnum.es import ccc
from stdnum.eu import vat as eu_vat

from data.generator.vendors import VALID, Party, completed

WIDE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "wide.toml").read_text("utf-8"))


def drawn_company(random: Random, country: str) -> Party:
    """A company of `country`; some have no VAT id, and some no bank account."""
    facts = WIDE["countries"][country]
    language = facts["locale"][:2]
    name = _name(random, facts["forms"], language)
    domain = "".join(c for c in name.lower() if c in string.ascii_lowercase)[:14] or "firma"
    place = random.randrange(len(facts["places"]))
    return Party(
        name=name,
        street=_street(random, random.choice(facts["streets"]), country),
        postcode=filled(random, facts["postcode"]),
        city=facts["places"][place],
        country=country,
        vat_id=_vat_id(random, facts["vat"], country),
        iban=_iban(random, country, facts["bban"]) if facts["bban"] else "",
        bic=filled(random, facts["bic"]),
        bank=random.choice(facts["banks"]),
        tax_number=filled(random, "##/###/#####"),
        trade=random.choice(WIDE["trades"][language]),
        phone=filled(random, facts["phone"]),
        email=f"{random.choice(('info', 'office', 'billing'))}@{domain}.example",
        web=f"www.{domain}.example",
        legal=random.choice(WIDE["names"]["people"]),
        region=facts["regions"][place] if "regions" in facts else "",
    )


def filled(random: Random, pattern: str) -> str:
    """`pattern` with a digit for each `#` and a capital letter for each `@`."""
    drawn = {"#": string.digits, "@": "ABCDEFGHKLMNPRSTUVWX"}
    return "".join(random.choice(drawn[c]) if c in drawn else c for c in pattern)


def _name(random: Random, forms: list[str], language: str) -> str:
    stem, trade = random.choice(WIDE["names"]["stems"]), random.choice(WIDE["trades"][language])
    form = random.choice(forms)
    core = random.choice((stem, f"{stem} {trade}", f"{stem} {trade}", f"{trade} {stem}"))
    if not form and core == stem:
        core = f"{stem} {trade}"
    return f"{core} {form}".strip()


def _street(random: Random, street: str, country: str) -> str:
    number = str(random.randrange(1, 190))
    return f"{number} {street}" if country in ("GB", "IE", "US", "AU", "FR") else f"{street} {number}"


def _vat_id(random: Random, patterns: list[str], country: str) -> str:
    if not patterns:
        return ""
    valid = VALID.get(country, eu_vat.is_valid)
    while True:  # few beginnings have no valid end
        try:
            return completed(filled(random, random.choice(patterns)), valid)
        except ValueError:
            continue


def _iban(random: Random, country: str, pattern: str) -> str:
    bban = filled(random, pattern)
    if country == "ES":
        bban = bban[:8] + ccc.calc_check_digits(bban[:8] + "00" + bban[10:]) + bban[10:]
    if country == "BE":
        bban = bban[:10] + f"{int(bban[:10]) % 97 or 97:02}"
    return f"{country}{iban.calc_check_digits(country + '00' + bban)}{bban}"
