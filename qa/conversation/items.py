"""Which item of what was listed a question points at: 第三个呢, 最后一条再说说."""

import re
from collections.abc import Sequence

from policyqa.index.text.numerals import TENS, value

UNITS = "个条项点类样种步"
NTH = re.compile(rf"第([{TENS}\d]{{1,3}})[{UNITS}]|(最后|末)[一那]?[{UNITS}]|倒数第一[{UNITS}]")
MAX_CHARS = 24  # a longer question names what it is about


def pointed_at(query: str, items: Sequence[str]) -> str:
    """The item that a question points at; "" where it points at none of them.

    Args:
        query: normalised.
        items: what was last listed, in order.
    """
    found = NTH.search(query)
    if not items or not found or len(query) > MAX_CHARS:
        return ""
    number = value(found.group(1)) if found.group(1) else len(items)
    return items[number - 1] if number and number <= len(items) else ""
