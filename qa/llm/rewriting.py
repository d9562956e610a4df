"""The documents' answer in a language model's words, as far as the gate lets them pass."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence

from policyqa.index.errors import ModelError
from policyqa.qa.compose.composing import staff_notes
from policyqa.qa.llm.language_model import MAX_SENTENCES, Writer, gated, sentences
from policyqa.qa.types import Answer, AnswerSentence, Citation, Note
from policyqa.qa.wording import ABOVE

logger = logging.getLogger(__name__)

MIN_KEPT = 0.5  # share of the sentences written that must pass, else none of them is said

Said = Callable[[AnswerSentence], None]


def rewritten(
    answer: Answer, writer: Writer, evidence: Sequence[Citation], said: Said | None = None
) -> Answer:
    """The answer as a model puts it, or the same answer with a note where that fails.

    Args:
        answer: in the documents' own words; it stands where the model is down, slow, or where
            too little of what it writes passes the gate.
        writer: the model.
        evidence: numbered from 1.
        said: is given each sentence that passes, as soon as it has.
    """
    kept: list[AnswerSentence] = []
    faults: Counter[str] = Counter()
    try:
        for sentence, finding in gated(sentences(writer.write(answer.query, evidence)), evidence):
            if sentence is None:
                faults[finding.fault] += 1
            elif len(kept) < MAX_SENTENCES:
                kept.append(sentence)
                if said:
                    said(sentence)
    except ModelError as error:
        logger.warning("id=%s the model failed: %s", answer.id[:40] or "-", error)
        return _fallen_back(answer)
    logger.info("id=%s model kept=%d dropped=%s", answer.id[:40] or "-", len(kept), dict(faults))
    if not kept or len(kept) < MIN_KEPT * (len(kept) + faults.total()):
        return _fallen_back(answer)
    return _in_its_words(answer, kept, evidence)


def _fallen_back(answer: Answer) -> Answer:
    note = Note(kind="model_fell_back")
    return answer.model_copy(
        update={"notes": (*answer.notes, note), "answer": f"{answer.answer}\n{note.text}"}
    )


def _in_its_words(
    answer: Answer, kept: Sequence[AnswerSentence], evidence: Sequence[Citation]
) -> Answer:
    """The answer with these sentences, their citations numbered as they come."""
    numbers: dict[int, int] = {}
    for sentence in kept:
        for n in sentence.citations:
            numbers.setdefault(n, len(numbers) + 1)
    by_number = {each.n: each for each in evidence}
    citations = [by_number[old].model_copy(update={"n": new}) for old, new in numbers.items()]
    renumbered = [
        s.model_copy(update={"citations": tuple(numbers[n] for n in s.citations)}) for s in kept
    ]
    text = "".join(s.text + "".join(f"[{n}]" for n in s.citations) for s in renumbered)
    others = (note for note in answer.notes if note.kind != "staff")
    notes = (*others, *staff_notes(citations))
    above = (note.text for note in notes if note.kind in ABOVE)
    ours = (note.text for note in (*answer.missing, *notes) if note.kind not in ABOVE)
    return answer.model_copy(
        update={
            "by": "model",
            "answer": "\n".join([*above, text, *ours]),
            "notes": notes,
            "sentences": tuple(renumbered),
            "citations": tuple(citations),
            "verdict": "",
            "compared": (),
            "compared_by": "",
        }
    )
