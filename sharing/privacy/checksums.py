"""Whether a number is one that somebody may really bear, by its own check digit or numbering plan.

Sources: the Ministry of the Interior's rule for 國民身分證統一編號 and both forms of 統一證號; ISO/IEC 7812 for cards;
the numbering plan of the National Communications Commission for telephones.
"""

from __future__ import annotations

import re

LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
"""The number that stands for the first letter, in the order in which the ministry gave them."""
WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[05-8]|6")
AREAS = {
    "02": (8,), "03": (7,), "037": (6,), "04": (7, 8), "049": (7,), "05": (7,), "06": (7,), "07": (7,), "08": (7,),
    "082": (6,), "0826": (5,), "0836": (5,), "089": (6,),
}  # fmt: skip
"""How many digits follow an area code."""
DIGITS = re.compile(r"\D+")


def is_resident_id(text: str) -> bool:
    """Tell whether a national or resident id's last digit is the right one.

    Args:
        text: a letter, then nine digits of which the first may be A to D, as in resident ids before 2021; separators
            and small letters are fine.
    """
    plain = re.sub(r"[\W_]", "", text).upper()
    if len(plain) != 10 or plain[0] not in LETTERS:
        return False
    second = LETTERS[plain[1]] % 10 if plain[1] in "ABCD" else int(plain[1])
    digits = (*divmod(LETTERS[plain[0]], 10), second, *map(int, plain[2:]))
    return sum(weight * digit for weight, digit in zip(WEIGHTS, digits, strict=True)) % 10 == 0


def is_card(text: str) -> bool:
    """Tell whether a number is a payment card's: an issuer's first digits, and Luhn's check digit."""
    digits = DIGITS.sub("", text)
    if not ISSUERS.match(digits):
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def is_landline(text: str) -> bool:
    """Tell whether a number, with its area code set apart, is as long as that area's numbers are."""
    area, number = (DIGITS.sub("", part) for part in re.split(r"(?<=\d)\D+", text.removeprefix("+"), maxsplit=1))
    if area == "886":
        return is_landline(f"0{text.partition('886')[2].lstrip(' -()')}")
    return len(number) in AREAS.get(area, ()) and number[0] not in "01"


def is_bare_landline(text: str) -> bool:
    """Tell whether digits without a separator are an area code and a number of that area."""
    return any(is_landline(f"{area}-{text[len(area) :]}") for area in AREAS if text.startswith(area) and text != area)
