"""What can go wrong between a question and its answer; the root is `index.errors.PolicyQAError`.

PolicyQAError
├── SettingsError        a setting is unknown, out of bounds or contradictory
├── QuestionError        the question cannot be taken (empty, too long, no words)
├── PermalinkError       a text that should name a citation does not
├── EffortError          looking for words takes more work than is given to it
├── ReceiptError         a file that should be a receipt of an answer is none
├── DatasetError         a line of a collection or of an evaluation data set is wrong
├── RegisterError        a file of the register, or what is asked of it, is wrong
│   └── FaultyFile       one file of it is no programme
└── RunError             a kept evaluation is absent, unfinished, damaged or of something else
"""

from typing import TYPE_CHECKING

from policyqa.index.errors import PolicyQAError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# Of what pydantic finds wrong, by its type; the bound it names fills the places.
MEANINGS = {
    "missing": "缺少这一项",
    "string_type": "应为文字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数",
    "finite_number": "应为数",
    "decimal_parsing": "应为数",
    "decimal_type": "应为数",
    "float_type": "应为数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "应不小于 {ge}",
    "greater_than": "应大于 {gt}",
    "less_than_equal": "应不大于 {le}",
    "less_than": "应小于 {lt}",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "model_type": "应为对象",
    "too_long": "太多",
    "too_short": "太少",
    "literal_error": "不是可用的值",
    "string_pattern_mismatch": "格式不对",
    "extra_forbidden": "没有这一项",
    "string_too_short": "太短，至少 {min_length} 字",
    "string_too_long": "超过 {max_length} 字",
    "value_error": "{error}",
}


def meaning(fault: "ErrorDetails") -> str:
    """What pydantic finds wrong, in Chinese where it is a fault that people meet."""
    if str(fault.get("input")).strip().lower() == "nan":
        return MEANINGS["finite_number"]
    words = MEANINGS.get(fault["type"])
    own = fault["msg"].removeprefix("Value error, ")
    return words.format(**fault.get("ctx", {})) if words else own


class SettingsError(PolicyQAError):
    """A setting is unknown, out of bounds or contradictory. Correct the named variable."""


class QuestionError(PolicyQAError):
    """The question cannot be taken: empty, too long, or without a word. Ask it differently."""


class PermalinkError(PolicyQAError):
    """A text that should name a citation does not. Copy it whole out of an answer."""


class EffortError(PolicyQAError):
    """Looking for words that have moved, or comparing long ones, takes more work than is given to
    a stranger. Ask the command, which works as long as it takes."""


class ReceiptError(PolicyQAError):
    """A file that should be a receipt of an answer is none. Name one that `ask --receipt` wrote."""


class DatasetError(PolicyQAError):
    """A line of an evaluation data set is wrong. The message names the file and the line."""


class RegisterError(PolicyQAError):
    """A file of the register is wrong, or it holds no such programme. The message names file and
    line."""


class FaultyFile(RegisterError):
    """One file of the register is no programme; the others go on. `line` is 0 where none is
    known."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}：{reason}" if line else f"{file}：{reason}")
        self.file, self.line, self.reason = file, line, reason


class RunError(PolicyQAError):
    """A kept evaluation is absent, unfinished, damaged or of something else. Name another, continue
    it, or replace it."""
