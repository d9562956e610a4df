"""What is put into a page is data: it is escaped without being asked, and never left out."""

import pytest
from jinja2 import UndefinedError

from policyqa.qa.templates import templates

HOSTILE = "<img src='x'> \"&amp;\" {{ 1 }}"


def test_every_value_is_escaped_once() -> None:
    words = "{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}{{ value }}{{ bold(value) }}"
    shown = templates("policyqa.qa.check").from_string(words).render(value=HOSTILE)
    escaped = "&lt;img src=&#x27;x&#x27;&gt; &quot;&amp;amp;&quot; {{ 1 }}"
    assert shown == f"{escaped}<b>{escaped}</b>"


def test_another_form_escapes_in_its_own_way() -> None:
    template = templates("policyqa.qa.check", lambda text: text.replace("<", "\\<"))
    assert template.from_string("{{ value }}, {{ 3 }}").render(value="<&") == "\\<&, 3"


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="value"):
        templates("policyqa.qa.check").from_string("{{ value }}").render()
