"""Questions that ask the same in other words, put together: what the documents are silent on."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from policyqa.index.store.embedding import Embedder
from policyqa.index.store.vectors import Vectors
from policyqa.index.text.words import bigrams

ALIKE = (
    0.5  # pairs with one evidence in `seeds` dev: 12 of 21 are put together, 25 others of 17,020
)
SHARED = 0.5  # of the likeness, what equal bigrams make
MAX_QUESTIONS = 2000
# Questions that have nothing to do with each other: how near an embedder finds those is chance.
UNRELATED = (
    "博士后有什么补助？", "图书馆几点开门？", "怎么办理营业执照？", "明天会下雨吗？",
    "孩子在哪里上学？", "高铁票可以退吗？", "医保怎么报销？", "大赛一等奖是谁？",
)  # fmt: skip


def clustered(questions: Sequence[str], embedder: Embedder) -> tuple[tuple[int, ...], ...]:
    """Groups of questions by their places, the largest group first, then the earliest.

    Likeness is the cosine of the embeddings above that of chance, in the middle with the share of
    bigrams that both have: embeddings alone find 租房补贴 like 购房补贴. Groups are joined by
    average linkage.

    Args:
        questions: at most `MAX_QUESTIONS`, the first of which are taken.
        embedder: of the index.
    """
    taken = list(questions[:MAX_QUESTIONS])
    if len(taken) < 2:
        return tuple((n,) for n in range(len(taken)))
    from sklearn.cluster import AgglomerativeClustering

    grouping = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - ALIKE
    )
    labels = grouping.fit_predict(1 - likeness(taken, embedder))
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        groups.setdefault(int(label), []).append(place)
    return tuple(map(tuple, sorted(groups.values(), key=lambda group: (-len(group), group[0]))))


def likeness(questions: Sequence[str], embedder: Embedder) -> NDArray[np.float64]:
    """How alike questions are, shape (questions, questions), 0 to 1."""
    vectors = np.stack([_vector(embedder, each) for each in questions])  # type: ignore[arg-type]
    others = np.stack([_vector(embedder, each) for each in UNRELATED])  # type: ignore[arg-type]
    between = (others @ others.T)[np.triu_indices(len(UNRELATED), 1)]
    chance = min(float(np.median(between)), 0.99)
    meaning = np.clip(((vectors @ vectors.T).astype(np.float64) - chance) / (1 - chance), 0, 1)
    alike = (1 - SHARED) * meaning + SHARED * _overlap(questions)
    np.fill_diagonal(alike, 1)
    return np.clip((alike + alike.T) / 2, 0, 1)


@lru_cache(maxsize=2 * MAX_QUESTIONS)
def _vector(embedder: Embedder, question: str) -> Vectors:
    """Of a question; the list is looked at again and again."""
    return embedder.encode_query(question)


def _overlap(questions: Sequence[str]) -> NDArray[np.float64]:
    """Share of bigrams that two have of those of the shorter and longer (Dice)."""
    sets = [set(bigrams(question)) for question in questions]
    size = len(sets)
    shared = np.zeros((size, size))
    for row in range(size):
        for column in range(row + 1, size):
            both = len(sets[row]) + len(sets[column])
            share = 2 * len(sets[row] & sets[column]) / both if both else 0.0
            shared[row, column] = shared[column, row] = share
    return shared
