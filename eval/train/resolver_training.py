r"""Makes `qa/conversation/resolver.safetensors`: what a question means in its conversation.

    python -m policyqa.eval.train.resolver_training --index DIR \
        --conversations ../shared/data/conversations --readings ../shared/data/policy_reading \
        --curve eval/results/ablations/resolver.json

The upper layers of the embedding model are copied and taught; the lower ones are shared and stay.
Of each turn the vector is to be near those passages that hold the answer, against all passages of
the documents that teach, and near the vector of the same question written out in full; and each
word of what was said before is to be told whether it stands in this full question. Conversations
are few, so others are made of questions on one document, asked one after the other, and a quarter
of these end with a question on another document, to which nothing that was said belongs. The titles
of the documents that answered are left out or put beside a wrong one now and then, since an
assistant does not always cite the right one. The index is of the documents of all questions.
"""

import argparse
import copy
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from policyqa.eval.judge.matching import holds
from policyqa.eval.sets import conversations, readings
from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.optimizing import share_of_rate, without_dropout
from policyqa.index.store.embedding import SentenceTransformerEmbedder
from policyqa.index.store.vectors import Vectors
from policyqa.index.structure.quotes import in_context
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.conversation.conversation import Conversation, Earlier
from policyqa.qa.conversation.resolver import WEIGHTS
from policyqa.qa.conversation.resolver_model import ResolverModel
from policyqa.qa.conversation.sheet import Sheet, sheet_of
from policyqa.qa.errors import QuestionError
from policyqa.qa.question.query import normalise_query

OUTPUT = Path("qa/conversation") / WEIGHTS
SEED, EPOCHS, AT_ONCE = 1, 4, 24
MADE = 0.4  # share of a batch that is made of questions on documents
LEARNING_RATE, WORD_RATE = 1e-4, 5e-3
SCALE = 25.0  # of cosines, as log-odds
FULL_COUNTS, WORDS_COUNT, TITLES_COUNT = 4.0, 3.0, 1.0  # beside the loss of the passages
BELONGS = 2.0  # how much a word that belongs counts
UNTITLED, WRONG_TITLE = 0.12, 0.18  # shares
TURNS_AWAY = 0.25  # of the made conversations
NEAREST = 5


class Example(NamedTuple):
    """A question after others; `rows` of the passages that answer, and `sources` of these; `full`,
    the same written out, None where that is not known, with its `vector`."""

    query: str
    before: Conversation
    rows: tuple[int, ...]
    sources: tuple[str, ...]
    full: str | None
    vector: Vectors | None


class Asked(NamedTuple):
    """A question on one document."""

    query: str
    rows: tuple[int, ...]
    named: bool


class Passages:
    """Where quotes stand in an index, and vectors."""

    def __init__(self, assistant: Assistant) -> None:
        self.index = assistant.index
        self._embedder = assistant.embedder
        self.rows: dict[str, list[int]] = defaultdict(list)
        for row, document in enumerate(self.index.document_of):
            self.rows[self.index.documents[document].source].append(row)
        self.titles = {each.source: each.metadata.title for each in self.index.documents}

    def of(self, source: str, quotes: Sequence[str]) -> Iterator[int]:
        """Rows of the passages of a document that hold one of the quotes."""
        for row in self.rows.get(source, ()):
            document = self.index.documents[self.index.document_of[row]]
            shown = in_context(document, self.index.passages[row])
            if any(holds(shown, quote) or holds(quote, shown) for quote in quotes):
                yield row

    def earlier(self, query: str, sources: Sequence[str]) -> Earlier:
        """A turn that was answered from these documents, by their names."""
        known = [source for source in sources if source in self.titles]
        titles = tuple(self.titles[source] for source in known)
        return Earlier(question=query, documents=tuple(known), titles=titles)

    def vector(self, text: str) -> Vectors:
        """Of a question by itself."""
        return self._embedder.encode_query(text)

    def every(self) -> Tensor:
        """Vectors of all passages, shape (passages, dimension)."""
        rows = np.arange(len(self.index.passages))
        return torch.from_numpy(self.index.passage_vectors.vectors(rows))


def turns_of(folder: Path, passages: Passages, part: readings.Part) -> list[Example]:
    """The turns of the conversations of a part, after what was asked before and the titles of the
    documents that hold the answers to it."""
    turns = conversations.load(folder, parts=[part])
    sources = {
        (turn.conversation, turn.turn): tuple(dict.fromkeys(e.source for e in turn.evidence))
        for turn in turns
    }
    found = []
    for turn in turns:
        before = tuple(
            passages.earlier(_plain(text), sources.get((turn.conversation, n), ()))
            for n, text in enumerate(turn.history, start=1)
        )
        rows = (row for e in turn.evidence for row in passages.of(e.source, [e.quote]))
        full = _plain(turn.standalone)
        found.append(
            Example(
                _plain(turn.question),
                Conversation(turns=before),
                tuple(dict.fromkeys(rows)),
                sources[turn.conversation, turn.turn],
                full,
                passages.vector(full),
            )
        )
    return found


