"""Numbers and addresses that name a person, masked before anything is written.

Where a kind of number has a checksum it must hold, so that ordinary numbers stay: 身份证 by
GB 11643 (ISO 7064, MOD 11-2) and its date of birth, bank cards by ISO/IEC 7812 (Luhn).
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
# GB/T 2260: the first two digits, of provinces and of Hong Kong, Macao and Taiwan.
PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
GAP = r"[ \-]?"
# Full-width letters, digits and signs as their half-width forms, one for one: offsets stay.
_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class Kind(NamedTuple):
    """One kind of personal number: what it looks like, what must hold of its digits and letters,
    and what stands in its place."""

    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    name: str


def masked(text: str) -> str:
    """`text` with 身份证, bank cards, 手机, passports and e-mail addresses replaced by their names;
    full-width digits and those parted by spaces or hyphens are found too."""
    for kind in KINDS:
        plain, out, end = text.translate(_HALF), "", 0
        for first, last in _found(kind, plain):
            out, end = f"{out}{text[end:first]}{kind.name}", last
        text = out + text[end:]
    return text


def _found(kind: Kind, plain: str) -> Iterator[tuple[int, int]]:
    for match in kind.pattern.finditer(plain):
        if kind.holds(re.sub(r"[^0-9A-Za-z]", "", match.group())):
            yield match.span()


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are a 身份证 number: province, date of birth and check digit hold."""
    number = number.upper()
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return _is_born(number[:2], number[6:14]) and CHECKS[total % 11] == number[17]


def is_old_identity_number(number: str) -> bool:
    """Whether 15 digits are a 身份证 number of before 1999, which has no check digit."""
    return _is_born(number[:2], f"19{number[6:12]}")


def _is_born(province: str, day: str) -> bool:
    try:
        born = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return PROVINCES.fullmatch(province) is not None and date(1900, 1, 1) <= born <= date.today()


def is_card_number(number: str) -> bool:
    """Whether digits are a bank card's by Luhn's checksum."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(set(number)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _always(number: str) -> bool:
    return True


def _digits(pattern: str) -> re.Pattern[str]:
    """A number that is no part of a longer one, nor of a word of letters."""
    return re.compile(rf"(?<![0-9A-Za-z.])(?:{pattern})(?![0-9A-Za-z]|\.\d)", re.A)


_IDENTITY = rf"\d{{6}}{GAP}\d{{4}}{GAP}\d{{4}}{GAP}\d{{3}}[\dXx]"
_CARD = rf"[3-6]\d{{3}}(?:{GAP}\d{{4}}){{3}}(?:{GAP}\d{{1,3}})?"
_PHONE = rf"(?:(?:\+|00)?86{GAP})?1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}}"
_PASSPORT = r"[EGDSPHM]\d{8}|E[A-Z]\d{7}|[CK]\d{8}"
_LABELLED = r"(?<=护照)(?:号码|号)?[:： ]{0,2}[A-Za-z]{0,2}\d{6,9}(?![0-9A-Za-z])"
_ADDRESS = r"[\w.+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}"

KINDS = (
    Kind(re.compile(_ADDRESS, re.A), _always, "〔邮箱〕"),
    Kind(_digits(_IDENTITY), is_identity_number, "〔身份证号〕"),
    Kind(_digits(r"\d{15}"), is_old_identity_number, "〔身份证号〕"),
    Kind(_digits(_CARD), is_card_number, "〔银行卡号〕"),
    Kind(_digits(_PHONE), _always, "〔手机号〕"),
    Kind(_digits(_PASSPORT), _always, "〔护照号〕"),
    Kind(re.compile(_LABELLED), _always, "〔护照号〕"),
)
