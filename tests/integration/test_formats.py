"""Real files of policy offices, where they lie beside the project: each is read or named, and no
variant of them takes the program down."""

import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from policyqa.eval.sets import documents
from policyqa.index.build.building import build
from policyqa.index.build.sandbox import Parsed, Task, parse_files
from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Limits
from policyqa.index.read.word import doc
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
FORMATS = ROOT.parent / "shared" / "formats"
LABELS = documents.load(ROOT / "eval" / "datasets" / "documents")
EMBEDDER = HashingEmbedder(64)
LIMITS = Limits(recognise_scans=False)
VARIANTS = 200

pytestmark = pytest.mark.skipif(
    not FORMATS.is_dir(), reason="../shared/formats is not here (its files may not be committed)"
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them and the seeds in one folder."""
    folder = tmp_path_factory.mktemp("files")
    for path in (*FORMATS.iterdir(), *SEEDS.iterdir()):
        shutil.copyfile(path, folder / path.name)
    return folder


def test_every_file_is_read_or_named_with_its_reason_in_one_run(
    source: Path, tmp_path: Path
) -> None:
    report = build(source, tmp_path / "index", EMBEDDER, limits=LIMITS)
    index = search_index.load(tmp_path / "index", model=EMBEDDER.fingerprint)
    files = {path.name for path in source.iterdir()} - {"catalogue.toml", "words.toml"}
    refused = {file.source: file.reason for file in (*report.failed, *report.skipped)}
    assert {d.source for d in index.documents} | set(refused) == files
    assert all(refused.values())
    assert [name for name in refused if not _may_be_refused(name)] == []
    for passage in index.passages:
        document = index.documents[index.document_rows[passage.doc_id]]
        assert document.text[passage.start : passage.end] == passage.text


def _may_be_refused(name: str) -> bool:
    """Stubs, saved pages of a code host without a document, a scan without recognition, and old
    Word files where no tool reads them."""
    without_document = ("._", "关于印发《宝安区", "2014年东莞市", "广州来穗")
    return name.startswith(without_document) or (name.endswith(".doc") and not doc.available())


@pytest.fixture(scope="module")
def files() -> dict[str, Parsed]:
    return documents.read([SEEDS, FORMATS], LABELS).files


def test_metadata_is_right_where_it_is_said(files: dict[str, Parsed]) -> None:
    """Floors a little under what was reached when the labels were new; a wrong value is worse than
    none."""
    for name, field in documents.metadata(files, LABELS).items():
        assert field.precision is None or field.precision >= 0.85 or field.said < 5, name


def test_rows_lists_and_sections_stand_together(files: dict[str, Parsed]) -> None:
    shares = documents.structure(files, LABELS)
    assert {name: share.failed for name, share in shares.items() if share.held < share.n - 2} == {}


@pytest.mark.skipif(
    doc.available() != "antiword", reason="the figures are those with antiword, as in CI"
)
def test_the_readme_prints_what_is_measured() -> None:
    text = (ROOT / "eval" / "README.md").read_text("utf-8")
    block = text.split("<!-- documents -->")[1].split("<!-- /documents -->")[0].strip()
    assert block == documents.report(documents.read([SEEDS, FORMATS], LABELS, LIMITS), LABELS)


def variants(count: int) -> Iterator[tuple[str, bytes]]:
    """Seeded damage to real files: cut short, bytes flipped, a part doubled, renamed."""
    random_ = random.Random(20261123)
    paths = sorted((*FORMATS.iterdir(), *SEEDS.glob("*.txt")))
    suffixes = sorted({path.suffix for path in paths} | {".bin", ""})
    for number in range(count):
        path = paths[number % len(paths)]
        data = bytearray(path.read_bytes())
        kind = number // len(paths) % 4
        if kind == 0:
            del data[random_.randrange(len(data)) :]
        elif kind == 1:
            for _ in range(random_.choice((1, 20, 400))):
                data[random_.randrange(len(data))] = random_.randrange(256)
        elif kind == 2:
            at = random_.randrange(len(data))
            data[at:at] = data[: random_.randrange(len(data))]
        suffix = random_.choice(suffixes) if kind == 3 else path.suffix
        yield f"{number:03d}{suffix}", bytes(data)


def test_no_damaged_file_takes_the_program_down(tmp_path: Path) -> None:
    tasks = []
    for name, data in variants(VARIANTS):
        (tmp_path / name).write_bytes(data)
        tasks.append(Task(tmp_path / name, name, Metadata()))
    found: Sequence[Parsed | UnreadableFile] = list(parse_files(tasks, LIMITS))
    assert len(found) == VARIANTS
    refused = [str(item) for item in found if isinstance(item, UnreadableFile)]
    assert [line for line in refused if "解析出错" in line] == []
    assert [line for line in refused if not line or "\n" in line] == []


def test_a_file_is_read_or_refused_under_any_ending(source: Path, tmp_path: Path) -> None:
    paths = sorted(path for path in source.iterdir() if path.suffix != ".toml")
    suffixes = [*sorted({path.suffix for path in paths}), ".bin", ""]
    tasks = [Task(path, path.name, Metadata()) for path in paths]
    for number, path in enumerate(paths):
        other = tmp_path / f"{number:03d}{suffixes[number % len(suffixes)]}"
        shutil.copyfile(path, other)
        tasks.append(Task(other, other.name, Metadata()))
    found = [isinstance(item, Parsed) for item in parse_files(tasks, LIMITS)]
    changed = zip(paths, found[: len(paths)], found[len(paths) :], strict=True)
    assert [path.name for path, before, after in changed if before != after] == []
