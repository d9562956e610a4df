"""What `policyqa settings` prints."""

import json

from policyqa.qa.cli.setting_lines import as_json, as_text
from policyqa.qa.settings import Setting


def setting(name: str, default: str | int | bool | None, value: str | int | None) -> Setting:
    changed = value is not None
    return Setting(
        name=name,
        meaning="含义",
        default=default,
        value=value if changed else default,
        from_environment=changed,
    )


FOUND = (setting("A", "seeds", None), setting("LONG", 3, 2), setting("B", None, ""))


def test_a_line_a_setting() -> None:
    assert as_text(FOUND).splitlines() == [
        "A     含义；默认 seeds，现在 seeds",
        "LONG  含义；默认 3，现在 2（环境变量）",
        "B     含义；默认 空，现在 空（环境变量）",
    ]
    assert as_text([setting("C", True, None)]) == "C  含义；默认 true，现在 true"


def test_an_object_a_setting_for_a_program() -> None:
    assert json.loads(as_json(FOUND))[1] == {
        "name": "LONG",
        "meaning": "含义",
        "default": 3,
        "value": 2,
        "from_environment": True,
    }
