"""Embedders without a model: values worked out by hand, and the contract of the Protocol."""

import numpy as np

from policyqa.index.store.embedding import Embedder, HashingEmbedder, _grouped

TEXTS = [
    "高层次人才安家补贴最高一百万元。分五年发放。",
    "",
    "公园免费向市民开放。",
    "Talent grants.",
]


def check_contract(embedder: Embedder, rounding: float = 1e-6) -> None:
    """What every Embedder promises; each value is compared with the texts embedded singly."""
    singly = [embedder.encode_documents([text]) for text in TEXTS]
    done: list[int] = []
    found = embedder.encode_documents(TEXTS, on_batch=done.append)
    assert sum(done) == len(TEXTS)
    assert found.shape == (4, embedder.dimension)
    _near(found, np.concatenate(singly), rounding)
    _near(embedder.encode_documents(TEXTS[::-1])[::-1], found, rounding)
    _check_query(embedder)
    _check_empty(embedder)


def _near(found: np.ndarray, expected: np.ndarray, rounding: float) -> None:
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose((found * expected).sum(axis=1), 1, atol=rounding)


def _check_query(embedder: Embedder) -> None:
    query = embedder.encode_query("人才安家补贴最高多少")
    assert query.shape == (embedder.dimension,)
    _near(query[None], query[None], 1e-5)
    assert np.argmax(embedder.encode_documents(TEXTS) @ query) == 0


def _check_empty(embedder: Embedder) -> None:
    done: list[int] = []
    found = embedder.encode_documents([], on_batch=done.append)
    assert found.shape == (0, embedder.dimension)
    assert found.dtype == np.float32
    assert sum(done) == 0


def test_hashing_embedder_keeps_the_contract() -> None:
    check_contract(HashingEmbedder())


def test_hashing_vector_is_the_one_worked_out_by_hand() -> None:
    # crc32: a = e8b7be43 → 3, b = 71beeff9 → 1, ab = 9e83486d → 1 (mod 4)
    expected = np.array([0, 2, 0, 1]) / np.sqrt(5)
    np.testing.assert_allclose(HashingEmbedder(4).encode_query("ab"), expected, atol=1e-7)


def test_hashing_documents_are_embedded_as_a_query_is() -> None:
    found = HashingEmbedder(4).encode_documents(["a", "b", "ab"])
    expected = [[0, 0, 0, 1], [0, 1, 0, 0], np.array([0, 2, 0, 1]) / np.sqrt(5)]
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_hashing_of_nothing_is_the_first_axis() -> None:
    np.testing.assert_array_equal(HashingEmbedder(3).encode_query(""), [1, 0, 0])


def test_fingerprint_tells_dimensions_apart() -> None:
    assert HashingEmbedder(4).fingerprint == "hashing-4"


def test_batches_go_by_length_and_stay_within_the_padded_bound() -> None:
    lengths = [1000, 500, 900, 512, 3000, 400]
    batches = list(_grouped(lengths))
    assert batches == [[4], [0, 2], [3, 1, 5]]  # 3000 alone; 2 × 1000; 3 × 512, all ≤ 2048
