"""Companies of the wide set, invented by a seeded generator: names, addresses and numbers as their country has them."""

import string
import tomllib
import unicodedata
from pathlib import Path
from random import Random
from typing import Any

from stdnum import iban, luhn
from stdnum.es import ccc
from stdnum.eu import vat as eu_vat

from data.generator.faces import CENTRAL
from data.generator.languages import languages
from data.generator.vendors import VALID, Party, completed

_HERE = Path(__file__).parent
WIDE: dict[str, Any] = tomllib.loads((_HERE / "wide.toml").read_text("utf-8"))
NAMES: dict[str, Any] = tomllib.loads((_HERE / "names.toml").read_text("utf-8"))
for _language, _facts in languages().items():
    WIDE["goods"][_language] = _facts["names"].pop("goods")
    for _part, _names in _facts["names"].items():
        NAMES[_part][_language] = _names
_ONSETS = [
    "b",
    "br",
    "c",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
]
_VOWELS = ["a", "a", "e", "e", "i", "o", "o", "u", "ei", "au", "y"]
_CODAS = ["", "", "", "n", "r", "l", "s", "x", "nd", "rt", "m", "lk"]
_ENDINGS = ["", "", "a", "o", "is", "ex", "ia", "um", "on", "it", "en"]
MARKED = 0.2
"""How many companies trade under another name than their own."""
_NUMBER_FIRST = ("GB", "IE", "US", "AU", "FR", "CA", "NZ", "ZA", "MY", "LU")


def drawn_company(random: Random, country: str) -> Party:
    """A company of `country`, a key of `wide.toml` (`FR_BE` is the French-speaking part of Belgium); some have no VAT
    id, some no bank account, and some trade under another name than their own."""
    facts = WIDE["countries"][country]
    language = facts["locale"][:2]
    name = drawn_name(random, country)
    mark = _mark(Random(f"mark {name}"), country)
    domain = _domain(mark or name)
    place = random.randrange(len(facts["places"]))
    return Party(
        name=name,
        street=_street(random, facts["streets"], iso(country)),
        postcode=filled(random, facts["postcode"]),
        city=facts["places"][place],
        country=iso(country),
        vat_id=_vat_id(random, facts["vat"], iso(country)),
        iban=_iban(random, iso(country), facts["bban"]) if facts["bban"] else "",
        bic=filled(random, facts["bic"]),
        bank=filled(random, random.choice(facts["banks"])),
        tax_number=filled(random, random.choice(("##/###/#####", "#########", "### ### ###", "##-#######"))),
        trade=" · ".join(random.sample(NAMES["trades"][language], random.choice((1, 2, 3)))),
        phone=filled(random, facts["phone"]),
        email=f"{random.choice(('info', 'office', 'billing', 'mail', 'contact', 'accounts'))}@{domain}.example",
        web=f"{random.choice(('www.', 'www.', 'http://www.', ''))}{domain}.example",
        legal=drawn_person(random, language),
        region=facts["regions"][place] if "regions" in facts else "",
        mark=mark,
    )


def iso(country: str) -> str:
    """The ISO code of a key of `wide.toml`."""
    return country.rpartition("_")[2]


def needs_central(country: str) -> bool:
    """Whether names of `country` have letters that only the faces of central Europe have."""
    return WIDE["countries"][country]["locale"][:2] in CENTRAL


def drawn_person(random: Random, language: str) -> str:
    """First and last name of nobody."""
    return f"{random.choice(NAMES['first'][language])} {random.choice(NAMES['surnames'][language])}"


def brand(party: Party) -> str:
    """The name that a sign or a logo has: the trading name, or its own without the legal form."""
    return party.mark or _without_form(party.name, party.country)


def _without_form(name: str, country: str) -> str:
    forms = sorted(filter(None, WIDE["countries"][country]["forms"]), key=len, reverse=True)
    form = next((form for form in forms if name.endswith(f" {form}")), "")
    return name.removesuffix(f" {form}").rstrip(",") if form else name


