"""Texts to unit vectors: the Embedder promise and its implementations.

Passage and sentence vectors come from one pass ("late chunking": Günther et al. 2024,
arXiv:2409.04701): the model reads the whole passage, then the vectors of the tokens of each
sentence are averaged, so that a sentence's vector knows its context and costs nothing more.
"""

import hashlib
import logging
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.types import Span
from index.weights import WEIGHTS, unpack

if TYPE_CHECKING:  # importing them takes seconds; `load` does it
    import torch
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "e5-small"
SPAN_POOLING = "late1"  # how span vectors are made; raise the number when that changes
MAX_PADDED_TOKENS = 2048  # of a batch: larger ones fall out of the processor's cache
WINDOW = 1024  # passages tokenised and sorted by length at a time

Vectors = NDArray[np.float32]
Offsets = NDArray[np.int64]
Precision = Literal["auto", "float32", "bfloat16"]


class Embedder(Protocol):
    """Maps texts to unit vectors whose inner product is their similarity (larger is better).

    `fingerprint` names the weights and every setting that changes a vector; two embedders with
    one fingerprint give the same vectors up to rounding.
    """

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_query(self, text: str) -> Vectors:
        """Vector of one query, shape (dimension,), float32, unit length."""
        ...

    def encode_passages(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[Span]],
        *,
        on_batch: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, Vectors]:
        """Vectors of passages and of spans inside them, from one pass.

        Args:
            texts: n passages, as they are embedded (title and section may stand before).
            spans: for each passage, half-open code-point spans into its text (its sentences).
            on_batch: receives the number of passages just done, n in all.

        Returns:
            Two float32 arrays of unit rows: (n, dimension), and (sum of spans, dimension) in
            order of passages, then spans. A span that holds no text the model has read (it is
            empty, or lies beyond what fits into the model) has the vector of its passage.

        Raises:
            ValueError: `texts` and `spans` differ in length.
        """
        ...


