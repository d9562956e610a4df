"""Rules have names; each acts somewhere, and an unknown one is refused."""

import re
from pathlib import Path
from typing import get_args

import pytest

from policyqa import qa
from policyqa.qa.errors import SettingsError
from policyqa.qa.question.asked import NOTHING
from policyqa.qa.question.forms import Want
from policyqa.qa.rules import RULES, checked


def test_every_rule_acts_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for path in Path(qa.__file__).parent.rglob("*.py"))
    asked_for = set(
        re.findall(r"uses\(\"(\w+)\"\)|\"(\w+)\" (?:not )?in (?:self\._)?without", code)
    )
    acting = {name for pair in asked_for for name in pair if name}
    assert RULES.keys() - acting - NOTHING.keys() - set(get_args(Want)) == set()
    assert acting <= RULES.keys()


def test_what_is_no_rule_is_refused() -> None:
    assert checked(["list", "list"]) == {"list"}
    with pytest.raises(SettingsError, match="没有名为 lists 的规则"):
        checked(["lists"])
