r"""Passages in context: does it help to embed them with what they stand under or beside?

    python -m policyqa.eval.train.contexts --output eval/results/ablations/contexts.json \\
        eval/datasets/seeds:dev ../shared/data/crud_rag_news

Each variant embeds the same passages or sentences with other words around them; everything else of
the index and the ranking stays. `windows` embeds each passage with its neighbours and `sizes`
searches passages of both sizes at once: a passage's similarity is the mean of the two. Prints one
table, a row a variant, with intervals.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.judge.evaluate import evaluate
from policyqa.eval.judge.figures import Figures
from policyqa.eval.options import opened, set_of
from policyqa.index.build.building import context_of
from policyqa.index.store.embedding import Embedder, Vectors
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.store.vectors import FaissStore
from policyqa.index.structure.quotes import display, in_context
from policyqa.index.text.words import simplified
from policyqa.qa import settings as configuration
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.weighting import weights_by

FIGURES = ("success_at_1", "success_at_5", "answer_in_top_5")
Variant = Callable[[SearchIndex, Embedder], SearchIndex]


def product(index: SearchIndex, embedder: Embedder) -> SearchIndex:
    """As it is: passages and sentences by their own words."""
    return index


def title_and_section(index: SearchIndex, embedder: Embedder) -> SearchIndex:
    """Passages with their document's title and their headings before them."""
    rows = range(len(index.passages))
    texts = [f"{_context(index, row)}\n{_words(index, row)}" for row in rows]
    return _with_passages(index, _embedded(embedder, texts))


def section(index: SearchIndex, embedder: Embedder) -> SearchIndex:
    """Passages with their headings before them."""
    texts = [f"{p.section}\n{_words(index, row)}" for row, p in enumerate(index.passages)]
    return _with_passages(index, _embedded(embedder, texts))


def windows(index: SearchIndex, embedder: Embedder) -> SearchIndex:
    """Passages with the passage before and after them."""
    return _with_passages(index, _windows(index, embedder))


def sizes(index: SearchIndex, embedder: Embedder) -> SearchIndex:
    """Passages by their own words and with their neighbours, half and half."""
    rows = np.arange(len(index.passages), dtype=np.int64)
    mixed = (index.passage_vectors.vectors(rows) + _windows(index, embedder)) / 2
    return _with_passages(index, mixed.astype(np.float32))


def sentences_after_another(index: SearchIndex, embedder: Embedder) -> SearchIndex:
    """Sentences with the one before them in the passage."""
    texts = []
    for row, passage in enumerate(index.passages):
        document = index.documents[index.document_of[row]]
        said = [display(document, sentence) for sentence in passage.sentences]
        texts += [f"{before}{text}" for before, text in zip(["", *said], said, strict=False)]
    return replace(index, sentence_vectors=FaissStore.build(_embedded(embedder, texts)))


def sentences_under_title(index: SearchIndex, embedder: Embedder) -> SearchIndex:
    """Sentences with title and headings before them."""
    texts = []
    for row, passage in enumerate(index.passages):
        document = index.documents[index.document_of[row]]
        context = _context(index, row)
        texts += [f"{context}\n{display(document, s)}" for s in passage.sentences]
    return replace(index, sentence_vectors=FaissStore.build(_embedded(embedder, texts)))


VARIANTS: Mapping[str, Variant] = {
    each.__name__: each
    for each in (
        product,
        title_and_section,
        section,
        windows,
        sizes,
        sentences_after_another,
        sentences_under_title,
    )
}


def _context(index: SearchIndex, row: int) -> str:
    return context_of(index.documents[index.document_of[row]], index.passages[row])


def _words(index: SearchIndex, row: int) -> str:
    return in_context(index.documents[index.document_of[row]], index.passages[row])


def _windows(index: SearchIndex, embedder: Embedder) -> Vectors:
    texts = []
    for row in range(len(index.passages)):
        near = range(max(0, row - 1), min(row + 2, len(index.passages)))
        same = [n for n in near if index.document_of[n] == index.document_of[row]]
        texts.append("\n".join(_words(index, n) for n in same))
    return _embedded(embedder, texts)


def _embedded(embedder: Embedder, texts: list[str]) -> Vectors:
    return embedder.encode_documents([simplified(text) for text in texts])


def _with_passages(index: SearchIndex, vectors: Vectors) -> SearchIndex:
    return replace(index, passage_vectors=FaissStore.build(vectors))


def measured(assistant: Assistant, dataset: Dataset) -> dict[str, Figures]:
    """Figures by the name of the variant, the product first."""
    settings = configuration.load()
    figures = {}
    for name, variant in VARIANTS.items():
        changed = variant(assistant.index, assistant.embedder)
        other = Assistant(
            changed, assistant.embedder, weights_by(settings.ranking), settings.answer
        )
        figures[name] = evaluate(other, dataset).figures
    return figures


def rows_of(name: str, figures: Mapping[str, Figures]) -> list[dict[str, Any]]:
    """A row a variant: the data set, the variant, and each figure with its interval and n."""
    rows = []
    for variant, measured_figures in figures.items():
        sure = measured_figures.certainty
        n = sure[f"retrieval.{FIGURES[0]}"].n
        row: dict[str, Any] = {"dataset": name, "variant": variant, "n": n}
        for figure in FIGURES:
            value = getattr(measured_figures.retrieval, figure)
            row[figure] = None if value is None else round(value, 4)
            if value is not None:
                bounds = sure[f"retrieval.{figure}"]
                row[f"{figure} interval"] = [round(bounds.low, 4), round(bounds.high, 4)]
        rows.append(row)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows in Markdown."""
    lines = [
        "| 数据集 | 变化 | n | success@1 | success@5 | 答案在前五段 |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [_cell(row, figure) for figure in FIGURES]
        lines.append(f"| {row['dataset']} | {row['variant']} | {row['n']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(row: Mapping[str, Any], figure: str) -> str:
    if row[figure] is None:
        return "–"
    low, high = row[f"{figure} interval"]
    return f"{row[figure]:.3f} ({low:.3f}–{high:.3f})"


def main() -> None:
    """Measure every variant on some data sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", help="folder, or folder:split")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    rows = []
    for name, dataset in map(set_of, arguments.sets):
        rows += rows_of(name, measured(opened(dataset, arguments.index), dataset))
    arguments.output.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    print(table(rows))


if __name__ == "__main__":
    main()
