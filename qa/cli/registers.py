"""The register for a person at a terminal, and for a program."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from policyqa.qa.cli.present import one_line
from policyqa.qa.errors import RegisterError
from policyqa.qa.register import shelf as shelves
from policyqa.qa.register.checking import Engine
from policyqa.qa.register.examining import (
    AILMENTS,
    Coverage,
    Difference,
    Finding,
    Touched,
    place_of,
)
from policyqa.qa.register.matching import COLUMNS, Summary, Table, matched, rows_of, safe
from policyqa.qa.register.renewing import Proposal
from policyqa.qa.register.standing import Standings
from policyqa.qa.register.types import FIELDS, KINDS, Programme

CHANGES = {"added": "新增", "removed": "删去", "changed": "改动"}
MAX_SHOWN = 120  # characters of a cell in a list


def put(folder: Path, programme: Programme) -> None:
    """Keep a version. Raises as `qa.register.shelf.write`."""
    shelves.write(folder, programme)


def proposal_text(found: Proposal) -> str:
    """One line: what it is, and whether it is new."""
    cells = len(list(found.read.cells()))
    programme = found.now or found.read
    state = f"第 {programme.version} 版" if found.now else "没有变化"
    place = f"{one_line(programme.document)} {one_line(programme.clause)}".strip()
    return f"{programme.id}  {one_line(programme.name)}  {cells} 项  {state}  （{place}）"


def proposal_json(found: Proposal) -> str:
    """The same for a program, whole."""
    programme = found.now or found.read
    said = programme.model_dump(mode="json", exclude_defaults=True)
    return json.dumps({"new": found.now is not None, **said}, ensure_ascii=False)


def entry(programme: Programme, standings: Standings) -> dict[str, Any]:
    """One programme in the list, with how many of its cells are signed, proposed and to be looked
    at."""
    states = [standings.of(cell).state for _, _, cell in programme.cells()]
    about = ("id", "version", "kind", "name", "document", "clause", "region", "issuer")
    return {
        **programme.model_dump(include={*about, "valid_from", "valid_to"}),
        "ended": standings.ended(programme),
        **{state: states.count(state) for state in ("signed", "proposed", "review")},
    }


def entry_text(said: dict[str, Any]) -> str:
    """The same in a line."""
    ended = f"  {said['ended']}" if said["ended"] else ""
    counts = f"已签 {said['signed']}  未签 {said['proposed']}  待核 {said['review']}"
    place = "  ".join(filter(None, (said["region"], said["issuer"])))
    name = one_line(said["name"])
    return (
        f"{said['id']}  v{said['version']}  {KINDS[said['kind']]}  {name}  {place}  {counts}{ended}"
    )


def shown(programme: Programme, standings: Standings) -> dict[str, Any]:
    """A programme with all its cells, each with its label, its words and what it is worth."""
    cells = []
    for field, number, cell in programme.cells():
        standing = standings.of(cell)
        said = cell.model_dump(mode="json", exclude_defaults=True)
        state = {"state": standing.state, "because": standing.because}
        cells.append(
            {"field": field, "label": FIELDS[field], "place": place_of(field, number)}
            | said
            | state
        )
    return {**entry(programme, standings), "cells": cells}


def shown_text(said: dict[str, Any]) -> str:
    """The same for a person."""
    term = "至".join(filter(None, (said["valid_from"], said["valid_to"])))
    head = [entry_text(said), f"依据：{one_line(said['document'])} {one_line(said['clause'])}"]
    lines = [f"有效期：{term}"] if term else []
    names = {"signed": "已签", "proposed": "未签", "review": "待核"}
    for cell in said["cells"]:
        signed = cell.get("signed", {})
        by = (
            f"，{one_line(signed['by'])} {signed['time'][:10]}" if cell["state"] == "signed" else ""
        )
        why = f"：{cell['because']}" if cell["state"] == "review" else ""
        lines.append(
            f"{cell['label']}：{_short(cell['text'])}  〔{names[cell['state']]}{by}{why}〕"
        )
    return "\n".join([*head, *lines])


def finding_text(found: Finding) -> str:
    """One line."""
    place = f" {one_line(found.place)}" if found.place else ""
    where = f":{found.place}" if found.ailment == "invalid" and found.place else place
    return (
        f"{AILMENTS[found.ailment]}  {one_line(found.programme)}{where}：{one_line(found.because)}"
    )


def difference_text(found: Difference) -> str:
    """One line, or two where something was changed."""
    label = FIELDS.get(found.field, found.field)
    if found.change != "changed":
        return f"{CHANGES[found.change]}  {label}：{_short(found.old or found.new)}"
    return f"改动  {label}：{_short(found.old)}\n      → {_short(found.new)}"


def touched_text(source: str, cells: Sequence[Touched]) -> str:
    """A line for the file and one for each cell, with what stood there and what stands there."""
    lines = [f"{one_line(source)}  {len(cells)} 格"]
    for each in cells:
        name = one_line(each.programme.name)
        lines.append(f"    {name} {each.place}（{each.programme.id}）：{one_line(each.because)}")
        lines.append(f"        原来 {_short(each.was)}")
        if each.now:
            lines.append(f"        现在 {_short(each.now)}")
    return "\n".join(lines)


def touched_json(source: str, cells: Sequence[Touched]) -> str:
    """The same for a program."""
    said = [
        {
            "programme": each.programme.id,
            "field": each.field,
            "number": each.number,
            "was": each.was,
            "now": each.now,
            "because": each.because,
        }
        for each in cells
    ]
    return json.dumps({"source": source, "cells": said}, ensure_ascii=False)


def coverage_text(found: Coverage) -> str:
    """A line for the document and one for each rule that stands in no cell."""
    title = found.document.metadata.title or found.document.source
    head = (
        f"{one_line(found.document.source)}  《{one_line(title)}》  {found.covered}/{found.rules}"
    )
    left = [
        f"    {each.rule.start}–{each.rule.end}  {_short(each.quote)}" for each in found.uncovered
    ]
    return "\n".join([head, *left])


def coverage_json(found: Coverage) -> str:
    """The same for a program."""
    left = [
        {"start": each.rule.start, "end": each.rule.end, "quote": each.quote}
        for each in found.uncovered
    ]
    said = {"source": found.document.source, "covered": found.covered, "rules": found.rules}
    return json.dumps({**said, "uncovered": left}, ensure_ascii=False)


Write = Callable[[Sequence[str]], object]


@contextmanager
def table_at(place: str) -> Iterator[Write]:
    """Writes the lines of a table into a new file, or to standard output for `-`.

    Raises:
        RegisterError: the file is there already, or cannot be written.
    """
    if place == "-":
        yield csv.writer(sys.stdout, lineterminator="\n").writerow
        return
    try:
        with open(place, "x", encoding="utf-8-sig", newline="") as file:  # as Excel reads it
            yield csv.writer(file).writerow
    except FileExistsError as error:
        raise RegisterError(f"{place} 已经存在，请换一个文件名") from error
    except OSError as error:
        raise RegisterError(f"写不进 {place}：{error.strerror}") from error


def written(table: Table, engine: Engine, write: Write) -> Summary:
    """Write what follows for each person, and count it."""
    summary = Summary()
    write(COLUMNS)
    for found in matched(table, engine):
        summary.add(found)
        for row in rows_of(found):
            write([safe(cell) for cell in row])
    return summary


def summary_text(summary: Summary) -> str:
    """How many people each programme is due to, and which cells could not be read."""
    lines = [f"{summary.people} 人，{len(summary.words)} 项；自测，不是认定。"]
    for name, words in summary.words.items():
        counts = "  ".join(f"{word} {words[word]}" for word in ("符合", "不符合", "还差"))
        lines.append(f"{one_line(summary.names[name])}（{name}）  {counts}")
    lines += [one_line(f"看不懂 {each}") for each in summary.wrong]
    return "\n".join(lines)


def _short(text: str) -> str:
    words = one_line(" ".join(text.split()))
    return words if len(words) <= MAX_SHOWN else words[: MAX_SHOWN - 1] + "…"
