"""The words of one office (`words.toml` in the source folder): names of its programmes, its
services, its places. The package knows the words that every office of the field needs."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from policyqa.index.errors import SourceError
from policyqa.index.types import Value

FILE_NAME = "words.toml"
MAX_BYTES = 1 << 20
MAX_CHARS = 40  # of a word
MAX_WORDS = 3000  # of a list, entries of a section
MAX_OTHERS = 20  # of one entry
# What is wrong, in the reader's language; pydantic's own words are for programmers.
WRONG = {
    "extra_forbidden": "没有这个键，可用的是 terms、shares、names、english",
    "string_type": "应是加引号的文字",
    "tuple_type": "应是列表，如 [\"甲\", \"乙\"]",
    "dict_type": "应是一节，每行写 词 = [\"词\", …]",
    "too_long": f"太多了：列表和每节最多 {MAX_WORDS} 项，一个词最多对应 {MAX_OTHERS} 个",
}  # fmt: skip


def _word(value: str) -> str:
    """Refuse what is no word: nothing, a text, what cannot be seen."""
    word = value.strip()
    if not 1 <= len(word) <= MAX_CHARS or not word.isprintable():
        raise PydanticCustomError("no_word", f"应是 1 至 {MAX_CHARS} 个看得见的字")
    return word


Word = Annotated[str, AfterValidator(_word)]
Words = Annotated[tuple[Word, ...], Field(max_length=MAX_WORDS)]
Others = Annotated[
    dict[Word, Annotated[tuple[Word, ...], Field(max_length=MAX_OTHERS)]],
    Field(max_length=MAX_WORDS),
]


class OfficeWords(Value):
    """What an office adds to the words of the field. None of it is a pattern or an order.

    `terms` are words that a general dictionary splits. `shares` are asked for as a percentage
    without saying so (留渝率是多少). `names` maps what people say to what documents say, `english`
    a Chinese word (or several, with spaces) to what English calls it.
    """

    terms: Words = ()
    shares: Words = ()
    names: Others = Field(default_factory=dict)
    english: Others = Field(default_factory=dict)


NO_WORDS = OfficeWords()


def load(folder: Path) -> OfficeWords:
    """The words of the office whose documents lie in a folder; none where it has no such file.

    Raises:
        SourceError: the file is too large or no TOML, or one of its keys has a wrong value.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return NO_WORDS
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        found = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} 不是 UTF-8，请另存为 UTF-8") from error
    except (OSError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceError(f"{path} 无法读取：{error}") from error
    if len(data) > MAX_BYTES:
        raise SourceError(f"{path} 太大，最多 {MAX_BYTES >> 20} MB")
    return _checked(path, found)


def _checked(path: Path, found: dict[str, Any]) -> OfficeWords:
    try:
        return OfficeWords.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        why = WRONG.get(first["type"], first["msg"])
        raise SourceError(f"{path} 中 {_place(first['loc'])} 有误：{why}") from error


def _place(loc: tuple[int | str, ...]) -> str:
    """Where in the file: `names.海归 第 1 项`."""
    keys = ".".join(each for each in loc if isinstance(each, str) and each != "[key]")
    items = "".join(f" 第 {each + 1} 项" for each in loc if isinstance(each, int))
    return f"{keys[:80]}{items}"
