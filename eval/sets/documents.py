"""How well files are read: sentences, boilerplate, structure and metadata against hand labels.

The labels of `eval/datasets/documents` and `eval/datasets/wild` were written from the raw files by
people who had not seen what the program reads. `policyqa eval documents` prints the figures.
"""

import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from policyqa.index.build import scanning
from policyqa.index.build.sandbox import Parsed, Task, parse_files
from policyqa.index.errors import UnreadableFile
from policyqa.index.metadata import catalogue
from policyqa.index.metadata.numbers import number_of
from policyqa.index.read.extract import Limits
from policyqa.index.structure.quotes import display, in_context
from policyqa.index.types import Metadata

FIELDS = (
    "title", "issuer", "doc_number", "date", "effective", "expires", "kind", "region", "trial",
    "replaces",
)  # fmt: skip
KINDS = ("row", "section", "list", "footnote", "article")
LONG_CELL, LABEL = 60, 30  # characters of a text of its own; of a name that are compared
RECORDS = ("sentences", "boilerplate", "structure")


@dataclass(frozen=True)
class Labels:
    """What people read in some files. Each record names its `source`, the file's name."""

    metadata: dict[str, dict[str, Any]]
    sentences: Sequence[dict[str, Any]]
    boilerplate: Sequence[dict[str, Any]]
    structure: Sequence[dict[str, Any]]

    @property
    def sources(self) -> set[str]:
        """The files that are labelled."""
        lists = (self.sentences, self.boilerplate, self.structure)
        return set(self.metadata) | {record["source"] for records in lists for record in records}


def load(folder: Path, part: str | None = None) -> Labels:
    """The labels of a folder: `metadata.json` and three lists of records, a JSON object a line.

    Args:
        folder: `eval/datasets/wild`, say.
        part: only the files that `parts.tsv` (source, part) puts there.

    Raises:
        ValueError: no file is of this part.
    """
    chosen = None
    if part is not None:
        rows = (line.split("\t") for line in _lines(folder / "parts.tsv"))
        chosen = {source for source, name in rows if name == part}
        if not chosen:
            raise ValueError(f"{folder} 里没有“{part}”这一部分的文件，见 parts.tsv")
    whole = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    kept = {source: label for source, label in whole.items() if chosen is None or source in chosen}
    return Labels(kept, *(_records(folder / f"{name}.jsonl", chosen) for name in RECORDS))


def _records(path: Path, chosen: set[str] | None) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in _lines(path)]
    return [record for record in found if chosen is None or record["source"] in chosen]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@dataclass
class Share:
    """How many of the checks held, and what failed."""

    held: int = 0
    n: int = 0
    failed: list[str] = field(default_factory=list)

    def count(self, holds: bool, what: str) -> None:
        """Add one check."""
        self.n += 1
        self.held += holds
        if not holds:
            self.failed.append(what)


@dataclass
class Field:
    """Precision is right / said, recall right / wanted; silence on a field that the file does not
    state counts for neither."""

    right: int = 0
    said: int = 0
    wanted: int = 0
    failed: list[str] = field(default_factory=list)

    def judge(self, value: str, right: Sequence[str], source: str) -> None:
        """Add one file: what was read, and the answers that are right."""
        hit = bool(value) and value in right
        needed = hit or "" not in right
        self.said += bool(value)
        self.wanted += needed
        self.right += hit
        if not hit and (value or needed):
            self.failed.append(f"{source[:24]}: {value or '—'} / {right[0] or '—'}")

    @property
    def precision(self) -> float | None:
        return round(self.right / self.said, 3) if self.said else None

    @property
    def recall(self) -> float | None:
        return round(self.right / self.wanted, 3) if self.wanted else None


