"""What `policyqa settings` prints; apart from `present`, whose imports take a second."""

import json
from collections.abc import Sequence

from policyqa.qa.settings import Setting


def as_text(settings: Sequence[Setting]) -> str:
    """One line a setting: its variable, meaning, default, and value now."""
    width = max(len(setting.name) for setting in settings)
    return "\n".join(_line(setting, width) for setting in settings)


def _line(setting: Setting, width: int) -> str:
    origin = "（环境变量）" if setting.from_environment else ""
    default, value = _worded(setting.default), _worded(setting.value)
    return f"{setting.name:<{width}}  {setting.meaning}；默认 {default}，现在 {value}{origin}"


def _worded(value: str | int | float | bool | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "空" if value is None or value == "" else str(value)


def as_json(settings: Sequence[Setting]) -> str:
    """A list of objects for a program."""
    return json.dumps([setting.model_dump() for setting in settings], ensure_ascii=False)
