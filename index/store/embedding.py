"""Texts to unit vectors: the Embedder promise and its implementations."""

import hashlib
import logging
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from policyqa.index.errors import ModelError
from policyqa.index.store.vectors import Vectors
from policyqa.index.store.weights import WEIGHTS, folder_of, unpack

if TYPE_CHECKING:  # importing them takes seconds; `load` does it
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

DEFAULT_MODEL = "e5-small"
MAX_PADDED_TOKENS = 2048  # of a batch: larger ones fall out of the processor's cache
WINDOW = 8192  # texts tokenised and sorted by length at a time

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

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """Vectors of n texts, shape (n, dimension), float32 unit rows, in their order.

        Args:
            texts: passages, sentences, titles.
            on_batch: receives the number of texts just done, n in all.
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
            with quiet():
                model = _load(source, precision, threads)
        except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
            raise ModelError(
                f"无法加载嵌入模型 {name_or_folder}（{first_line(error)}）。"
                f"请检查名称或文件夹，或改用默认模型 {DEFAULT_MODEL}。"
            ) from error
        _check(model, name_or_folder)
        name = folder_of(WEIGHTS) if default else _identity(model, name_or_folder)
        return cls(model, name)

    @property
    def fingerprint(self) -> str:
        """Names the weights, not the precision.

        An index made in float32 can be searched in bfloat16 and the other way round: their
        vectors differ by rounding only.
        """
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def encoder(self) -> Any:
        """The transformer, for models that are built on it; not to be changed."""
        transformer: Any = self._model[0]
        return transformer.auto_model

    @property
    def tokenizer(self) -> "Tokenizer":
        """Of the transformer, a copy that neither pads nor cuts."""
        from tokenizers import Tokenizer

        fast: Any = self._model.tokenizer
        own = Tokenizer.from_str(fast.backend_tokenizer.to_str())
        own.no_padding()
        own.no_truncation()
        return own

    def encode_query(self, text: str) -> Vectors:
        """Vector of one query, shape (dimension,), float32, unit length."""
        ids = self._tokenize([_prompt(self._model, "query") + text])
        with computing_on(1):
            query: Vectors = self._encode(ids)[0]
        return query

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Embedder`. Texts longer than the model's 512 tokens are read up to there."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        prompt = _prompt(self._model, "document", "passage", "corpus")
        for first in range(0, len(texts), WINDOW):
            ids = self._tokenize([prompt + text for text in texts[first : first + WINDOW]])
            for batch in _grouped([len(row) for row in ids]):
                vectors[[first + i for i in batch]] = self._encode([ids[i] for i in batch])
                if on_batch:
                    on_batch(len(batch))
        return vectors

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        found = self._model.tokenizer(
            list(texts),
            truncation=True,
            max_length=self._model.max_seq_length,
            return_attention_mask=False,
        )
        ids: list[list[int]] = found["input_ids"]
        return ids

    def _encode(self, ids: Sequence[list[int]]) -> Vectors:
        """Unit vectors of tokenised texts."""
        import torch

        with torch.inference_mode():
            features = self._model[0](self._padded(ids))
            features["token_embeddings"] = features["token_embeddings"].float()
            pooled = self._finish(self._model[1](features)["sentence_embedding"])
        vectors: Vectors = pooled.cpu().numpy()
        if not np.isfinite(vectors).all():
            raise ModelError(
                f"嵌入模型 {self._fingerprint} 给出的不是数，权重可能已损坏："
                "请删除模型缓存（POLICYQA_CACHE 下的 models）后重试"
            )
        return vectors

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


def _grouped(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices by falling length, in groups within MAX_PADDED_TOKENS when padded."""
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    while order:
        size = max(1, MAX_PADDED_TOKENS // lengths[order[0]])
        yield order[:size]
        order = order[size:]


def _prompt(model: "SentenceTransformer", *names: str) -> str:
    return next((model.prompts[name] for name in names if name in model.prompts), "") or ""


def _load(source: str, precision: Precision, threads: int | None) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer

    if threads:
        torch.set_num_threads(threads)
    kwargs = {"dtype": torch.bfloat16 if half_precision(precision) else torch.float32}
    try:
        return SentenceTransformer(source, local_files_only=True, model_kwargs=kwargs)
    except OSError:  # not on this machine
        if Path(source).is_absolute() or Path(source).exists():
            raise
    return SentenceTransformer(source, model_kwargs=kwargs)


def half_precision(precision: Precision) -> bool:
    """Whether to compute in bfloat16: where asked to, and of itself where it is quicker."""
    return precision == "bfloat16" or (precision == "auto" and _has_bfloat16())


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


def first_line(error: Exception) -> str:
    """What an error of a library says, in one bounded line."""
    return (str(error) or type(error).__name__).splitlines()[0][:200]


@contextmanager
def computing_on(threads: int) -> Iterator[None]:
    """Let torch compute on so many threads, for what is too small to share among all cores.

    A query gains nothing from a second thread (18 against 20 ms on two idle cores), and loses much
    where the other core is busy, since OpenMP's threads wait for each other by spinning (49
    against 680 ms).
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' progress bars, warnings and log lines off the terminal."""
    from transformers.utils import logging as transformers_logging

    chatter: Any = transformers_logging  # its functions have no types
    verbosity, bars = chatter.get_verbosity(), chatter.is_progress_bar_enabled()
    loggers = [logging.getLogger(name) for name in ("sentence_transformers", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        chatter.set_verbosity(verbosity)
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

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Embedder`."""
        if on_batch and texts:
            on_batch(len(texts))
        rows = [self.encode_query(text) for text in texts]
        return np.array(rows, np.float32).reshape(-1, self._dimension)
