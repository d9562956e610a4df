"""What is asked of a thing (its conditions, materials, steps, amount), as headings name it."""

import re
from collections.abc import Sequence

from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.qa.question.forms import APART, KINDS


def asked_headings(text: str) -> tuple[re.Pattern[str], ...]:
    """The headings under which what a question asks for may stand; () where it names no kind."""
    return tuple(heading for asked, heading in KINDS if asked.search(text))


def is_of_other_kind(asked: Sequence[re.Pattern[str]], lead: str) -> bool:
    """Whether what introduces a list (应当具备下列条件) announces another kind of thing than the
    question asks for (材料).

    Args:
        asked: the question's, as `asked_headings` gives them.
        lead: the words that introduce the list.
    """
    apart = [heading for _, heading in APART]
    wanted = {heading for heading in asked if heading in apart}
    named = {heading for heading in apart if heading.search(lead)}
    return bool(wanted and named) and not wanted & named


def heading_agreement(asked: Sequence[re.Pattern[str]], section: str) -> float:
    """1 when the last heading over a text is of a kind that the question asks for, else 0."""
    heading = section.split(SECTION_SEPARATOR)[-1]
    return float(any(kind.search(heading) for kind in asked))