def plain(text: str) -> str:
    """A form for comparing: NFKC, no white space, no brackets around titles and years."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s《》\[\]〔〕()]", "", folded).removesuffix(".0")


@dataclass(frozen=True)
class Read:
    """Labelled files as they were read: what was refused with its reason, seconds a file."""

    files: dict[str, Parsed]
    refused: dict[str, str]
    seconds: tuple[float, ...]


def read(
    folders: Sequence[Path],
    labels: Labels,
    limits: Limits | None = None,
    *,
    with_catalogue: bool = False,
) -> Read:
    """Read every labelled file that lies in the folders, one after another.

    Args:
        folders: source folders.
        labels: which files.
        limits: on size, time and so on, and whether scans are recognised.
        with_catalogue: whether `catalogue.toml` corrects what was read.
    """
    tasks = [
        Task(path, path.name, (entries.get(path.name) if with_catalogue else None) or Metadata())
        for folder in folders
        for entries in [catalogue.load(folder)]
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in scanning.ABOUT and path.name in labels.sources
    ]
    files, refused, seconds = {}, {}, []
    list(parse_files(tasks[:1], limits or Limits()))  # starts the child processes
    for task in tasks:
        start = time.perf_counter()
        (found,) = parse_files([task], limits or Limits())
        seconds.append(time.perf_counter() - start)
        if isinstance(found, UnreadableFile):
            refused[task.source] = str(found)
        else:
            files[task.source] = found
    return Read(files, refused, tuple(seconds))


def whole_sentences(files: dict[str, Parsed], labels: Labels) -> Share:
    """Sentences that stand whole in one passage."""
    share = Share()
    for record in _known(labels.sentences, files):
        held = any(plain(record["text"]) in passage for passage in _passages(files, record))
        share.count(held, f"{record['source'][:3]} {record['text'][:60]}")
    return share


def boilerplate(files: dict[str, Parsed], labels: Labels) -> Share:
    """Strings that stand in no passage."""
    share = Share()
    for record in _known(labels.boilerplate, files):
        stands = any(plain(record["text"]) in passage for passage in _passages(files, record))
        share.count(not stands, f"{record['source'][:3]} {record['text'][:60]}")
    return share


def structure(files: dict[str, Parsed], labels: Labels) -> dict[str, Share]:
    """Rows, sections, lists, footnotes and articles, each with a share."""
    shares = {kind: Share() for kind in KINDS}
    titles = [plain(r["title"]) for r in labels.structure if r["kind"] == "article"]
    checks: dict[str, Callable[[Parsed, dict[str, Any]], bool]] = {
        "row": _row,
        "section": _section,
        "list": _list,
        "footnote": _note,
        "article": partial(_article, titles=titles),
    }
    for record in _known(labels.structure, files):
        held = checks[record["kind"]](files[record["source"]], record)
        what = record.get("text") or record.get("lead") or record.get("note") or record.get("cells")
        shares[record["kind"]].count(held, f"{record['source'][:20]} {what}"[:110])
    return shares


def metadata(files: dict[str, Parsed], labels: Labels) -> dict[str, Field]:
    """Precision and recall by field."""
    fields = {name: Field() for name in FIELDS}
    for source, label in labels.metadata.items():
        if source in files:
            said = files[source].document.metadata.model_dump()
            for name in FIELDS:
                fold = FOLDS.get(name, _itself)
                answers = [label[name], *label.get(f"{name}_also", [])]
                right = [_value(fold(answer)) for answer in answers]
                fields[name].judge(_value(fold(said[name])), right, source)
    return fields


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "".join(_value(v) for v in value)
    return "" if value in (False, None) else plain(str(value))


def _itself(value: Any) -> Any:
    return value


def _number(value: Any) -> str:
    """A number however an order's is written (某令8号, 某令第8号)."""
    return str(value or "").replace("第", "")


def _region(value: Any) -> str:
    """A region however its path is written (重庆两江新区, 重庆市两江新区)."""
    return str(value or "").replace("市", "")


def _titles(value: Any) -> list[str]:
    """What is replaced by its titles; a number said beside one names the same document."""
    each = [value] if isinstance(value, str) else value
    return [title for title in each if title and not number_of(title)] or list(each)


FOLDS: dict[str, Callable[[Any], Any]] = {
    "doc_number": _number,
    "region": _region,
    "replaces": _titles,
}


def _known(lines: Iterable[dict[str, Any]], files: dict[str, Parsed]) -> list[dict[str, Any]]:
    return [record for record in lines if record["source"] in files]


def _passages(files: dict[str, Parsed], record: dict[str, Any]) -> list[str]:
    return [plain(passage.text) for passage in files[record["source"]].passages]


def _row(found: Parsed, record: dict[str, Any]) -> bool:
    """Whether one row is shown with all its cells and their labels; a cell that is a text of its
    own may stand below it, under the names of its column and its row. Labels of empty cells are
    not asked for, where each cell has one."""
    cells, labels = (
        [plain(cell) for cell in record["cells"]],
        list(map(plain, record.get("labels", ()))),
    )
    paired = len(cells) == len(labels)
    named = labels if paired else [""] * len(cells)
    apart = [
        n
        for n, cell in enumerate(cells)
        if len(cell) > LONG_CELL and _apart(found, cell, named[n], cells)
    ]
    wanted = [cell for n, cell in enumerate(cells) if n not in apart]
    kept = (
        [n for n, cell in enumerate(cells) if cell and n not in apart]
        if paired
        else range(len(labels))
    )
    wanted += [labels[n] for n in kept]
    shown = [
        plain(display(found.document, sentence))
        for passage in found.passages
        for sentence in passage.sentences
        if sentence.kind == "row"
    ]
    return any(all(word in row for word in wanted) for row in shown)


def _apart(found: Parsed, cell: str, label: str, cells: Sequence[str]) -> bool:
    """Whether the text of a cell stands under the names of its column and of its row."""
    rows = [other for other in cells if other and len(other) <= LONG_CELL]
    for passage in found.passages:
        section = plain(passage.section)
        held = cell[:LONG_CELL] in plain(in_context(found.document, passage))
        if held and label[:LABEL] in section and any(name[:LABEL] in section for name in rows):
            return True
    return False


