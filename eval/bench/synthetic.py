"""Collections of any size, from the words and vectors of a real one."""

from collections.abc import Iterator

import numpy as np

from policyqa.index.build.building import Embedded
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.quotes import display
from policyqa.index.text.words import cut
from policyqa.index.types import Document, Passage, Sentence

SEED = 20261201
KEPT = 0.5  # share of a sentence's words that stay; others are drawn from all words as they occur
NOISE = 0.5  # length of what is added to a unit vector: cosine 0.89 with the one it was


def collection(index: SearchIndex, size: int, *, seed: int = SEED) -> Iterator[Embedded]:
    """Documents of `size` passages in all, each like one of the index: as many passages and
    sentences, half of the words, near vectors."""
    draw = np.random.default_rng(seed)
    words = [
        [cut(display(index.documents[row], sentence)) for sentence in passage.sentences]
        for row, passage in zip(index.document_of, index.passages, strict=True)
    ]
    every = np.array([word for passage in words for said in passage for word in said])
    rows_of = [np.flatnonzero(index.document_of == row) for row in range(len(index.documents))]
    rows_of = [rows for rows in rows_of if len(rows)]
    made = 0
    while made < size:
        rows = rows_of[draw.integers(len(rows_of))][: size - made]
        said = [[_varied(words_, every, draw) for words_ in words[row]] for row in rows]
        like = index.documents[index.document_of[rows[0]]]
        document, passages = _document(like, said, f"{made:09d}")
        yield Embedded(document, passages, (), _near(index.passage_vectors.vectors(rows), draw))
        made += len(rows)


def _varied(
    said: list[str], every: "np.ndarray[tuple[int], np.dtype[np.str_]]", draw: np.random.Generator
) -> str:
    others = every[draw.integers(len(every), size=len(said))]
    stays = draw.random(len(said)) < KEPT
    return "".join(np.where(stays, np.array(said), others)) if said else "无"


def _near(
    vectors: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", draw: np.random.Generator
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    noise = draw.normal(size=vectors.shape)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    moved = vectors + noise
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    return moved.astype(np.float32)


def _document(
    like: Document, said: list[list[str]], name: str
) -> tuple[Document, tuple[Passage, ...]]:
    """A document of these sentences, one a line, with the metadata of another."""
    text = "\n".join(sentence for passage in said for sentence in passage)
    passages: list[Passage] = []
    at = 0
    for number, own in enumerate(said):
        begun, sentences = at, list[Sentence]()
        for sentence in own:
            sentences.append(Sentence(start=at, end=at + len(sentence)))
            at += len(sentence) + 1
        passages.append(
            Passage(
                passage_id=f"{name}-{number}",
                doc_id=name,
                start=begun,
                end=at - 1,
                text=text[begun : at - 1],
                sentences=tuple(sentences),
            )
        )
    document = Document(
        doc_id=name, source=f"{name}.txt", sha256=name, metadata=like.metadata, text=text
    )
    return document, tuple(passages)