def questions_of(folder: Path, passages: Passages) -> dict[str, list[Asked]]:
    """The answered questions on each document that teaches, of those that have enough of them."""
    found: dict[str, list[Asked]] = defaultdict(list)
    for query in readings.load(folder, parts=["train"], per_document=None).queries:
        if query.evidence:
            source = query.evidence[0].source
            rows = tuple(passages.of(source, [each.quote for each in query.evidence]))
            named = bool((query.model_extra or {}).get("named"))
            found[source].append(Asked(_plain(query.text), rows, named))
    return {source: asked for source, asked in found.items() if len(asked) > NEAREST}


def _plain(text: str) -> str:
    try:
        return normalise_query(text)
    except QuestionError:
        return text


class Drawn:
    """Batches of turns as they were written, with noise, and of conversations that are made."""

    def __init__(
        self, turns: Sequence[Example], asked: Mapping[str, list[Asked]], passages: Passages
    ) -> None:
        self._turns, self._asked, self._passages = turns, asked, passages
        self._draw = random.Random(SEED)
        self._sources = sorted(asked)
        self._left: list[Example] = []
        self._vectors: dict[str, Vectors] = {}

    def batch(self) -> list[Example]:
        """`AT_ONCE` of them."""
        written = round(AT_ONCE * (1 - MADE))
        if len(self._left) < written:
            self._left = self._draw.sample(self._turns, len(self._turns))
        own = [self._noisy(self._left.pop()) for _ in range(written)]
        found = [*own, *(self._noisy(self._made()) for _ in range(AT_ONCE - written))]
        return sorted(found, key=lambda each: len(each.query + "".join(each.before.questions)))

    def _made(self) -> Example:
        source = self._draw.choice(self._sources)
        *earlier, last = self._draw.sample(self._asked[source], self._draw.randint(2, 4))
        earlier.sort(key=lambda each: not each.named)  # the first names what it is about
        turns = tuple(self._passages.earlier(each.query, [source]) for each in earlier)
        before = Conversation(turns=turns)
        away = self._draw.choice(self._sources)
        other = [each for each in self._asked[away] if each.named]
        if other and self._draw.random() < TURNS_AWAY:
            turned = self._draw.choice(other)
            vector = self._vector(turned.query)
            return Example(turned.query, before, turned.rows, (away,), "", vector)
        known = self._vector(last.query) if last.named else None
        return Example(last.query, before, last.rows, (source,), None, known)

    def _vector(self, text: str) -> Vectors:
        if text not in self._vectors:
            self._vectors[text] = self._passages.vector(text)
        return self._vectors[text]

    def _noisy(self, example: Example) -> Example:
        drawn = self._draw.random()
        if drawn > UNTITLED + WRONG_TITLE or not example.before.turns:
            return example
        *earlier, last = example.before.turns
        if drawn < UNTITLED:
            bare = tuple(Earlier(question=turn.question) for turn in example.before.turns)
            return example._replace(before=Conversation(turns=bare))
        wrong = self._draw.choice(self._sources)
        first = self._draw.random() < 1 / 2
        cited = (wrong, *last.documents) if first else (*last.documents, wrong)
        told = self._passages.earlier(last.question, tuple(dict.fromkeys(cited)))
        return example._replace(before=Conversation(turns=(*earlier, told)))


