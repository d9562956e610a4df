"""What a question means in its conversation: the words that it leaves out, and its vector."""

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from policyqa.index.errors import ModelError
from policyqa.index.store.embedding import computing_on, first_line
from policyqa.index.store.vectors import Vectors
from policyqa.index.store.weights import check_shipped
from policyqa.index.text.marks import editions, is_place, places, years
from policyqa.index.text.words import cut
from policyqa.qa.conversation.conversation import Conversation
from policyqa.qa.conversation.sheet import Sheet, Word, sheet_of
from policyqa.qa.question.distinctions import classes_of, is_of_another

if TYPE_CHECKING:  # importing them takes seconds; `load` does it
    from tokenizers import Tokenizer

    from policyqa.qa.conversation.resolver_model import ResolverModel

WEIGHTS = "resolver.safetensors"  # in this package
YEAR = re.compile(r"(?:19|20)\d\d年?")
LEAST = 0.0  # log-odds from which a word belongs to the question
MAX_WORDS = 40  # characters that are put before a question


class Resolved(NamedTuple):
    """What a question means: what is searched; `own`, the part of it that was asked now where
    words of before stand in front of it, "" where none do; its vector, None for that of the text;
    and how likely each document that was cited before answers it, by id."""

    text: str
    own: str = ""
    vector: Vectors | None = None
    cited: Mapping[str, float] = {}


class Resolver(Protocol):
    """Says what a question means after others."""

    def resolve(self, query: str, before: Conversation) -> Resolved:
        """What is to be searched.

        Args:
            query: normalised, as `qa.question.query` gives it.
            before: what was said; not empty.
        """
        ...


class PreviousQuestion:
    """Takes a question as one on what was asked before it; for embedding models that no resolver
    was taught for."""

    def resolve(self, query: str, before: Conversation) -> Resolved:
        """See `Resolver`."""
        earlier = (word for text in before.questions[:1] for word in cut(text))
        words = "".join(word for word in earlier if not _gives_way(word, query))[:MAX_WORDS]
        return Resolved(f"{words} {query}".strip(), query)


class LearnedResolver:
    """The resolver of this package, for its embedding model."""

    def __init__(self, model: "ResolverModel", tokenizer: "Tokenizer") -> None:
        self._model = model
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, base: Any, tokenizer: "Tokenizer") -> "LearnedResolver":
        """Load what was learned over an embedding model, whose lower layers are shared.

        Args:
            base: the transformer of the default model.
            tokenizer: of this model.

        Raises:
            ModelError: the weights do not fit.
        """
        from safetensors.numpy import load

        from policyqa.qa.conversation.resolver_model import ResolverModel

        folder = Path(str(resources.files(__package__)))
        check_shipped(folder)
        try:
            model = ResolverModel(base)
            model.learn(load((folder / WEIGHTS).read_bytes()))
        except Exception as error:  # safetensors has errors of no common kind
            raise ModelError(f"无法加载对话模型 {WEIGHTS}（{first_line(error)}）") from error
        return cls(model.to(base.dtype).eval(), tokenizer)

    def resolve(self, query: str, before: Conversation) -> Resolved:
        """See `Resolver`."""
        import torch

        sheet = sheet_of(self._tokenizer, query, before)
        with computing_on(1), torch.inference_mode():
            vectors, (said,), (titles,) = self._model([sheet])
            answers = torch.sigmoid(titles).tolist()
        words = belonging(query, sheet, said.tolist())
        text = f"{' '.join(words)} {query}".strip()
        vector: Vectors = vectors[0].cpu().numpy()
        cited = dict(zip(before.documents, answers, strict=False))
        return Resolved(text, query if words else "", vector, cited)


def belonging(query: str, sheet: Sheet, said: Sequence[float]) -> list[str]:
    """The words of before that belong to a question, those that stand side by side together; none
    that it has itself, nor places, years or classes where it names others.

    Args:
        query: the question.
        sheet: it and what was said before.
        said: log-odds of the words of the sheet.
    """
    chosen = [
        word
        for word, odds in zip(sheet.words, said, strict=True)
        if odds > LEAST and word.text not in query and not _gives_way(word.text, query)
    ]
    found: list[str] = []
    for run in _runs(chosen):
        if not any(run in other for other in found):
            found = [other for other in found if other not in run] + [run]
    while sum(map(len, found)) > MAX_WORDS:
        found.pop()
    return found


def _gives_way(word: str, query: str) -> bool:
    """Whether a word names a place, a year, an edition or a class (博士), and a question another
    one."""
    return (
        (is_place(word) and bool(places(query)))
        or (YEAR.fullmatch(word) is not None and bool(years(query)))
        or (bool(editions(word)) and bool(editions(query)))
        or is_of_another(classes_of(query), word)
    )


def _runs(words: Sequence[Word]) -> list[str]:
    """Words as they stand, what is side by side in one."""
    if not words:
        return []
    runs = [words[0].text]
    for one, other in pairwise(words):
        beside = one.part == other.part and one.start + len(one.text) == other.start
        if beside:
            runs[-1] += other.text
        else:
            runs.append(other.text)
    return runs