def _section(found: Parsed, record: dict[str, Any]) -> bool:
    """Whether the headings stand above a sentence in this order."""
    for passage in found.passages:
        if plain(record["text"]) in plain(passage.text):
            above = plain(f"{found.document.metadata.title} {passage.section} {passage.text}")
            at = 0
            for name in (plain(name).rstrip("。") for name in record["path"]):
                at = above.find(name, at)
                if at < 0:
                    return False
            return True
    return False


def _list(found: Parsed, record: dict[str, Any]) -> bool:
    """Whether the introduction stands with every item: all in one passage, or each in one."""
    lead = plain(record["lead"])
    whole = (in_context(found.document, p) + p.section for p in found.passages)
    holders = [text for text in map(plain, whole) if lead in text]
    return all(any(plain(item) in text for text in holders) for item in record["items"])


def _note(found: Parsed, record: dict[str, Any]) -> bool:
    """Whether a note stands in the passage of its clause, with its label."""
    labels = {record["label"], *record.get("label_also", ())}
    for passage in found.passages:
        notes = [s for s in passage.sentences if s.kind == "note" and s.label in labels]
        texts = [plain(found.document.text[s.start : s.end]) for s in notes]
        if any(text.startswith(plain(record["note"])) for text in texts):
            return plain(record["clause"]) in plain(passage.text)
    return False


def _article(found: Parsed, record: dict[str, Any], titles: Sequence[str]) -> bool:
    """Whether a sentence knows the title of its article, by its section or its document."""
    names = [plain(name) for name in (record["title"], *record.get("title_also", ()))]
    for passage in found.passages:
        if plain(record["text"]) in plain(passage.text):
            section = plain(passage.section)
            strange = any(title in section for title in titles if title not in names)
            above = section + plain(found.document.metadata.title)
            return not strange and any(name in above for name in names)
    return False


def figures(files: dict[str, Parsed], labels: Labels) -> dict[str, Share | Field]:
    """Every check by its name: shares first, then the fields."""
    return {
        "sentence": whole_sentences(files, labels),
        "boilerplate": boilerplate(files, labels),
        **structure(files, labels),
        **metadata(files, labels),
    }


def report(done: Read, labels: Labels, *, verbose: bool = False) -> str:
    """The figures as Markdown, with what failed if asked."""
    found = figures(done.files, labels)
    shares = {name: each for name, each in found.items() if isinstance(each, Share)}
    fields = {name: each for name, each in found.items() if isinstance(each, Field)}
    lines = ["| check | held | n |", "|---|---|---|"]
    lines += [f"| {name} | {share.held} | {share.n} |" for name, share in shares.items()]
    lines += ["", "| field | precision | recall | said | wanted |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {f.precision} | {f.recall} | {f.said} | {f.wanted} |"
        for name, f in fields.items()
    ]
    lines += ["", f"{len(done.files)} files read."]
    if done.refused:
        lines += [f"- refused: {source}: {reason}" for source, reason in done.refused.items()]
    if verbose:
        lines += [f"- {name}: {what}" for name, each in found.items() for what in each.failed]
    return "\n".join(lines)


def stored(done: Read, labels: Labels) -> dict[str, Any]:
    """The figures as they are kept: counts by check and field, what failed and what was refused,
    the median and the 99th percentile of seconds a file."""
    found = figures(done.files, labels)
    kept: dict[str, Any] = {
        name: {key: value for key, value in asdict(each).items() if key != "failed"}
        for name, each in found.items()
    }
    seconds = [round(float(s), 2) for s in np.quantile(done.seconds or (0.0,), (0.5, 0.99))]
    failed = {name: each.failed for name, each in found.items() if each.failed}
    about = {"files": len(done.files), "seconds": seconds}
    return {**kept, **about, "failed": failed, "refused": done.refused}


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Two stored readings of the same files side by side, as Markdown."""
    fields = [name for name in FIELDS if name in after]
    lines = ["| | precision | recall | wanted |", "|---|---|---|---|"]
    for name in fields:
        both = (before[name], after[name])
        precision = " → ".join(_share(each["right"], each["said"]) for each in both)
        recall = " → ".join(_share(each["right"], each["wanted"]) for each in both)
        lines.append(f"| {name} | {precision} | {recall} | {after[name]['wanted']} |")
    lines += ["", "| | held | n |", "|---|---|---|"]
    shares = [name for name, each in after.items() if isinstance(each, dict) and each.get("n")]
    lines += [
        f"| {n} | {before[n]['held']} → {after[n]['held']} | {after[n]['n']} |" for n in shares
    ]
    median, late = after["seconds"]
    lines += ["", f"{after['files']} files, {median} s a file (median), {late} s (99 %)."]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def pace(seconds: Sequence[float]) -> str:
    """Seconds a file in one line: the median and the 99th percentile."""
    if not seconds:
        return ""
    median, late = np.quantile(seconds, (0.5, 0.99))
    return f"{median:.2f} s a file (median), {late:.2f} s (99 %), n={len(seconds)}"
