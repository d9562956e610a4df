"""Word's automatic numbers (一、（一）1. 第%1条) written out, as a reader sees them.

ECMA-376 part 1, 17.9: levels of an abstract numbering share counters; a number restarts when a
higher level comes, or where a `num` says so.
"""

from dataclasses import dataclass, field

from policyqa.index.read.ooxml import Element
from policyqa.index.read.word.styles import W, child, is_on, number, value
from policyqa.index.text.numerals import FORMAL_DIGITS, FORMAL_SIGNS, ONES

DIGITS = "〇" + ONES
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
COUNTING = (
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
)
DIGITAL = ("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand")
# First character and count of the ready-made numbers of Unicode.
RANGES = {
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
    "ideographEnclosedCircle": ("㊀", 10),
}
CLOSED = "、）)〕】》，：:"
BULLET = "•"
MAX_LEVELS = 9


@dataclass(frozen=True)
class Level:
    """One level: where it starts, how its numeral and its text look, what follows."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int = -1
    legal: bool = False
    paragraph_style: str = ""


@dataclass
class Numbering:
    """The counters of one document, in reading order.

    `nums` gives the abstract numbering of a `numId`, `overrides` the starts that it sets anew.
    """

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    nums: dict[str, str] = field(default_factory=dict)
    own_levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    overrides: dict[str, dict[int, int]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    started: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: Element | None) -> "Numbering":
        """From `numbering.xml`, or none at all."""
        made = cls()
        if root is None:
            return made
        abstracts = root.findall(W + "abstractNum")
        linked = {value(child(item, "styleLink")): item for item in abstracts}
        for item in abstracts:
            source = linked.get(value(child(item, "numStyleLink")) or "-", item)
            made.levels[value(item, "abstractNumId")] = _levels(source)
        for item in root.findall(W + "num"):
            made._add(item)
        return made

    def _add(self, num: Element) -> None:
        num_id = value(num, "numId")
        self.nums[num_id] = value(child(num, "abstractNumId"))
        for override in num.findall(W + "lvlOverride"):
            level = number(override, 0, "ilvl")
            self.own_levels.setdefault(num_id, {}).update(_levels(override))
            if (start := child(override, "startOverride")) is not None:
                self.overrides.setdefault(num_id, {})[level] = number(start, 1)

    def level(self, num_id: str, index: int) -> Level:
        """The level as this `num` has it; a plain decimal one where the file has none."""
        own = self.own_levels.get(num_id, {}).get(index)
        shared = self.levels.get(self.nums.get(num_id, ""), {}).get(index)
        return own or shared or Level(text=f"%{index + 1}.")

    def level_of_style(self, num_id: str, style_ids: list[str]) -> int:
        """The level that is tied to one of these paragraph styles, 0 without."""
        levels = self.levels.get(self.nums.get(num_id, ""), {})
        tied = {level.paragraph_style: index for index, level in levels.items()}
        return next((tied[name] for name in style_ids if name in tied), 0)

    def label(self, num_id: str, index: int) -> str:
        """Count one paragraph and give what stands before it, with its gap; "" for no number."""
        if num_id not in self.nums or not 0 <= index < MAX_LEVELS:
            return ""
        counters = self.counters.setdefault(self.nums[num_id], {})
        self._advance(counters, num_id, index)
        level = self.level(num_id, index)
        if level.style == "bullet":
            return f"{BULLET} "
        return _spaced(self._filled(counters, num_id, level), level.suffix)

    def _advance(self, counters: dict[int, int], num_id: str, index: int) -> None:
        start = self.overrides.get(num_id, {}).get(index)
        anew = start is not None and (num_id, index) not in self.started
        self.started.add((num_id, index))
        if anew or index not in counters:
            counters[index] = self.level(num_id, index).start if start is None else start
        else:
            counters[index] += 1
        for deeper in [key for key in counters if key > index]:
            restart = self.level(num_id, deeper).restart
            if restart != 0 and (restart < 0 or index < restart):
                del counters[deeper]

    def _filled(self, counters: dict[int, int], num_id: str, level: Level) -> str:
        text = level.text
        for index in range(MAX_LEVELS):
            if f"%{index + 1}" in text:
                used = self.level(num_id, index)
                style = "decimal" if level.legal else used.style
                count = counters.get(index, used.start)
                text = text.replace(f"%{index + 1}", numeral(count, style))
        return text


def _levels(parent: Element) -> dict[int, Level]:
    return {number(item, 0, "ilvl"): _level(item) for item in parent.findall(W + "lvl")}


def _level(item: Element) -> Level:
    styles = [value(found) for found in item.iter(W + "numFmt")]
    return Level(
        start=number(child(item, "start"), 1),
        style=next((style for style in styles if style != "custom"), "decimal"),
        text=value(child(item, "lvlText")),
        suffix=value(child(item, "suff")) or "tab",
        restart=number(child(item, "lvlRestart"), -1),
        legal=is_on(child(item, "isLgl")),
        paragraph_style=value(child(item, "pStyle")),
    )


def _spaced(label: str, suffix: str) -> str:
    """「一、总则」 as it is written by hand, but 「1. 总则」 and 「第一条 总则」."""
    label = label.strip()
    if not label or suffix == "nothing" or label[-1] in CLOSED:
        return label
    return f"{label} "


def numeral(count: int, style: str) -> str:
    """A number in one of Word's styles; decimal for a style or a number that has no sign."""
    if style == "none":
        return ""
    if style in RANGES:
        first, size = RANGES[style]
        return chr(ord(first) + count - 1) if 1 <= count <= size else str(count)
    if style in COUNTING:
        return _counted(count)
    if style == "chineseCounting":
        return _counted(count) if count < 100 else _digit_by_digit(count)
    if style in DIGITAL:
        return _digit_by_digit(count)
    if style == "chineseLegalSimplified":
        return _counted(count, FORMAL_DIGITS, FORMAL_SIGNS, shorten=False)
    return _plain(count, style)


def _plain(count: int, style: str) -> str:
    if style in ("upperLetter", "lowerLetter") and 1 <= count <= 780:
        letters = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if style == "upperLetter" else letters.lower()
    if style in ("upperRoman", "lowerRoman") and 1 <= count < 4000:
        return _roman(count) if style == "upperRoman" else _roman(count).lower()
    if style == "ideographTraditional" and 1 <= count <= len(STEMS):
        return STEMS[count - 1]
    if style == "ideographZodiac" and 1 <= count <= len(BRANCHES):
        return BRANCHES[count - 1]
    if style == "decimalFullWidth":
        return "".join(chr(ord("０") + int(digit)) for digit in str(abs(count)))
    return f"{count:02d}" if style == "decimalZero" else str(count)


def _digit_by_digit(count: int) -> str:
    return "".join(DIGITS[int(digit)] for digit in str(abs(count)))


def _roman(count: int) -> str:
    text = ""
    for worth, sign in ROMAN:
        text += sign * (count // worth)
        count %= worth
    return text


def _counted(
    count: int, digits: str = "零" + DIGITS[1:], units: str = "十百千", *, shorten: bool = True
) -> str:
    """11 → 十一, 101 → 一百零一, 110 → 一百一十; digits one by one from 10000 on."""
    if not 0 < count < 10_000:
        return _digit_by_digit(count)
    text = ""
    for place, sign in zip((1000, 100, 10, 1), (*reversed(units), ""), strict=True):
        digit = count // place % 10
        if digit:
            text += digits[digit] + sign
        elif text and count % place:
            text += digits[0]
    text = text.replace(digits[0] * 2, digits[0])
    return text.removeprefix(digits[1]) if shorten and 10 <= count < 20 else text
