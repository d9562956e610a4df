"""Parts of a question: what each is answered by, and which an answer leaves open."""

import re
from collections.abc import Mapping, Sequence

from policyqa.qa.compose.composer import is_same
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.expectation import holds
from policyqa.qa.question.parts import Part
from policyqa.qa.retrieve.evidence import Quote

HOLDS_PLACE = re.compile(
    r"在[\u4e00-\u9fff]{2,}|位于|地点|地址|[\u4e00-\u9fff]{2,}(?:中心|大厅|窗口|路\d+|街|楼|馆|园|区|市|县|校|院|局)"
)


def further(asked: Asked, said: Sequence[Quote], own: Mapping[str, Quote]) -> list[Quote]:
    """What answers the parts of a question beside what is said: where a part is left open, what
    was found for it alone; else that too, if it is of a document that is cited anyway.

    Args:
        asked: the question.
        said: what is said to the whole of it.
        own: what was found for each part alone, by its words, where something of its kind was found
            surely.
    """
    cited = {quote.document.doc_id for quote in said}
    texts = [each.text for each in said]
    wanted = [
        own[part.text]
        for part in asked.parts
        if part.text in own
        and (own[part.text].document.doc_id in cited or not is_answered(part, texts))
    ]
    new: list[Quote] = []
    for quote in wanted:
        if not any(is_same(quote, each) for each in (*said, *new)):
            new.append(quote)
    return new


def unanswered(asked: Asked, said: Sequence[Quote], own: Mapping[str, Quote]) -> tuple[str, ...]:
    """Words of the question for what an answer of these sentences leaves open: parts for which
    alone nothing was found and whose kind of answer none of them holds (sides of a comparison only
    where another side was found), and years that none of them is about."""
    texts = [each.text for each in said]
    left = (part for part in asked.parts if part.text not in own and (own or not part.side))
    open_parts = [part.text for part in left if not is_answered(part, texts)]
    return tuple(open_parts + _open_years(asked, said))


def is_answered(part: Part, texts: Sequence[str]) -> bool:
    if part.where:
        return any(HOLDS_PLACE.search(text) for text in texts)
    if not part.expectation:
        return True
    return any(holds(text, part.expectation) for text in texts)


def _open_years(asked: Asked, said: Sequence[Quote]) -> list[str]:
    """Years that are asked for, of which neither a sentence nor its document speaks."""
    if len(asked.years) < 2:
        return []
    held = " ".join(f"{e.text} {e.document.metadata.date[:4]}" for e in said)
    return [f"{year}年" for year in sorted(asked.years) if year not in held]
