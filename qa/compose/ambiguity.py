"""Two programmes equally near: which one is meant is asked back, with the choices."""

import re
from collections.abc import Sequence

from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.numerals import ARABIC, TENS
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.forms import VALUES
from policyqa.qa.retrieve.evidence import Evidence

NEAR = 0.5  # how far below the best a sentence may score and be as near
SAME_SHARE = 0.03  # difference of shares of the question's tokens that makes none
MAX_CHOICES = 4
MAX_NAMED = 5  # content words; a longer question says which programme it means
FIGURE = re.compile(rf"{ARABIC}|[{TENS}百千万亿]{{2,}}")


def choices(found: Sequence[Evidence], asked: Asked) -> tuple[str, ...]:
    """Names of the programmes among which a question does not choose; () where it does.

    They are as near where they hold the kind of answer asked for (a sum, a date), with other
    figures, stand under other headings or titles, and have just as much of the question's words,
    names included. Documents of different dates are no choice: the later one speaks for itself.

    Args:
        found: sentences, best first.
        asked: the question.
    """
    if (
        not asked.uses("ambiguity")
        or len(asked.content) > MAX_NAMED
        or asked.expectation.kind not in VALUES
    ):
        return ()
    found = [each for each in found if not each.contradicts]
    if not found or not found[0].signals.expected:
        return ()
    best, named = found[0], {_name(found[0]): found[0]}
    for other in found[1:]:
        if _as_near(best, other, asked) and all(_differ(other, each) for each in named.values()):
            named.setdefault(_name(other), other)
    return tuple(named)[:MAX_CHOICES] if len(named) > 1 else ()


def _as_near(best: Evidence, other: Evidence, asked: Asked) -> bool:
    if not other.signals.expected or other.contradicts or other.score < best.score - NEAR:
        return False
    if best.document.metadata.date != other.document.metadata.date:
        return False
    return abs(_covered(best, asked) - _covered(other, asked)) <= SAME_SHARE


def _covered(evidence: Evidence, asked: Asked) -> float:
    """Share of the question's bigrams in the sentence and all that it stands under."""
    title = evidence.document.metadata.title
    said = in_context(evidence.document, evidence.passage)
    return asked.bigram_share(f"{title} {evidence.passage.section} {said}")


def _differ(one: Evidence, other: Evidence) -> bool:
    figures = set(FIGURE.findall(one.text)), set(FIGURE.findall(other.text))
    return _name(one) != _name(other) and figures[0].isdisjoint(figures[1])


def _name(evidence: Evidence) -> str:
    """What a reader would call it: its document's title and its own heading."""
    title = evidence.document.metadata.title
    section = evidence.passage.section.split(SECTION_SEPARATOR)[-1]
    return f"《{title}》" + (f"“{section}”" if section and section != title else "")
