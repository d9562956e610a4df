"""From an answer to the pages of the register: the programmes that it cites, and the self-check
where it depends on who asks."""

import logging

from policyqa.index.errors import PolicyQAError
from policyqa.qa.register.standing import STATES
from policyqa.qa.types import Answer, PageLink
from policyqa.ui.programmes.held import Held
from policyqa.ui.programmes.selfcheck import HERE

logger = logging.getLogger(__name__)

SELF_CHECK = PageLink(path=HERE, words="我能享受什么：逐项自测")
ALL = PageLink(path="/programmes", words="政策与服务一览")


def links_of(held: Held, answer: Answer) -> tuple[PageLink, ...]:
    """The pages that go on from an answer; none where the register is empty or cannot be read, and
    the answer stands without them."""
    try:
        now = held.now()
    except PolicyQAError:
        logger.exception("the register cannot be read")
        return ()
    if not now.engine.checked or answer.status == "error":
        return ()
    links = [
        PageLink(
            path=f"/programmes/{each.programme.id}",
            words=each.programme.name,
            mark=STATES[each.state],
        )
        for each in now.places.related(answer.citations)
    ]
    if any(note.kind == "unclear" for note in answer.notes):
        return (SELF_CHECK, ALL)
    return (*links, SELF_CHECK) if answer.verdict or answer.conditions else tuple(links)