def _mark(random: Random, country: str) -> str:
    """A trading name, empty for most; drawn apart, so that all else stays as it was without it."""
    return _without_form(drawn_name(random, country), country) if random.random() < MARKED else ""


def filled(random: Random, pattern: str) -> str:
    """`pattern` with a digit for each `#` and a capital letter for each `@`."""
    drawn = {"#": string.digits, "@": "ABCDEFGHKLMNPRSTUVWX"}
    return "".join(random.choice(drawn[c]) if c in drawn else c for c in pattern)


def drawn_name(random: Random, country: str) -> str:
    """What a company of `country` may be called."""
    facts = WIDE["countries"][country]
    language = facts["locale"][:2]
    pattern = random.choice(NAMES["patterns"][language])
    core = pattern.rstrip("+").format(
        stem=_stem(random),
        abc=filled(random, random.choice(("@@", "@@@", "@@@", "@@@@", "@&@", "@.@.@.", "@#"))),
        abc2=filled(random, random.choice(("@@", "##", "@"))),
        surname=random.choice(NAMES["surnames"][language]),
        surname2=random.choice(NAMES["surnames"][language]),
        first=random.choice(NAMES["first"][language]),
        trade=random.choice(NAMES["trades"][language]),
        noun=random.choice(NAMES["nouns"][language]),
        adj=random.choice(NAMES["adjectives"][language]),
        animal=random.choice(NAMES["animals"].get(language, NAMES["nouns"][language])),
        spot=random.choice(NAMES["spots"].get(language, facts["places"])),
        place=random.choice(facts["places"]).split(" (")[0],
    )
    form = random.choice(facts["forms"]) if pattern.endswith("+") else ""
    return f"{core} {form}".strip()


def _stem(random: Random) -> str:
    if random.random() < 0.15:
        return str(random.choice(WIDE["names"]["stems"]))
    count = random.choice((1, 2, 2, 2, 3))
    syllables = (random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_CODAS) for _ in range(count))
    stem = "".join(syllables) + random.choice(_ENDINGS)
    styled = (stem.capitalize(), stem.capitalize(), stem.capitalize(), stem.upper(), stem, f"{stem.capitalize()}24")
    return random.choice(styled if len(stem) > 3 else styled[:2])


def _domain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in plain if c in string.ascii_lowercase)[:18] or "firma"


def _street(random: Random, streets: list[str], country: str) -> str:
    street, number = filled(random, random.choice(streets)), str(random.randrange(1, 190))
    if random.random() < 0.08:
        return f"{random.choice(('PO Box', 'P.O. Box')) if country in _NUMBER_FIRST else 'Postfach'} {number}0{number}"
    if country in _NUMBER_FIRST:
        return f"{number} {street}" + (f", Suite {number}" if random.random() < 0.1 else "")
    return f"{street} {number}" + random.choice(("", "", "", "a", "/2", " b"))


def _vat_id(random: Random, patterns: list[str], country: str) -> str:
    if not patterns:
        return ""
    if country == "FR":  # a thousand tries would find one
        siren = filled(random, "########")
        siren += luhn.calc_check_digit(siren)
        return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"
    valid = VALID.get(country, eu_vat.is_valid)
    while True:  # few beginnings have no valid end
        pattern = filled(random, random.choice(patterns))
        if "?" not in pattern:
            return pattern
        try:
            return completed(pattern, valid)
        except ValueError:
            continue


def _iban(random: Random, country: str, pattern: str) -> str:
    bban = filled(random, pattern)
    if country == "ES":
        bban = bban[:8] + ccc.calc_check_digits(bban[:8] + "00" + bban[10:]) + bban[10:]
    if country == "BE":
        bban = bban[:10] + f"{int(bban[:10]) % 97 or 97:02}"
    number = f"{country}{iban.calc_check_digits(country + '00' + bban)}{bban}"
    return number if iban.is_valid(number) else _iban(random, country, pattern)