class SentenceTransformerEmbedder:
    """Any sentence-transformers model of a transformer and a pooling layer.

    The transformer runs in the given precision; pooling is done in float32.
    """

    def __init__(self, model: "SentenceTransformer", fingerprint: str) -> None:
        self._model = model
        self._fingerprint = fingerprint

    @classmethod
    def load(
        cls,
        name_or_folder: str = DEFAULT_MODEL,
        *,
        cache: Path,
        precision: Precision = "auto",
        threads: int | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> "SentenceTransformerEmbedder":
        """Load the default model (no network is touched), or another by folder or hub name.

        Args:
            name_or_folder: "e5-small", a folder, or the name of a model on the hub.
            cache: where the default model is unpacked, once.
            precision: of the transformer; "auto" is bfloat16 where the processor computes in it.
            threads: of this process's torch (a global setting); None leaves it as it is.
            progress: receives a line when something takes long.

        Raises:
            ModelError: the model cannot be unpacked or loaded, or is of another kind.
        """
        default = name_or_folder == DEFAULT_MODEL
        source = str(unpack(cache, progress=progress)) if default else name_or_folder
        try:
            with _quiet():
                model = _load(source, precision, threads)
        except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
            raise ModelError(
                f"无法加载嵌入模型 {name_or_folder}（{_first_line(error)}）。"
                f"请检查名称或文件夹，或改用默认模型 {DEFAULT_MODEL}。"
            ) from error
        _check(model, name_or_folder)
        name = WEIGHTS.folder if default else _identity(model, name_or_folder)
        return cls(model, f"{name}/{SPAN_POOLING}")

    @property
    def fingerprint(self) -> str:
        """Names the weights and the span pooling, not the precision.

        An index made in float32 can be searched in bfloat16 and the other way round: their
        vectors differ by rounding only.
        """
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode_query(self, text: str) -> Vectors:
        """Vector of one query, shape (dimension,), float32, unit length."""
        encoded = self._tokenize([_prompt(self._model, "query") + text])
        vectors, _ = self._encode(encoded.ids, _weights(encoded.offsets, [[]]))
        query: Vectors = vectors[0]
        return query

    def encode_passages(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[Span]],
        *,
        on_batch: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, Vectors]:
        """See `Embedder`. Passages longer than the model's 512 tokens are read up to there."""
        if len(texts) != len(spans):
            raise ValueError(f"{len(texts)} texts, but spans of {len(spans)}")
        starts = np.cumsum([0, *(len(row) for row in spans)])
        passages = np.empty((len(texts), self.dimension), np.float32)
        sentences = np.empty((starts[-1], self.dimension), np.float32)
        for first in range(0, len(texts), WINDOW):
            window = range(first, min(first + WINDOW, len(texts)))
            for rows, vectors, of_spans in self._batches(window, texts, spans):
                passages[rows] = vectors
                places = [np.arange(starts[row], starts[row + 1]) for row in rows]
                sentences[np.concatenate(places)] = of_spans
                if on_batch:
                    on_batch(len(rows))
        return passages, sentences

    def _batches(
        self, window: range, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> Iterator[tuple[list[int], Vectors, Vectors]]:
        """Rows of a batch, their vectors, and the vectors of their spans, batch by batch."""
        prompt = _prompt(self._model, "document", "passage", "corpus")
        encoded = self._tokenize([prompt + texts[row] for row in window])
        for batch in _grouped([len(ids) for ids in encoded.ids]):
            rows = [window[i] for i in batch]
            offsets = [encoded.offsets[i] - len(prompt) for i in batch]
            weights = _weights(offsets, [spans[row] for row in rows])
            yield rows, *self._encode([encoded.ids[i] for i in batch], weights)

    def _tokenize(self, texts: list[str]) -> "_Encoded":
        found = self._model.tokenizer(
            texts,
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
            return_attention_mask=False,
        )
        offsets = [np.array(pairs, np.int64).reshape(-1, 2) for pairs in found["offset_mapping"]]
        return _Encoded(found["input_ids"], offsets)

    def _encode(self, ids: Sequence[list[int]], weights: list[Vectors]) -> tuple[Vectors, Vectors]:
        """Unit vectors of texts, and of their spans: weights (spans, tokens) times tokens."""
        import torch

        with torch.inference_mode():
            features = self._model[0](self._padded(ids))
            tokens = features["token_embeddings"] = features["token_embeddings"].float()
            texts = self._finish(self._model[1](features)["sentence_embedding"])
            on_device = [torch.from_numpy(row).to(tokens.device) for row in weights]
            means = [row @ tokens[i, : row.shape[1]] for i, row in enumerate(on_device)]
            spans = self._finish(torch.cat(means))
        unread = np.concatenate([~row.any(axis=1) for row in weights])
        owner = np.repeat(np.arange(len(weights)), [len(row) for row in weights])
        vectors: Vectors = texts.cpu().numpy()
        return vectors, np.where(unread[:, None], vectors[owner], spans.cpu().numpy())

    def _padded(self, ids: Sequence[list[int]]) -> dict[str, Any]:
        import torch

        width = max(len(row) for row in ids)
        pad = self._model.tokenizer.pad_token_id or 0
        padded = torch.tensor([row + [pad] * (width - len(row)) for row in ids])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids])
        device = self._model.device
        return {"input_ids": padded.to(device), "attention_mask": mask.to(device)}

    def _finish(self, pooled: "torch.Tensor") -> "torch.Tensor":
        """What the model does after pooling (dense layers, normalising), then unit length."""
        for module in list(self._model)[2:]:
            pooled = module({"sentence_embedding": pooled})["sentence_embedding"]
        length: torch.Tensor = pooled.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        return pooled.div(length)


class _Encoded(NamedTuple):
    ids: list[list[int]]
    offsets: list[Offsets]  # for each text (tokens, 2), half-open


