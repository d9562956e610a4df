"""How well files are read: sentences, boilerplate, structure and metadata against hand labels.

`python -m policyqa.eval.sets.documents FOLDER…` parses every labelled file of the folders and
prints the figures; the labels in `eval/datasets/documents` were written from the raw files by
somebody who had not seen the program.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policyqa.index.build import scanning
from policyqa.index.build.sandbox import Parsed, Task, parse_files
from policyqa.index.metadata import catalogue
from policyqa.index.read.extract import Limits
from policyqa.index.structure.quotes import display, in_context
from policyqa.index.types import Metadata

LABELS = Path(__file__).parents[1] / "datasets" / "documents"
FIELDS = (
    "title", "issuer", "doc_number", "date", "effective", "expires", "kind", "region", "trial",
    "replaces",
)  # fmt: skip
KINDS = ("row", "section", "list", "footnote", "article")


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


def parsed(
    folders: Sequence[Path], limits: Limits | None = None, *, with_catalogue: bool = False
) -> dict[str, Parsed]:
    """Every readable file of the folders, by its name.

    Args:
        folders: source folders.
        limits: on size, time and so on, and whether scans are recognised.
        with_catalogue: whether `catalogue.toml` corrects what was read.
    """
    tasks = [
        Task(path, path.name, (entries.get(path.name) if with_catalogue else None) or Metadata())
        for folder in folders
        for entries in [catalogue.load(folder)]
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in scanning.ABOUT
    ]
    outcomes = zip(tasks, parse_files(tasks, limits or Limits()), strict=True)
    return {task.source: found for task, found in outcomes if isinstance(found, Parsed)}


def records(name: str) -> list[dict[str, Any]]:
    """The labels of one kind."""
    lines = (LABELS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def whole_sentences(files: dict[str, Parsed]) -> Share:
    """Sentences that stand whole in one passage."""
    share = Share()
    for record in _known(records("sentences.jsonl"), files):
        held = any(plain(record["text"]) in passage for passage in _passages(files, record))
        share.count(held, f"{record['source'][:3]} {record['text'][:60]}")
    return share


def boilerplate(files: dict[str, Parsed]) -> Share:
    """Strings that stand in no passage."""
    share = Share()
    for record in _known(records("boilerplate.jsonl"), files):
        stands = any(plain(record["text"]) in passage for passage in _passages(files, record))
        share.count(not stands, f"{record['source'][:3]} {record['text'][:60]}")
    return share


def structure(files: dict[str, Parsed]) -> dict[str, Share]:
    """Rows, sections, lists, footnotes and articles, each with a share."""
    shares = {kind: Share() for kind in KINDS}
    checks = {
        "row": _row,
        "section": _section,
        "list": _list,
        "footnote": _note,
        "article": _article,
    }
    for record in _known(records("structure.jsonl"), files):
        held = checks[record["kind"]](files[record["source"]], record)
        what = record.get("text") or record.get("lead") or record.get("note") or record.get("cells")
        shares[record["kind"]].count(held, f"{record['source'][:20]} {what}"[:110])
    return shares


def metadata(files: dict[str, Parsed]) -> dict[str, Field]:
    """Precision and recall by field."""
    labels = json.loads((LABELS / "metadata.json").read_text(encoding="utf-8"))
    fields = {name: Field() for name in FIELDS}
    for source, label in labels.items():
        if source in files:
            said = files[source].document.metadata.model_dump()
            for name in FIELDS:
                answers = [label[name], *label.get(f"{name}_also", [])]
                fold = _region if name == "region" else str
                right = [fold(_value(answer)) for answer in answers]
                fields[name].judge(fold(_value(said[name])), right, source)
    return fields


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "".join(_value(v) for v in value)
    return "" if value in (False, None) else plain(str(value))


def _region(value: str) -> str:
    """A region however its path is written (重庆两江新区, 重庆市两江新区)."""
    return value.replace("市", "")


def _known(lines: Iterable[dict[str, Any]], files: dict[str, Parsed]) -> list[dict[str, Any]]:
    return [record for record in lines if record["source"] in files]


def _passages(files: dict[str, Parsed], record: dict[str, Any]) -> list[str]:
    return [plain(passage.text) for passage in files[record["source"]].passages]


def _row(found: Parsed, record: dict[str, Any]) -> bool:
    """Whether one row is shown with all its cells and their labels."""
    wanted = [plain(word) for word in (*record["cells"], *record.get("labels", ()))]
    shown = [
        plain(display(found.document, sentence))
        for passage in found.passages
        for sentence in passage.sentences
        if sentence.kind == "row"
    ]
    return any(all(word in row for word in wanted) for row in shown)


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


def _article(found: Parsed, record: dict[str, Any]) -> bool:
    """Whether a sentence knows the title of its article, by its section or its document."""
    names = [plain(name) for name in (record["title"], *record.get("title_also", ()))]
    others = [plain(r["title"]) for r in records("structure.jsonl") if r["kind"] == "article"]
    for passage in found.passages:
        if plain(record["text"]) in plain(passage.text):
            section = plain(passage.section)
            strange = any(other in section for other in others if other not in names)
            above = section + plain(found.document.metadata.title)
            return not strange and any(name in above for name in names)
    return False


def report(files: dict[str, Parsed], *, verbose: bool = False) -> str:
    """The figures as Markdown, with what failed if asked."""
    shares = {
        "sentence": whole_sentences(files), "boilerplate": boilerplate(files), **structure(files),
    }  # fmt: skip
    lines = ["| check | held | n |", "|---|---|---|"]
    lines += [f"| {name} | {share.held} | {share.n} |" for name, share in shares.items()]
    fields = metadata(files)
    lines += ["", "| field | precision | recall | said | wanted |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {f.precision} | {f.recall} | {f.said} | {f.wanted} |"
        for name, f in fields.items()
    ]
    lines += ["", f"{len(files)} files read."]
    if verbose:
        missed = {name: share.failed for name, share in shares.items()}
        missed |= {name: f.failed for name, f in fields.items()}
        lines += [f"- {name}: {what}" for name, failed in missed.items() for what in failed]
    return "\n".join(lines)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--failed", action="store_true", help="also what failed")
    parser.add_argument("--no-scans", action="store_true", help="leave scanned pages unread")
    arguments = parser.parse_args()
    limits = Limits(recognise_scans=not arguments.no_scans)
    text = report(parsed(arguments.folders, limits), verbose=arguments.failed)
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
