"""Two programmes equally near: which one is meant is asked back, with the choices."""

import re
from collections.abc import Sequence

from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.text.numerals import ARABIC, TENS
from policyqa.qa.question.query import content_words
from policyqa.qa.retrieve.evidence import Evidence, QueryTokens

NEAR = 0.5  # how far below the best a sentence may score and be as near
SAME_SHARE = 0.03  # difference of shares of the question's tokens that makes none
MAX_CHOICES = 4
MAX_NAMED = 5  # content words; a longer question says which programme it means
# Kinds of answer that are one value, and another one for another programme.
VALUES = frozenset(
    [
        "fee",
        "money",
        "percent",
        "phone",
        "address",
        "date",
        "year",
        "day",
        "age",
        "count",
        "duration",
    ]
)
FIGURE = re.compile(rf"{ARABIC}|[{TENS}百千万亿]{{2,}}")


def choices(found: Sequence[Evidence], tokens: QueryTokens) -> tuple[str, ...]:
    """Names of the programmes among which a question does not choose; () where it does.

    They are as near where they hold the kind of answer asked for (a sum, a date), with other
    figures, stand under other headings or titles, and have just as much of the question's words,
    names included. Documents of different dates are no choice: the later one speaks for itself.

    Args:
        found: sentences, best first.
        tokens: of the question.
    """
    if len(content_words(tokens.query)) > MAX_NAMED or tokens.expectation.kind not in VALUES:
        return ()
    found = [each for each in found if not each.contradicts]
    if not found or not found[0].expected:
        return ()
    best, named = found[0], {_name(found[0]): found[0]}
    for other in found[1:]:
        if _as_near(best, other, tokens) and all(_differ(other, each) for each in named.values()):
            named.setdefault(_name(other), other)
    return tuple(named)[:MAX_CHOICES] if len(named) > 1 else ()


def _as_near(best: Evidence, other: Evidence, tokens: QueryTokens) -> bool:
    if not other.expected or other.contradicts or other.score < best.score - NEAR:
        return False
    if best.document.metadata.date != other.document.metadata.date:
        return False
    return abs(_covered(best, tokens) - _covered(other, tokens)) <= SAME_SHARE


def _covered(evidence: Evidence, tokens: QueryTokens) -> float:
    """Share of the question's bigrams in the sentence and all that it stands under."""
    title = evidence.document.metadata.title
    return tokens.bigram_share(f"{title} {evidence.passage.section} {evidence.passage.text}")


def _differ(one: Evidence, other: Evidence) -> bool:
    figures = set(FIGURE.findall(one.text)), set(FIGURE.findall(other.text))
    return _name(one) != _name(other) and figures[0].isdisjoint(figures[1])


def _name(evidence: Evidence) -> str:
    """What a reader would call it: its document's title and its own heading."""
    title = evidence.document.metadata.title
    section = evidence.passage.section.split(SECTION_SEPARATOR)[-1]
    return f"《{title}》" + (f"“{section}”" if section and section != title else "")