def _grouped(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices by falling length, in groups within MAX_PADDED_TOKENS when padded."""
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    while order:
        size = max(1, MAX_PADDED_TOKENS // lengths[order[0]])
        yield order[:size]
        order = order[size:]


def _weights(offsets: Sequence[Offsets], spans: Sequence[Sequence[Span]]) -> list[Vectors]:
    """For each text (spans, tokens): 1 / n for the n tokens that share a character with a span."""
    found = []
    for tokens, of_text in zip(offsets, spans, strict=True):
        bounds = np.array(of_text, np.int64).reshape(-1, 2)
        first = np.maximum(tokens[:, 0], bounds[:, :1])
        shared = np.minimum(tokens[:, 1], bounds[:, 1:]) > first
        counts = np.maximum(shared.sum(axis=1, keepdims=True), 1)
        found.append((shared / counts).astype(np.float32))
    return found


def _prompt(model: "SentenceTransformer", *names: str) -> str:
    return next((model.prompts[name] for name in names if name in model.prompts), "") or ""


def _load(source: str, precision: Precision, threads: int | None) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer

    if threads:
        torch.set_num_threads(threads)
    half = precision == "bfloat16" or (precision == "auto" and _has_bfloat16())
    return SentenceTransformer(
        source,
        local_files_only=Path(source).is_dir(),
        model_kwargs={"dtype": torch.bfloat16 if half else torch.float32},
    )


def _has_bfloat16() -> bool:
    """Whether this processor multiplies in bfloat16; 1.5 to 2.5 times as fast where it does."""
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def _check(model: "SentenceTransformer", name: str) -> None:
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    first, second, *_ = [*model, None, None]
    pooled = isinstance(second, Pooling) and second.include_prompt
    if not (isinstance(first, Transformer) and pooled and model.tokenizer.is_fast):
        raise ModelError(
            f"不支持嵌入模型 {name}（{type(first).__name__} + {type(second).__name__}）："
            "需要 Transformer + Pooling（含提示词）结构和快速分词器。"
        )


def _identity(model: "SentenceTransformer", name: str) -> str:
    """Name and revision of a hub model; name and a hash of the files of a folder."""
    folder = Path(name)
    if not folder.is_dir():
        config: Any = model[0].auto_model.config  # type: ignore[union-attr]
        return f"{name}@{str(getattr(config, '_commit_hash', None))[:12]}"
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
        if path.suffix == ".json":
            digest.update(path.read_bytes())
    return f"{folder.name}@{digest.hexdigest()[:12]}"


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' progress bars, warnings and log lines off the terminal."""
    from transformers.utils import logging as transformers_logging

    chatter: Any = transformers_logging  # its functions have no types

    level, bars = chatter.get_verbosity(), chatter.is_progress_bar_enabled()
    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    logger = logging.getLogger("sentence_transformers")
    own_level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(own_level)
        chatter.set_verbosity(level)
        if bars:
            chatter.enable_progress_bar()


class HashingEmbedder:
    """A fake whose vectors can be worked out by hand; texts that share characters are near.

    Every character and every pair of neighbours adds 1 to dimension crc32(utf-8) mod
    `dimension`; then the vector is brought to unit length. An empty text is (1, 0, 0, …).
    """

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Names the dimension."""
        return f"hashing-{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode_query(self, text: str) -> Vectors:
        """Vector of one query, shape (dimension,), float32, unit length."""
        grams = [*text, *(text[i : i + 2] for i in range(len(text) - 1))]
        counts = np.zeros(self._dimension, np.float32)
        for gram in grams:
            counts[zlib.crc32(gram.encode()) % self._dimension] += 1
        if not grams:
            counts[0] = 1
        return counts / np.float32(np.linalg.norm(counts))

    def encode_passages(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[Span]],
        *,
        on_batch: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, Vectors]:
        """See `Embedder`; a span is embedded as if it stood alone."""
        pairs = list(zip(texts, spans, strict=True))
        passages = [self.encode_query(text) for text in texts]
        sentences = [
            self.encode_query(text[start:end] or text) for text, row in pairs for start, end in row
        ]
        if on_batch:
            on_batch(len(texts))
        return self._stack(passages), self._stack(sentences)

    def _stack(self, vectors: list[Vectors]) -> Vectors:
        return np.array(vectors, np.float32).reshape(-1, self._dimension)
