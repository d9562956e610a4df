"""The second stage: the best passages are read together with the question, by a Reader."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from pydantic import Field

from policyqa.index.errors import ModelError
from policyqa.index.store.embedding import (
    Precision,
    computing_on,
    first_line,
    half_precision,
    quiet,
)
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.store.weights import check_shipped
from policyqa.index.text.words import bigrams
from policyqa.index.types import Passage, Value
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.evidence import Evidence
from policyqa.qa.retrieve.pages import Page, Window, page_of, tokenizer_in, windows
from policyqa.qa.retrieve.retrieval import Ranking, reordered
from policyqa.qa.settings import ReaderSettings

if TYPE_CHECKING:  # importing them takes seconds; `load` does it
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

    from policyqa.qa.retrieve.reader_model import ReaderModel

DEFAULT_MODEL = "small"
FOLDER = "reader"  # of the default model, in this package
MAX_TOKENS = 256  # of a question and a passage, for a CrossEncoder
BOUND = 8.0  # log-odds beyond it say no more
TOKENS_AT_ONCE = 1536  # of windows read together, when padded
MIXTURE = "mixture.json"


@dataclass(frozen=True)
class Read:
    """What was read of a page, as log-odds within ±`BOUND`, larger is better: that it answers, and
    that each of its sentences belongs to the answer; no `sentences` where the reader judges whole
    pages only."""

    answers: float
    sentences: tuple[float, ...] = ()


class Reader(Protocol):
    """Reads a question and pages together, and marks what answers."""

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        """What is said of each page, in their order.

        Args:
            query: normalised, as `qa.question.query` gives it.
            pages: as `retrieve.pages.page_of` gives them.
        """
        ...


class SentenceReader:
    """The reader of this package, or one like it: it marks sentences."""

    def __init__(
        self,
        model: "ReaderModel",
        tokenizer: "Tokenizer",
        threads: int = 1,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._threads = threads

    @classmethod
    def load(
        cls, folder: Path | None = None, *, precision: Precision = "auto", threads: int = 1
    ) -> "SentenceReader":
        """Load a reader; no network is touched.

        Args:
            folder: of the model; that of this package when None.
            precision: of the transformer; "auto" is bfloat16 where the processor computes in it.
            threads: that it computes on.

        Raises:
            ModelError: the folder holds no reader.
        """
        import torch

        from policyqa.qa.retrieve.reader_model import ReaderModel

        place = folder or Path(str(resources.files(__package__) / FOLDER))
        dtype = torch.bfloat16 if half_precision(precision) else torch.float32
        check_shipped(place)
        try:
            model = ReaderModel.load(place, dtype)
            tokenizer = tokenizer_in(place)
        except Exception as error:  # tokenizers and safetensors have errors of no common kind
            raise ModelError(f"无法加载阅读模型 {place}（{first_line(error)}）") from error
        return cls(model, tokenizer, threads)

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        """See `Reader`. A page of several windows answers as its best one does."""
        cut = [windows(self._tokenizer, query, page) for page in pages]
        scored = iter(self._scored([window for own in cut for window in own]))
        return [
            _together(page, [(w, *next(scored)) for w in own])
            for page, own in zip(pages, cut, strict=True)
        ]

    def _scored(self, every: Sequence[Window]) -> list[tuple[float, list[float]]]:
        import torch

        found: dict[int, tuple[float, list[float]]] = {}
        with computing_on(self._threads), torch.inference_mode():
            for group in _grouped([len(window.ids) for window in every]):
                answers, sentences = self._model([every[n] for n in group])
                for n, value, row in zip(group, answers.tolist(), sentences, strict=True):
                    found[n] = (value, row.tolist())
        return [found[n] for n in range(len(every))]


def _grouped(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices by falling length, in groups within `TOKENS_AT_ONCE` when padded."""
    order = sorted(range(len(lengths)), key=lambda n: -lengths[n])
    while order:
        size = max(1, TOKENS_AT_ONCE // lengths[order[0]])
        yield order[:size]
        order = order[size:]


def _together(page: Page, parts: Sequence[tuple[Window, float, list[float]]]) -> Read:
    sentences = [-BOUND] * len(page.sentences)
    for window, _, scores in parts:
        for (number, _, _), score in zip(window.spans, scores, strict=True):
            sentences[number] = _bounded(score)
    return Read(_bounded(max(value for _, value, _ in parts)), tuple(sentences))


def _bounded(score: float) -> float:
    if math.isnan(score):
        raise ModelError("阅读模型给出的不是数，权重可能已损坏，请重新安装或换一个模型")
    return max(-BOUND, min(BOUND, score))


def is_sentence_reader(folder: Path) -> bool:
    """Whether a folder holds a reader like that of this package, which marks sentences."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / "model.safetensors", "pt") as weights:
            return "sentence.weight" in weights.keys()  # noqa: SIM118  (no mapping)
    except (OSError, SafetensorError):
        return False


class CrossEncoderReader:
    """Any sentence-transformers CrossEncoder with one output: it judges whole pages."""

    def __init__(self, model: "CrossEncoder", threads: int = 1) -> None:
        self._model = model
        self._threads = threads

    @classmethod
    def load(
        cls, name_or_folder: str, *, precision: Precision = "auto", threads: int = 1
    ) -> "CrossEncoderReader":
        """Load a model by folder or hub name.

        Args:
            name_or_folder: of a model with one output.
            precision: of the transformer; "auto" is bfloat16 where the processor computes in it.
            threads: that it computes on.

        Raises:
            ModelError: the model cannot be loaded, or gives more than one value for a text.
        """
        try:
            with quiet():
                model = _load(name_or_folder, precision)
        except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
            raise ModelError(
                f"无法加载重排模型 {name_or_folder}（{first_line(error)}）。"
                f"请检查名称或文件夹，或改用内置模型 {DEFAULT_MODEL}。"
            ) from error
        if model.num_labels != 1:
            raise ModelError(
                f"不支持重排模型 {name_or_folder}：它给出 {model.num_labels} 个分数，需要 1 个。"
            )
        return cls(model, threads)

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        """See `Reader`."""
        import torch

        if not pages:
            return []
        pairs = [(query, "\n".join((page.head, page.above, *page.sentences))) for page in pages]
        with computing_on(self._threads):
            found = self._model.predict(
                pairs,
                activation_fn=torch.nn.Identity(),
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return [Read(_bounded(float(score))) for score in np.asarray(found).reshape(len(pages))]


def _load(source: str, precision: Precision) -> "CrossEncoder":
    import torch
    from sentence_transformers import CrossEncoder

    kwargs = {"dtype": torch.bfloat16 if half_precision(precision) else torch.float32}
    model: CrossEncoder
    try:
        model = CrossEncoder(source, local_files_only=True, model_kwargs=kwargs)
    except OSError:  # not on this machine
        model = CrossEncoder(source, model_kwargs=kwargs)
    model.max_seq_length = min(model.max_seq_length or MAX_TOKENS, MAX_TOKENS)
    return model


class OverlapReader:
    """A fake whose marks can be worked out by hand: of a sentence the share of the query's
    different bigrams that it has, as log-odds within ±4; of a page that of its best sentence."""

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        """See `Reader`."""
        return [self._page(set(bigrams(query)), page) for page in pages]

    def _page(self, asked: set[str], page: Page) -> Read:
        held = (len(asked & set(bigrams(text))) for text in page.sentences)
        marks = tuple(8 * count / len(asked) - 4 if asked else -4.0 for count in held)
        return Read(max(marks, default=-4.0), marks)


Marks = Mapping[str, Read]  # by the id of the passage


@dataclass(frozen=True)
class ReadingStage:
    """Reads the best passages, and orders them and their sentences anew."""

    reader: Reader
    settings: ReaderSettings

    def read(self, index: SearchIndex, ranking: Ranking, asked: Asked) -> Marks:
        """What the best passages of a ranking say to the question."""
        best = [index.passages[row] for row in ranking.rows[: self.settings.passages]]
        documents = (index.documents[index.document_rows[each.doc_id]] for each in best)
        pages = [page_of(document, each) for document, each in zip(documents, best, strict=True)]
        found = self.reader.read(asked.text, pages)
        return {each.passage_id: said for each, said in zip(best, found, strict=True)}

    def ordered(self, index: SearchIndex, ranking: Ranking, marks: Marks) -> Ranking:
        """The ranking with what was read added; what was not read keeps its place below."""
        low = min((said.answers for said in marks.values()), default=0.0)
        bonus = {
            int(row): self.settings.weight * (said.answers - low)
            for row in ranking.rows[: self.settings.passages]
            if (said := marks.get(index.passages[row].passage_id))
        }
        return reordered(ranking, bonus)

    def marked(
        self, index: SearchIndex, ranking: Ranking, found: Sequence[Evidence], marks: Marks
    ) -> list[Evidence]:
        """The sentences with what was read of them, best first.

        Where the reader marks sentences, their score is the log-odds that they belong to the
        answer, by `mixed`; else what was read of their passages is added to it.

        Args:
            index: what is searched.
            ranking: as `ordered` gives it.
            found: sentences of the best passages.
            marks: what was read of these.
        """
        behind = _behind(index, ranking)
        low = min((said.answers for said in marks.values()), default=0.0)
        marks_sentences = any(said.sentences for said in marks.values())

        def unread(passage: Passage) -> Read:
            """As unlikely as a reader can say."""
            return (
                Read(-BOUND, (-BOUND,) * len(passage.sentences)) if marks_sentences else Read(low)
            )

        scored = [
            self._marked(
                replace(each, behind=behind[each.passage.passage_id]),
                marks.get(each.passage.passage_id) or unread(each.passage),
                low,
            )
            for each in found
        ]
        return sorted(scored, key=lambda each: -each.score)

    def _marked(self, evidence: Evidence, said: Read, low: float) -> Evidence:
        if not said.sentences:
            return evidence.scored(evidence.score + self.settings.weight * (said.answers - low))
        mark = said.sentences[evidence.passage.sentences.index(evidence.sentence)]
        parts = {"sentence": mark, "signals": evidence.weighed, "behind": evidence.behind}
        return replace(evidence, read=mark, score=mixed(parts))


def _behind(index: SearchIndex, ranking: Ranking) -> dict[str, float]:
    """By how much each passage's score is below that of the best one, 0 or less."""
    best = float(ranking.scores.max(initial=-np.inf))
    return {
        index.passages[row].passage_id: float(score) - best
        for row, score in zip(ranking.rows, ranking.scores, strict=True)
    }


class Mixture(Value):
    """Weights of a sentence's own mark, of the sum of what the signals say and of how its passage
    stands (`retrieve.evidence`); `trained_on` says how many questions of which sets made them."""

    bias: float
    sentence: float
    signals: float
    behind: float
    trained_on: dict[str, int] = Field(default_factory=dict)


def mixed(parts: Mapping[str, float]) -> float:
    """Log-odds that a sentence belongs to the answer: a logistic model, `eval.train.mixture`."""
    model = _mixture()
    weights = {"sentence": model.sentence, "signals": model.signals, "behind": model.behind}
    return model.bias + sum(weights[name] * value for name, value in parts.items())


@cache
def _mixture() -> Mixture:
    text = resources.files(__package__).joinpath(MIXTURE).read_text(encoding="utf-8")
    return Mixture.model_validate_json(text)
