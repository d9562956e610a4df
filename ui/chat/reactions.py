"""What a reader does with an answer: judge it, ask for what is missing, share it. Each is a link
of the page (`down-0`: the answer of turn 0) and gives the panel to show, or None for none."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from policyqa.index.errors import PolicyQAError
from policyqa.qa.types import Answer
from policyqa.ui.chat import forms
from policyqa.ui.store.records import Records
from policyqa.ui.store.types import MAX_COMMENT_CHARS, REASONS, Feedback, Gap, Verdict

logger = logging.getLogger(__name__)

Answers = tuple[Answer, ...]
Said = Mapping[str, Any]
VERDICTS: dict[str, Verdict] = {"up": "up", "down": "down", "withdraw": "withdrawn"}
FAILED = "没有保存成功，请稍后再试。"


def opened(records: Records, answers: Answers, link: str) -> str | None:
    """The form that a link opens; a judgement is kept at once, its reasons with the form."""
    return _done(records, answers, link, {}, _OPENED)


def sent(records: Records, answers: Answers, link: str, said: Said) -> str | None:
    """What stands in the panel after a form was sent.

    Args:
        records: where it is kept.
        answers: of the conversation.
        link: of the form.
        said: its fields, as a browser gives them: anything at all.
    """
    return _done(records, answers, link, said, _SENT)


Act = Callable[[Records, Answer, int, Said], str | None]


def _done(
    records: Records, answers: Answers, link: str, said: Said, acts: Mapping[str, Act]
) -> str | None:
    name, _, turn = link.partition("-")
    if name not in acts or not turn.isdecimal() or int(turn) >= len(answers):
        return forms.told("找不到", "这个回答属于另一段对话，请重新提问。")
    try:
        return acts[name](records, answers[int(turn)], int(turn), said)
    except PolicyQAError:
        logger.exception("a reader's word was not kept")
        return forms.told("没有保存", FAILED)


def _judged(verdict: Verdict) -> Act:
    def judged(records: Records, answer: Answer, turn: int, said: Said) -> str | None:
        records.judge(_feedback(answer, verdict, said))
        if verdict != "down":
            return None
        return forms.told("谢谢", forms.THANKS) if said else forms.judgement_form(turn)

    return judged


def _gap_opened(records: Records, answer: Answer, turn: int, said: Said) -> str:
    return forms.gap_form(turn, answer.question)


def _gap_sent(records: Records, answer: Answer, turn: int, said: Said) -> str:
    records.report(Gap(answer_id=answer.id, time=_now(), comment=_comment(said)))
    return forms.told("谢谢", forms.THANKS)


def _share_opened(records: Records, answer: Answer, turn: int, said: Said) -> str:
    kept = records.answer(answer.id)
    return forms.share_form(turn, address(kept.share) if kept and kept.share else "")


def _share_sent(records: Records, answer: Answer, turn: int, said: Said) -> str:
    secret = records.share(answer.id)
    return forms.share_form(turn, address(secret)) if secret else forms.told("没有保存", FAILED)


def _unshared(records: Records, answer: Answer, turn: int, said: Said) -> str:
    records.unshare(answer.id)
    return forms.share_form(turn, "")


_OPENED: dict[str, Act] = {
    **{name: _judged(verdict) for name, verdict in VERDICTS.items()},
    "gap": _gap_opened,
    "share": _share_opened,
}
_SENT: dict[str, Act] = {
    "down": _judged("down"),
    "gap": _gap_sent,
    "share": _share_sent,
    "unshare": _unshared,
}


def address(secret: str) -> str:
    """The path of a shared answer."""
    return f"/a/{secret}"


def _feedback(answer: Answer, verdict: Verdict, said: Said) -> Feedback:
    named = said.get("reasons")
    asked = named if isinstance(named, list) else []
    reasons = tuple(reason for reason in REASONS if reason in asked)
    return Feedback(
        answer_id=answer.id, time=_now(), verdict=verdict, reasons=reasons, comment=_comment(said)
    )


def _comment(said: Said) -> str:
    return str(said.get("comment") or "").strip()[:MAX_COMMENT_CHARS]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
