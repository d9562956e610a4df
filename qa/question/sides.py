"""What a question compares, written as one question for each side: 在职和退休的门槛差多少 is
在职的门槛是多少 and 退休的门槛是多少."""

import re
from typing import NamedTuple

from policyqa.index.text.words import words

JOINED = re.compile("(?<=[\u4e00-\u9fff\\d])[和与跟、](?=[\u4e00-\u9fff\\d])")
COMPARES = re.compile(
    "分别|各自|各(?=[是有多给能要可需补占为交去怎什哪几])"
    "|有(?:什么|甚么|啥|何|没有)(?:不同|区别|不一样|差别|差异)|的?区别(?:是什么|在哪里?)?$"
    "|(?:是不是|是否|是)?不?(?:一样|相同)(?:的|多)?[吗么嘛吧]?$|差多少|[高多少大长低短]多少$|哪个[更要]?[高多少大长低短快慢严]"
    "|谁[更要]?[高多少大长低短]"
)
SPREAD = re.compile("分别|各自|各")  # these say only that each is asked for
OF, STOP = "的", re.compile("[，,；;]")
ASKS_HOW_MUCH = re.compile("差|[高多少大长低短]多少|哪个|谁")
ENDS = re.compile("[吗呢?？]")
BEFORE = re.compile("^(?:以前|从前|过去|原来|之前|往年)")  # another edition, not another side
MOST = 4  # sides


class Side(NamedTuple):
    """One of the things that are compared: its name, and the question about it alone."""

    name: str
    question: str


def sides_of(query: str) -> tuple[Side, ...]:
    """One question for each side of a comparison; () where nothing is compared.

    The first side has what stands before it, each further one begins with its own name, as a
    follow-up does.

    Args:
        query: normalised.
    """
    query = query.rstrip("?？。 ")
    compares = COMPARES.search(query)
    joins = _joins(query, compares.start()) if compares else []
    if compares is None or not joins or len(joins) >= MOST:
        return ()
    last = query[joins[-1].end() :]
    if BEFORE.match(last) or ENDS.search(query, joins[0].start(), compares.start()):
        return ()
    name = _name(query[: joins[-1].start()], last, compares.start() - joins[-1].end())
    rest = _plain(last[len(name) :])
    starts = [0, *(join.end() for join in joins)]
    ends = [*(join.start() for join in joins), joins[-1].end() + len(name)]
    names = [query[start:end] for start, end in zip(starts, ends, strict=True)]
    if not all(names) or not rest:
        return ()
    asked = (f"{each.removesuffix(OF) if rest[0] == OF else each}{rest}" for each in names)
    first = names[0][-max(len(each) for each in names[1:]) :]  # without what stands before it
    return tuple(map(Side, (first.strip(OF), *names[1:]), asked))


def _joins(query: str, end: int) -> list[re.Match[str]]:
    """Where sides are joined: the first 和, and those up to the next comma."""
    found = list(JOINED.finditer(query, 0, end))
    if found and (stop := STOP.search(query, found[0].end())):
        found = [join for join in found if join.start() < stop.start()]
    return found


def _name(before: str, last: str, room: int) -> str:
    """How much of the words after the last 和 is the name of that side: as far as both sides end
    alike (小医院和大医院) or as they begin alike (满五年和满十年), else to 的, a comma, or what
    compares them, else one word."""
    cut = next((m.start() for m in STOP.finditer(last, 0, room)), room)
    head = last[:cut]
    for size in range(min(len(before), len(head)), 1, -1):
        at = head.find(before[-size:])
        if at >= 0:
            return head[: at + size]
    for size in range(len(head) - 1, 1, -1):
        at = before.rfind(head[:size])
        if at >= 0 and len(before) - at <= len(head):
            return head[: len(before) - at]
    first = next(iter(words(head)), head)
    if first[-1] == before[-1] and head.startswith(first):
        return first
    if OF in head:
        return head[: head.index(OF)]
    alone = not ASKS_HOW_MUCH.match(last, room)
    return head if cut < room or alone else first


def _plain(rest: str) -> str:
    """What is asked of each side, without what compares them."""
    found = COMPARES.search(rest)
    if found is None:
        return rest
    said = found.group()
    if SPREAD.fullmatch(said):
        return rest[: found.start()] + rest[found.end() :]
    asks = "是多少" if ASKS_HOW_MUCH.search(said) else "是怎么规定的"
    return rest[: found.start()].rstrip("，, 要") + asks
