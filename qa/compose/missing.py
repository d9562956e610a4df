"""Which parts of a question an answer leaves open."""

import re
from collections.abc import Sequence

from policyqa.qa.question.asked import Asked
from policyqa.qa.question.expectation import holds
from policyqa.qa.question.parts import Part
from policyqa.qa.retrieve.evidence import Quote

HOLDS_PLACE = re.compile(
    r"在[\u4e00-\u9fff]{2,}|位于|地点|地址|[\u4e00-\u9fff]{2,}(?:中心|大厅|窗口|路\d+|街|楼|馆|园|区|市|县|校|院|局)"
)


def unanswered(asked: Asked, said: Sequence[Quote]) -> tuple[str, ...]:
    """Words of the question for what an answer of these sentences leaves open: parts whose kind
    of answer none of them holds, and years that none of them is about."""
    texts = [each.text for each in said]
    open_parts = [part.text for part in asked.parts if not _answered(part, texts)]
    return tuple(open_parts + _open_years(asked, said))


def _answered(part: Part, texts: Sequence[str]) -> bool:
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
