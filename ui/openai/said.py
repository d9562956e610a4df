"""An answer as OpenAI's API gives one: its text with annotations, whole or as a stream.

Nothing counts tokens here: `usage` is 0.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from policyqa.qa.types import Answer, Citation

MODEL = "policyqa"
PIECE_CHARS = 16
CHAT_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
RESPONSE_USAGE = {
    "input_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 0,
}
Json = dict[str, Any]


class Annotation(NamedTuple):
    """A citation of a part of the text: `text[start:end]`, in code points, is what it carries."""

    start: int
    end: int
    url: str
    title: str

    @property
    def fields(self) -> Json:
        """As both addresses name them."""
        return {
            "start_index": self.start,
            "end_index": self.end,
            "url": self.url,
            "title": self.title,
        }


class Said(NamedTuple):
    """What is said: its id, when (seconds since 1970), its text, the citations within it."""

    id: str
    created: int
    text: str
    annotations: tuple[Annotation, ...]

    @property
    def pieces(self) -> Iterator[str]:
        """The text as it is streamed."""
        for at in range(0, len(self.text), PIECE_CHARS):
            yield self.text[at : at + PIECE_CHARS]


def said_of(answer: Answer, name: str, created: int, base: str) -> Said:
    """An answer as what is said; `base` is the address of the service, with a slash at its end."""
    urls = {
        each.n: f"{base}cite?link={quote(each.permalink, safe='')}" for each in answer.citations
    }
    listed = [f"[{each.n}] {_named(each)} {urls[each.n]}" for each in answer.citations]
    text = "\n".join([answer.answer, *(["", "出处：", *listed] if listed else [])])
    return Said(name, created, text, tuple(_annotations(answer, urls)))


def _annotations(answer: Answer, urls: dict[int, str]) -> Iterator[Annotation]:
    """Each sentence for each of its citations, where it stands before its marks."""
    titles = {each.n: each.title or each.source for each in answer.citations}
    at = 0
    for sentence in answer.sentences:
        marks = "".join(f"[{n}]" for n in sentence.citations)
        start = answer.answer.find(sentence.shown + marks, at)
        if start < 0:  # not said as it is written down: its marks and the list below stand
            continue
        end = start + len(sentence.shown)
        at = end + len(marks)
        for n in sentence.citations:
            yield Annotation(start, end, urls[n], titles[n])


def _named(citation: Citation) -> str:
    title = " ".join((citation.title or citation.source).split())
    about = "，".join(filter(None, (citation.issuer, citation.date)))
    return f"《{title}》（{about}）" if about else f"《{title}》"


def completion(said: Said) -> Json:
    """A chat completion."""
    annotations = _chat_annotations(said)
    message = {
        "role": "assistant", "content": said.text, "refusal": None, "annotations": annotations,
    }  # fmt: skip
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_chat(said, "chat.completion"), "choices": [choice], "usage": CHAT_USAGE}


def chunks(said: Said, *, usage: bool) -> Iterator[Json]:
    """A chat completion piece by piece: the annotations stand beside the last words."""
    deltas: list[Json] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in said.pieces]
    if annotations := _chat_annotations(said):
        deltas.append({"annotations": annotations})
    for delta, finish in [*((each, None) for each in deltas), ({}, "stop")]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        yield {**_chat(said, "chat.completion.chunk"), "choices": [choice]}
    if usage:
        yield {**_chat(said, "chat.completion.chunk"), "choices": [], "usage": CHAT_USAGE}


def _chat(said: Said, kind: str) -> Json:
    return {"id": f"chatcmpl-{said.id}", "object": kind, "created": said.created, "model": MODEL}


def _chat_annotations(said: Said) -> list[Json]:
    return [{"type": "url_citation", "url_citation": each.fields} for each in said.annotations]


def response(said: Said, *, done: bool = True) -> Json:
    """A response, or what is known of it before it is done."""
    return {
        "id": f"resp_{said.id}",
        "object": "response",
        "created_at": said.created,
        "model": MODEL,
        "status": "completed" if done else "in_progress",
        "output": [_message(said, done=True)] if done else [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": False,
        "previous_response_id": None,
        "store": False,
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "usage": RESPONSE_USAGE if done else None,
    }


def events(said: Said) -> Iterator[Json]:
    """A response piece by piece."""
    for number, event in enumerate(_events(said)):
        yield {**event, "sequence_number": number}


def _events(said: Said) -> Iterator[Json]:
    item: Json = {"output_index": 0}
    part: Json = {**item, "item_id": f"msg_{said.id}", "content_index": 0}
    whole = _part(said)
    yield {"type": "response.created", "response": response(said, done=False)}
    yield {"type": "response.in_progress", "response": response(said, done=False)}
    yield {"type": "response.output_item.added", **item, "item": _message(said, done=False)}
    yield {
        "type": "response.content_part.added", **part,
        "part": {**whole, "text": "", "annotations": []},
    }  # fmt: skip
    for piece in said.pieces:
        yield {"type": "response.output_text.delta", **part, "delta": piece, "logprobs": []}
    for n, annotation in enumerate(whole["annotations"]):
        yield {
            "type": "response.output_text.annotation.added", **part,
            "annotation_index": n, "annotation": annotation,
        }  # fmt: skip
    yield {"type": "response.output_text.done", **part, "text": said.text, "logprobs": []}
    yield {"type": "response.content_part.done", **part, "part": whole}
    yield {"type": "response.output_item.done", **item, "item": _message(said, done=True)}
    yield {"type": "response.completed", "response": response(said)}


def _message(said: Said, *, done: bool) -> Json:
    return {
        "id": f"msg_{said.id}",
        "type": "message",
        "role": "assistant",
        "status": "completed" if done else "in_progress",
        "content": [_part(said)] if done else [],
    }


def _part(said: Said) -> Json:
    annotations = [{"type": "url_citation", **each.fields} for each in said.annotations]
    return {"type": "output_text", "text": said.text, "annotations": annotations, "logprobs": []}


def event_stream(parts: Iterable[Json], *, named: bool, end: str = "") -> str:
    """Server-sent events, each with its name or without, and what stands after them."""
    lines = [
        (f"event: {part['type']}\n" if named else "")
        + f"data: {json.dumps(part, ensure_ascii=False)}\n\n"
        for part in parts
    ]
    return "".join([*lines, end])
