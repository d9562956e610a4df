"""A language model that puts evidence into words; what it may say is decided by the gate."""

import queue
import re
import threading
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Protocol

from policyqa.index.errors import ModelError
from policyqa.qa.check.gate import Finding, check
from policyqa.qa.settings import LanguageModelSettings
from policyqa.qa.types import AnswerSentence, Citation

if TYPE_CHECKING:  # importing it takes a second
    from openai import OpenAI

PROMPTS = "prompts.toml"
MAX_ANSWER_CHARS = 4000  # what is written beyond is not read
MAX_SENTENCES = 8
MARKS = re.compile(r"(?:\s*[\[［【]\s*\d+(?:\s*[,，、]\s*\d+)*\s*[\]］】])+")
SENTENCE = re.compile(
    r"[^。！？!?\n]*(?:[。！？!?]+|\n|$)(?:\s*[\[［【]\s*\d+(?:\s*[,，、]\s*\d+)*\s*[\]］】])*"
)
DECORATION = re.compile(r"^[\s>#*·•-]+|[*_`]+|^\d{1,2}[.、]\s*")
OPENS_MARK = " \t[［【"
END = object()


class Writer(Protocol):
    """Answers a question from numbered evidence, in pieces as they come."""

    def write(self, question: str, evidence: Sequence[Citation]) -> Iterator[str]:
        """Pieces of text with marks [n].

        Raises:
            ModelError: it cannot be reached, or does not end in time; what came before may be
                whole sentences.
        """
        ...


class OpenAIWriter:
    """Any OpenAI-compatible endpoint: Ollama, vLLM, a hosted model."""

    def __init__(self, client: "OpenAI", settings: LanguageModelSettings) -> None:
        self._client = client
        self._settings = settings

    @classmethod
    def connect(cls, settings: LanguageModelSettings) -> "OpenAIWriter":
        """A client of the endpoint that the settings name; nothing is sent yet."""
        from openai import OpenAI

        client = OpenAI(
            base_url=settings.base_url,
            api_key=settings.api_key.get_secret_value() or "none",
            timeout=settings.timeout_s,
            max_retries=settings.retries,
        )
        return cls(client, settings)

    def write(self, question: str, evidence: Sequence[Citation]) -> Iterator[str]:
        """See `Writer`. The whole takes `timeout_s` at most, however slowly pieces come."""
        pieces: queue.Queue[object] = queue.Queue()
        worker = threading.Thread(target=self._read, args=(question, evidence, pieces), daemon=True)
        worker.start()
        deadline = time.monotonic() + self._settings.timeout_s
        chars = 0
        while True:
            try:
                piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty as error:
                raise ModelError(f"语言模型在 {self._settings.timeout_s:g} 秒内没有答完") from error
            if piece is END:
                return
            if isinstance(piece, Exception):
                raise ModelError(f"语言模型没有给出答案（{type(piece).__name__}）") from piece
            chars += len(str(piece))
            if chars > MAX_ANSWER_CHARS:
                return
            yield str(piece)

    def _read(
        self, question: str, evidence: Sequence[Citation], pieces: "queue.Queue[object]"
    ) -> None:
        """Put the pieces of one answer, then END or what went wrong."""
        try:
            stream = self._client.chat.completions.create(
                model=self._settings.model,
                messages=[
                    {"role": "system", "content": prompts()["system"].strip()},
                    {"role": "user", "content": user_prompt(question, evidence)},
                ],
                temperature=0,
                stream=True,
            )
            for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    pieces.put(chunk.choices[0].delta.content)
            pieces.put(END)
        except Exception as error:  # whatever a foreign server makes of the protocol
            pieces.put(error)


class ScriptedWriter:
    """A fake that writes what it was told to, and fails at its end when it was told that too."""

    def __init__(self, text: str, *, fails: bool = False) -> None:
        self._text = text
        self._fails = fails

    def write(self, question: str, evidence: Sequence[Citation]) -> Iterator[str]:
        """See `Writer`: one character at a time."""
        yield from self._text
        if self._fails:
            raise ModelError("语言模型断开")


@cache
def prompts() -> dict[str, str]:
    """The texts of `prompts.toml`."""
    text = resources.files(__package__).joinpath(PROMPTS).read_text(encoding="utf-8")
    found: dict[str, str] = tomllib.loads(text)
    return found


def user_prompt(question: str, evidence: Sequence[Citation]) -> str:
    """The question and the numbered evidence, on a line each so that no line of a document can
    pass for a new number."""
    lines = [
        prompts()["evidence"].format(
            n=each.n,
            title=_line(each.title or each.source),
            section=_line(each.section),
            date=each.date or "日期不明",
            quote=_line(each.quote),
        )
        for each in evidence
    ]
    return prompts()["user"].format(question=_line(question), evidence="\n".join(lines)).strip()


def _line(text: str) -> str:
    """One line, in which no [n] looks like a number of ours."""
    return MARKS.sub(
        lambda m: m.group().translate(str.maketrans("[]【】［］", "（）（）（）")),
        " ".join(text.split()),
    )


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Whole sentences with their marks, each as soon as the next one has begun."""
    text = ""
    for piece in pieces:
        text += piece
        while (found := SENTENCE.match(text)) and 0 < found.end() < len(text):
            if text[found.end()] in OPENS_MARK:
                break  # a mark of this sentence may follow
            yield found.group()
            text = text[found.end() :]
    yield from (m.group() for m in SENTENCE.finditer(text) if m.group().strip())


def gated(
    written: Iterable[str], evidence: Sequence[Citation]
) -> Iterator[tuple[AnswerSentence | None, Finding]]:
    """Each sentence that a model wrote with what the gate says of it; None where it must go.

    A sentence without marks goes, and so does one with a mark that no evidence has.
    """
    by_number = {each.n: each for each in evidence}
    for sentence in written:
        numbers = [int(n) for m in MARKS.finditer(sentence) for n in re.findall(r"\d+", m.group())]
        text = DECORATION.sub("", MARKS.sub("", sentence)).strip()
        if not text:
            continue
        absent = [n for n in numbers if n not in by_number]
        if not numbers or absent:
            detail = f"没有编号为 {absent[0]} 的证据" if absent else "没有出处"
            yield None, Finding(fault="mark", detail=detail, support=0.0)
            continue
        cited = [by_number[n] for n in dict.fromkeys(numbers)]
        finding = check(text, [each.quote for each in cited], context=context_of(cited))
        passed = AnswerSentence(text=text, citations=tuple(dict.fromkeys(numbers)))
        yield (passed if finding.passed else None), finding


def context_of(cited: Iterable[Citation]) -> str:
    """What names the cited documents: titles, headings, issuers, regions, document numbers."""
    return "\n".join(f"{c.title} {c.section} {c.issuer} {c.region} {c.doc_number}" for c in cited)
