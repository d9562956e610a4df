"""Options that several commands have, and what they open."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policyqa.eval.judge.dataset import Dataset
    from policyqa.qa.assistant import Assistant

DatasetOption = Annotated[
    Path,
    typer.Option(
        "--dataset",
        help="数据集文件夹，内有 queries.jsonl，可有 qrels.tsv、corpus.jsonl；或 BEIR 的",
    ),
]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="索引文件夹；数据集自带 corpus.jsonl 时不用")
]
SplitOption = Annotated[str | None, typer.Option("--split", help="只用这一部分问题，如 dev")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="只用前几个问题")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]
RunsOption = Annotated[Path | None, typer.Option("--runs", help="存放各次运行的文件夹，默认按设置")]


def runs_folder(given: Path | None) -> Path:
    """Where runs are kept: as given, else by the settings."""
    from policyqa.qa import settings

    return given or settings.load().runs


def set_of(given: str) -> tuple[str, "Dataset"]:
    """Name and questions of a set given as a folder, or as folder:split.

    Raises:
        DatasetError: as `eval.judge.dataset.load`.
    """
    from policyqa.eval.judge.dataset import load

    folder, _, split = given.partition(":")
    name = Path(folder).name
    return f"{name}-{split}" if split else name, load(Path(folder), split=split or None)


def opened(dataset: "Dataset", index_dir: Path | None) -> "Assistant":
    """What answers a data set: its own collection, else the index; told on stderr what of the
    set's sources is not there.

    Raises:
        DatasetError: the index is of another corpus. Others as `qa.wiring`.
    """
    from policyqa.qa import wiring
    from policyqa.qa.cli import present

    if dataset.corpus is not None:
        with present.progress() as progress:
            return wiring.open_collection(dataset.corpus, progress=progress)
    from policyqa.eval.sets.lint import check_corpus

    assistant = wiring.open_assistant(index_dir)
    missing = check_corpus(dataset, assistant.corpus.documents())
    if missing:
        warn(f"索引里没有数据集所判的 {len(missing)} 份文件，如 {missing[0]}（policyqa eval lint）")
    return assistant


def warn(line: str) -> None:
    """One line on stderr that stops nothing."""
    from policyqa.qa.cli.present import one_line

    typer.echo(f"policyqa: {one_line(line)}", err=True)
