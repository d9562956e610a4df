"""The form that narrows what is asked, and what a browser says it holds."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import ValidationError

from policyqa.qa.question.filters import KINDS, Choices
from policyqa.qa.types import Filters, Question
from policyqa.ui.chat.language import say
from policyqa.ui.chat.render import escape

MAX_REGIONS = 30


class Wanted(NamedTuple):
    """The day that is asked for and the documents that are asked."""

    as_of: str | None = None
    filters: Filters = Filters()


def wanted(said: Any) -> Wanted:
    """What a browser says the form holds; all documents of today where it is no form at all."""
    fields = said if isinstance(said, dict) else {}
    try:
        question = Question.model_validate(
            {
                "question": "",
                "as_of": fields.get("as_of") or None,
                "filters": {name: fields[name] for name in Filters.model_fields if name in fields},
            }
        )
    except ValidationError:
        return Wanted()
    return Wanted(question.as_of, question.filters)


def filter_form(choices: Choices) -> str:
    """The form, folded together; `filters.js` says what it holds. Empty where a collection leaves
    nothing to choose."""
    if not choices.years and not choices.regions:
        return ""
    kinds = [(kind, say(KINDS[kind]), count) for kind, count in choices.kinds]
    regions = [(name, escape(name), count) for name, count in choices.regions[:MAX_REGIONS]]
    hint = say("只用这一天以前的文件，文件是否有效也按这一天判断。")
    return (
        f'<details class="filters"><summary><b>{say("筛选")}</b><span class="chosen">'
        f"{say('全部文件')}</span></summary><form>"
        f"{_boxes('regions', '地区', regions)}{_boxes('kinds', '类型', kinds)}"
        f"<fieldset><legend>{say('发布年份')}</legend><div class='line'>"
        f"{_years('since', '从', choices.years)}{_years('until', '到', choices.years)}"
        f"</div></fieldset><fieldset><legend>{say('按哪一天的文件回答')}</legend>"
        f'<input type="date" name="as_of" aria-label="{say("按哪一天的文件回答")}">'
        f'<p class="hint">{hint}</p></fieldset><div class="foot">'
        f'<button type="reset">{say("清除")}</button>'
        f'<button type="submit">{say("完成")}</button></div></form></details>'
    )


def _boxes(name: str, legend: str, choices: Iterable[tuple[str, str, int]]) -> str:
    """A box to tick for each choice: what it sends, what stands beside it, how many documents."""
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="{name}" value="{escape(value)}">'
        f"<span>{words} <small>{count}</small></span></label>"
        for value, words, count in choices
    )
    return f"<fieldset><legend>{say(legend)}</legend>{boxes}</fieldset>" if boxes else ""


def _years(name: str, label: str, years: Iterable[str]) -> str:
    options = "".join(f'<option value="{year}">{year}</option>' for year in map(escape, years))
    return (
        f'<label>{say(label)} <select name="{name}"><option value="">{say("不限")}</option>'
        f"{options}</select></label>"
    )
