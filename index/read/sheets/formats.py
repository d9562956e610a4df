"""Number formats of a spreadsheet: what they write round a number (20万元, ¥3,000, 15.5%, 007)."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
GENERAL = "General|G/通用格式"
# Words ("quoted", \escaped, [$¥-804]); [colours], _blanks, *fills; places of digits; the rest.
PIECE = re.compile(
    r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].'
    rf"|({GENERAL}|[#0?][#0?,]*(?:\.[#0?]*,*)?|\.[#0?]+)|(.)"
)
UNIT = re.compile(r"[^\W\d_]|[%‰￥¥$€£]")
CONDITION = re.compile(r"\[[<>=]")
MAX_DIGITS = 400

Section = list[tuple[str, str]]


def is_month(code: str) -> bool:
    signs = LITERAL.sub("", code).lower()
    return "y" in signs and "m" in signs and "d" not in signs and "h" not in signs


def matters(code: str) -> bool:
    """Whether a value says less without its format: a month; a number with a unit, in per cent or
    filled up with noughts."""
    pieces = [piece for section in _sections(code) for piece in section]
    return is_month(code) or any(
        UNIT.search(words) or places.startswith("00") for words, places in pieces
    )


def number(value: float) -> str:
    """A number with all its digits, never as 6.2e+18."""
    return format(_exact(value), "f")


def formatted(value: float, code: str) -> str:
    """A number as its format shows it; a format of days, fractions or conditions is left out."""
    sections = _sections(code)
    at = 1 if value < 0 else 2 if value == 0 else 0
    section = sections[at] if at < len(sections) else sections[0]
    if _is_unusual(code) or sum(bool(places) for _, places in section) > 1:
        return number(value)
    sign = "-" if value < 0 and section is sections[0] else ""
    amount = abs(_exact(value)) * 100 ** LITERAL.sub("", code).partition(";")[0].count("%")
    shown = "".join(_digits(amount, places) if places else words for words, places in section)
    return sign + shown.strip() if shown.strip() else number(value)


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.15g}") + 0


def _sections(code: str) -> list[Section]:
    """The parts for numbers above, below and of nought, each of words and places of digits."""
    sections: list[Section] = [[]]
    for piece in PIECE.finditer(code):
        if piece[0] == ";":
            sections.append([])
        else:
            words = next((words for words in piece.group(1, 2, 3, 5) if words), "")
            sections[-1].append((words, piece[4] or ""))
    return sections


def _is_unusual(code: str) -> bool:
    signs = re.sub(GENERAL, "", LITERAL.sub("", code))
    return bool(CONDITION.search(code) or re.search("[ymdhse/]", signs, re.IGNORECASE))


def _digits(amount: Decimal, places: str) -> str:
    if re.fullmatch(GENERAL, places):
        return format(amount, "f")
    marks = places.rstrip(",")  # each comma at the end leaves out three digits
    whole, _, decimals = marks.partition(".")
    unit = Decimal(1).scaleb(-len(decimals))
    scaled = amount / 1000 ** (len(places) - len(marks))
    rounded = scaled.quantize(unit, ROUND_HALF_UP, Context(prec=MAX_DIGITS))
    left, _, right = format(rounded, ",f" if "," in whole else "f").partition(".")
    left = left.zfill(whole.count("0")) if left != "0" or "0" in whole else ""
    kept = len(decimals.rstrip("#?"))
    return f"{left}.{right[:kept]}{right[kept:].rstrip('0')}".rstrip(".")