class Teaching:
    """A model, and what it is held against."""

    def __init__(self, assistant: Assistant, passages: Passages) -> None:
        embedder = assistant.embedder
        if not isinstance(embedder, SentenceTransformerEmbedder):
            raise TypeError(f"{type(embedder).__name__} has no tokenizer to teach with")
        self.tokenizer = embedder.tokenizer
        base = copy.deepcopy(embedder.encoder).float()  # the embedder goes on in its own precision
        self.untaught = ResolverModel(base)
        self.model = without_dropout(ResolverModel(base))
        self.every = passages.every()
        sources = sorted(source for source in passages.rows if part_of(source) == "train")
        taught = [row for source in sources for row in passages.rows[source]]
        self.places = {row: place for place, row in enumerate(taught)}
        self.taught = self.every[torch.tensor(taught)]

    def loss(self, batch: Sequence[Example]) -> Tensor:
        """The mean of the four losses, of what is known of each example."""
        sheets = [sheet_of(self.tokenizer, each.query, each.before) for each in batch]
        with torch.autocast("cpu", torch.bfloat16):
            vectors, words, titles = self.model(sheets)
        scores = SCALE * vectors.float() @ self.taught.T
        total = torch.zeros(())
        for n, (each, sheet) in enumerate(zip(batch, sheets, strict=True)):
            right = [self.places[row] for row in each.rows if row in self.places]
            if right:
                total = total + scores[n].logsumexp(0) - scores[n][right].logsumexp(0)
            if each.vector is not None:
                near = vectors[n].float() @ torch.from_numpy(each.vector)
                total = total + FULL_COUNTS * (1 - near)
            if each.full is not None and sheet.words:
                belongs = torch.tensor([_belongs(word.text, each) for word in sheet.words])
                weight = torch.tensor(BELONGS)
                loss = binary_cross_entropy_with_logits(words[n], belongs, pos_weight=weight)
                total = total + WORDS_COUNT * loss
            if each.sources and sheet.titles:
                loss = binary_cross_entropy_with_logits(titles[n], _answering(each, sheet))
                total = total + TITLES_COUNT * loss
        return total / len(batch)

    def judged(self, found: Sequence[Example]) -> dict[str, float]:
        """Of later turns: the right passage first and among five, by the vector alone; precision
        and recall of the words; the share of titles that are judged rightly."""
        self.model.eval()
        nearest, titled, right, chosen, wanted = [], [], 0, 0, 0
        with torch.inference_mode():
            for each in found:
                if not each.before.turns:
                    continue
                sheet = sheet_of(self.tokenizer, each.query, each.before)
                vectors, (said,), (titles,) = self.model([sheet])
                if each.sources:
                    titled += ((titles > 0) == (_answering(each, sheet) > 0)).tolist()
                if each.rows:
                    best = (self.every @ vectors[0].float()).topk(NEAREST).indices.tolist()
                    nearest.append([row in each.rows for row in best])
                words = {w.text for w, odds in zip(sheet.words, said, strict=True) if odds > 0}
                gold = {word.text for word in sheet.words if _belongs(word.text, each)}
                right, chosen, wanted = (
                    right + len(words & gold), chosen + len(words), wanted + len(gold)
                )  # fmt: skip
        self.model.train()
        figures = {
            "first": sum(row[0] for row in nearest) / max(len(nearest), 1),
            "among_5": sum(map(any, nearest)) / max(len(nearest), 1),
            "titles": sum(titled) / max(len(titled), 1),
            "words_precision": right / max(chosen, 1),
            "words_recall": right / max(wanted, 1),
        }
        return {name: round(value, 4) for name, value in figures.items()}


def _answering(example: Example, sheet: Sheet) -> Tensor:
    """Whether each document that was cited answers, 0 or 1."""
    documents = example.before.documents[: len(sheet.titles)]
    return torch.tensor([float(name in example.sources) for name in documents])


def _belongs(word: str, example: Example) -> float:
    return float(word in (example.full or "") and word not in example.query)


def taught(
    teaching: Teaching, drawn: Drawn, tuning: Sequence[Example], steps: int
) -> Iterator[dict[str, Any]]:
    """Teach the model; the points of the learning curve."""
    model = teaching.model
    for parameter in model.parameters():
        parameter.requires_grad = False
    weights = list(model.taught().parameters())
    for parameter in weights:
        parameter.requires_grad = True
    adam = torch.optim.AdamW(
        [
            {"params": list(model.own.parameters()), "lr": LEARNING_RATE},
            {"params": [*model.word.parameters(), *model.title.parameters()], "lr": WORD_RATE},
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda n: share_of_rate((n + 1) / steps))
    losses = []
    for step in range(1, steps + 1):
        batch = drawn.batch()
        for half in (batch[: AT_ONCE // 2], batch[AT_ONCE // 2 :]):
            loss = teaching.loss(half) / 2
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(2 * float(loss.detach()))
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        adam.zero_grad()
        schedule.step()
        if step % (steps // EPOCHS) == 0:
            mean = round(float(np.mean(losses)), 4)
            yield {"step": step, "of": steps, "loss": mean, **teaching.judged(tuning)}
            losses.clear()


def main() -> None:
    """Teach, and write what was learned and the learning curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--conversations", type=Path, nargs="+", required=True)
    parser.add_argument("--readings", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--curve", type=Path, required=True)
    arguments = parser.parse_args()
    assistant = wiring.open_assistant(arguments.index)
    passages = Passages(assistant)
    turns = [e for each in arguments.conversations for e in turns_of(each, passages, "train")]
    tuning = [e for each in arguments.conversations for e in turns_of(each, passages, "tuning")]
    asked = questions_of(arguments.readings, passages)
    teaching = Teaching(assistant, passages)
    steps = round(EPOCHS * len(turns) / (1 - MADE) / AT_ONCE)
    counts = {"turns": len(turns), "questions": sum(map(len, asked.values()))}
    record: dict[str, Any] = {"seed": SEED, **counts, "tuning": len(tuning), "curve": []}
    for point in taught(teaching, Drawn(turns, asked, passages), tuning, steps):
        record["curve"].append(point)
        print(json.dumps(point), flush=True)
        arguments.curve.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    save_file(teaching.model.learned(teaching.untaught), arguments.output)


if __name__ == "__main__":
    main()
