"""The attributes that conditions are about: their words, units, ranks and how to ask for them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from pydantic import Field

from policyqa.index.types import Value

EACH_ONE = "_each"  # ends the name of what is counted by the head
NEAR = 4  # characters after a number that may name what it counts; words before it come first


EACH = re.compile("人均|每人|平均每|一人")
DENIED = re.compile(
    r"(?:未(?![满成达婚])|无(?![论需须])|没有?(?!满)|不(?![动低少超满足到论受限]))[^,，。;；、且]{0,10}$"
)


class Attribute(Value):
    """`words` is a pattern of what names it, `unit` what it is counted in ("" for ranks), `scale`
    gives patterns of classes their rank, `ask` is a question for it. `has` and `none` are patterns
    of words that say that one has some of it, or nothing; nobody is demanded to have what is a
    `fault`."""

    label: str
    unit: str
    ask: str
    words: str = ""
    scale: Mapping[str, int] = Field(default_factory=dict)
    has: str = ""
    none: str = ""
    fault: bool = False


class Had(NamedTuple):
    """That a text says of an attribute that there is some of it, or nothing, and where."""

    attribute: str
    some: bool
    start: int
    end: int


class Named(NamedTuple):
    """A class that a text names: its attribute, its rank and where it stands."""

    attribute: str
    rank: int
    start: int
    end: int


@cache
def attributes() -> Mapping[str, Attribute]:
    """All of them, by name, as `catalogue.toml` has them."""
    text = resources.files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    return {name: Attribute.model_validate(each) for name, each in tomllib.loads(text).items()}


def about(clause: str, at: int, end: int, unit: str) -> str:
    """What a number of a unit is about: the attribute of that unit whose word stands nearest
    before it in the clause, else nearest after it; "" where none does. What is counted by the head
    (人均) is another thing than the whole."""
    before: list[tuple[int, int, str]] = []  # the longer of two that end together
    after: list[tuple[int, str]] = []
    for name, pattern in _patterns(unit):
        for match in pattern.finditer(clause):
            if match.end() <= at:
                before.append((match.end(), match.end() - match.start(), name))
            elif match.start() >= at:
                after.append((match.start(), name))
    name = max(before)[2] if before else min(after)[1] if after else ""
    each = f"{name}{EACH_ONE}"
    return each if each in attributes() and EACH.search(clause[: end + NEAR]) else name


def sole(unit: str) -> str:
    """The attribute that alone is counted in a unit (岁); "" where there are several."""
    names = [name for name, _ in _patterns(unit)]
    return names[0] if len(names) == 1 else ""


def classes(text: str) -> Iterator[Named]:
    """The classes of any scale that a text names, the longest name at each place."""
    if not _any_class().search(text):
        return
    found = [
        Named(name, rank, *match.span())
        for name, pattern, rank in _scales()
        for match in pattern.finditer(text)
    ]
    end = 0
    for each in sorted(found, key=lambda named: (named.start, -named.end)):
        if each.start >= end:
            end = each.end
            yield each


def had(text: str) -> Iterator[Had]:
    """What a clause says to be there, or not to be there (未拥有任何形式自有住房); nothing of an
    attribute of which it says both."""
    for name, has, none in _presences():
        lacking = none.search(text) if none else None
        rest = none.sub(lambda m: "〇" * len(m.group()), text) if none and lacking else text
        having = has.search(rest) if has else None
        found = lacking or having
        if found and not (lacking and having):
            some = lacking is None and not DENIED.search(text[: found.start()])
            yield Had(name, some, *found.span())


@cache
def _presences() -> tuple[tuple[str, re.Pattern[str] | None, re.Pattern[str] | None], ...]:
    return tuple(
        (
            name,
            re.compile(each.has) if each.has else None,
            re.compile(each.none) if each.none else None,
        )
        for name, each in attributes().items()
        if each.has or each.none
    )


@cache
def _patterns(unit: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(each.words))
        for name, each in attributes().items()
        if each.words and each.unit == unit
    )


@cache
def _scales() -> tuple[tuple[str, re.Pattern[str], int], ...]:
    return tuple(
        (name, re.compile(words), rank)
        for name, each in attributes().items()
        for words, rank in each.scale.items()
    )


@cache
def _any_class() -> re.Pattern[str]:
    """Whatever names a class: most texts name none, which one look tells."""
    return re.compile("|".join(pattern.pattern for _, pattern, _ in _scales()))
