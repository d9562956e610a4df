"""The second stage: the best passages read together with the question, by a Reranker."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from policyqa.index.errors import ModelError
from policyqa.index.store.embedding import (
    Precision,
    computing_on,
    first_line,
    half_precision,
    quiet,
)
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.text.words import bigrams, normalise
from policyqa.index.types import Document, Passage, Sentence
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.evidence import Evidence, anchors
from policyqa.qa.retrieve.retrieval import Ranking, reordered
from policyqa.qa.settings import RerankerSettings

if TYPE_CHECKING:  # importing it takes seconds; `load` does it
    from sentence_transformers import CrossEncoder

DEFAULT_MODEL = "small"
FOLDER = "reranker"  # of the default model, in this package
MAX_TOKENS = 192
DISPUTED = 3.0  # how far below the best a sentence may score and still be read
BOUND = 6.0  # log-odds beyond it say no more

Floats = NDArray[np.float64]
Place = tuple[str, int]  # a document and where in it a sentence starts
TITLE_CHARS, SECTION_CHARS, WINDOW_CHARS = 36, 24, 130


class Reranker(Protocol):
    """Reads a question and texts together and says how well each answers it."""

    def scores(self, query: str, texts: Sequence[str]) -> Floats:
        """Log-odds that each text answers, shape (n,); larger is better.

        Args:
            query: normalised, as `qa.question.query` gives it.
            texts: as `passage_input` gives them.
        """
        ...


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder with one output."""

    def __init__(self, model: "CrossEncoder", threads: int = 1) -> None:
        self._model = model
        self._threads = threads

    @classmethod
    def load(
        cls,
        name_or_folder: str = DEFAULT_MODEL,
        *,
        precision: Precision = "auto",
        threads: int = 1,
    ) -> "CrossEncoderReranker":
        """Load the model of this package (no network is touched), or another.

        Args:
            name_or_folder: "small", a folder, or the name of a model on the hub.
            precision: of the transformer; "auto" is bfloat16 where the processor computes in it.
            threads: that it computes on.

        Raises:
            ModelError: the model cannot be loaded, or gives more than one value for a text.
        """
        default = name_or_folder == DEFAULT_MODEL
        source = str(resources.files(__package__) / FOLDER) if default else name_or_folder
        try:
            with quiet():
                model = _load(source, precision)
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

    def scores(self, query: str, texts: Sequence[str]) -> Floats:
        """See `Reranker`."""
        import torch

        if not texts:
            return np.zeros(0)
        pairs = [(query, text) for text in texts]
        with computing_on(self._threads):
            found = self._model.predict(
                pairs,
                activation_fn=torch.nn.Identity(),
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(found, dtype=np.float64).reshape(len(texts))


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


class OverlapReranker:
    """A fake whose scores can be worked out by hand: the share of the query's different bigrams
    that a text has, as log-odds, within -4 and 4."""

    def scores(self, query: str, texts: Sequence[str]) -> Floats:
        """See `Reranker`."""
        asked = set(bigrams(query))
        shares = [len(asked & set(bigrams(text))) / len(asked) if asked else 0.0 for text in texts]
        return np.array([8 * share - 4 for share in shares])


def passage_input(
    document: Document, passage: Passage, anchor: Sentence, *, without: Collection[Sentence] = ()
) -> str:
    """What of a passage a reranker reads: title, heading, and the sentences around one of them.

    Args:
        document: has the words.
        passage: where the anchor stands.
        anchor: the sentence that may answer; it is read first of all and cut where it is longer
            than `WINDOW_CHARS`, then its neighbours while there is room; what the passage stands
            under (`Passage.context`) is before the first of them.
        without: sentences to leave out.
    """
    title = document.metadata.title[:TITLE_CHARS]
    section = passage.section.split(SECTION_SEPARATOR)[-1][:SECTION_CHARS]
    said = (s for s in passage.sentences if s.kind != "heading" or s == anchor)
    kept = [s for s in said if s not in without]
    spans = [*passage.context, *((s.start, s.end) for s in kept)]
    texts = [" ".join(document.text[slice(*span)].split()) for span in spans]
    words = _window(texts, len(passage.context) + kept.index(anchor))
    return normalise("\n".join(part for part in (title, section, words) if part))


def sentence_input(document: Document, passage: Passage, text: str) -> str:
    """A sentence under its document's title and its own heading, as a reranker reads it."""
    title = document.metadata.title[:TITLE_CHARS]
    section = passage.section.split(SECTION_SEPARATOR)[-1][:SECTION_CHARS]
    return normalise("\n".join(part for part in (title, section, text[:WINDOW_CHARS]) if part))


def place_of(evidence: Evidence) -> Place:
    """Where a sentence stands: its document and its start."""
    return evidence.document.doc_id, evidence.sentence.start


def _window(texts: Sequence[str], at: int) -> str:
    """Neighbours before and after, in turn, while they fit whole."""
    first, last, grown = at, at, True
    room = WINDOW_CHARS - len(texts[at])
    while grown:
        grown = False
        if first > 0 and len(texts[first - 1]) <= room:
            first, grown = first - 1, True
            room -= len(texts[first])
        if last + 1 < len(texts) and len(texts[last + 1]) <= room:
            last, grown = last + 1, True
            room -= len(texts[last])
    return "".join(texts[first : last + 1])[:WINDOW_CHARS]


@dataclass(frozen=True)
class SecondStage:
    """Orders the best passages and their sentences anew."""

    reranker: Reranker
    settings: RerankerSettings

    @property
    def judges(self) -> bool:
        """Whether its log-odds are those that the confidence is calibrated with."""
        return self.settings.model == DEFAULT_MODEL

    def rerank_passages(
        self, index: SearchIndex, ranking: Ranking, found: Sequence[Evidence], asked: Asked
    ) -> dict[str, float]:
        """Log-odds that a passage answers, by its id, for the best passages."""
        best = {each.passage.passage_id: each for each in anchors(found)}
        ids = [index.passages[row].passage_id for row in ranking.rows]
        chosen = [best[name] for name in ids if name in best][: self.settings.passages]
        texts = [passage_input(each.document, each.passage, each.sentence) for each in chosen]
        scores = np.clip(self.reranker.scores(asked.text, texts), -BOUND, BOUND)
        return {
            each.passage.passage_id: float(score)
            for each, score in zip(chosen, scores, strict=True)
        }

    def ordered(self, index: SearchIndex, ranking: Ranking, read: Mapping[str, float]) -> Ranking:
        """The ranking with what was read added; what was not read keeps its place below."""
        low = min(read.values(), default=0.0)
        bonus = {
            int(row): self.settings.weight * (read[name] - low)
            for row in ranking.rows[: 2 * self.settings.passages]
            if (name := index.passages[row].passage_id) in read
        }
        return reordered(ranking, bonus)

    def rerank_sentences(self, found: Sequence[Evidence], asked: Asked) -> dict[Place, float]:
        """Log-odds that a sentence by itself answers, under its title and heading, by where it
        stands (its document and its start), for the best sentences; none where one is far ahead
        of all others."""
        best = [each for each in found if not each.contradicts]
        near = [each for each in best if each.score >= best[0].score - DISPUTED]
        chosen = near[: self.settings.sentences] if len(near) > 1 else []
        texts = [sentence_input(each.document, each.passage, each.text) for each in chosen]
        scores = np.clip(self.reranker.scores(asked.text, texts), -BOUND, BOUND)
        return {place_of(each): float(score) for each, score in zip(chosen, scores, strict=True)}

    def by_sentences(
        self, found: Sequence[Evidence], read: Mapping[Place, float]
    ) -> list[Evidence]:
        """The sentences with what was read of themselves added, best first."""
        low = min(read.values(), default=0.0)
        scored = [
            each.scored(each.score + self.settings.weight * (read.get(place_of(each), low) - low))
            for each in found
        ]
        return sorted(scored, key=lambda each: -each.score)

    def by_passages(self, found: Sequence[Evidence], read: Mapping[str, float]) -> list[Evidence]:
        """The sentences with what was read of their passages added, best first."""
        low = min(read.values(), default=0.0)
        scored = [
            each.scored(
                each.score + self.settings.weight * (read.get(each.passage.passage_id, low) - low)
            )
            for each in found
        ]
        return sorted(scored, key=lambda each: -each.score)
