"""The `bench` command: speeds as ratios."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyqa.eval.options import DatasetOption, IndexOption, JsonOption, LimitOption, opened

if TYPE_CHECKING:
    from policyqa.eval.judge.dataset import Dataset


def bench_command(
    dataset: DatasetOption,
    limit: LimitOption = None,
    index_dir: IndexOption = None,
    as_json: JsonOption = False,
    indexing: Annotated[
        bool, typer.Option("--indexing", help="改测建索引的速度：与只做向量之比")
    ] = False,
    updating: Annotated[
        bool, typer.Option("--updating", help="改测更新的速度：改动一份文件与全部重建之比")
    ] = False,
    sizes: Annotated[
        str, typer.Option("--sizes", help="改测规模：由现有词语和向量造出这么多段，如 10k,100k,1m")
    ] = "",
    plot: Annotated[
        Path | None, typer.Option("--plot", help="把各规模的代价画成 SVG，写进这个文件")
    ] = None,
) -> None:
    """测提问的速度：单独嵌入问题、整个回答，以及二者之比。"""
    from policyqa.eval.bench.benchmark import asking_speed
    from policyqa.eval.judge import dataset as datasets
    from policyqa.eval.judge.evaluate import question_of

    if indexing:
        _bench_indexing(as_json)
        return
    loaded = datasets.load(dataset, limit=limit)
    if updating:
        _bench_updating(loaded, as_json)
        return
    if sizes:
        _bench_sizes(loaded, index_dir, sizes, plot, as_json)
        return
    assistant = opened(loaded, index_dir)
    questions = [question_of(query) for query in loaded.queries]
    speed = asking_speed(assistant.embedder.encode_query, assistant.ask, questions)
    if as_json:
        typer.echo(speed.model_dump_json())
        return
    typer.echo(
        f"{speed.n} 个问题：单独嵌入 {speed.encode_query_p50_ms:.1f} 毫秒，"
        f"整个回答 {speed.ask_p50_ms:.1f} 毫秒（中位数），比值 {speed.ratio:.2f}。"
    )


def _bench_sizes(
    dataset: "Dataset", index_dir: Path | None, sizes: str, plot: Path | None, as_json: bool
) -> None:
    """Of the current index or `index_dir`; any questions will do."""
    from policyqa.eval.bench import growth
    from policyqa.eval.judge.evaluate import question_of
    from policyqa.qa import wiring
    from policyqa.qa.errors import SettingsError

    try:
        wanted = growth.sizes_of(sizes)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    assistant = wiring.open_assistant(index_dir)
    texts = [assistant.asked_of(question_of(query)).text for query in dataset.queries]
    found = []
    for size in wanted:
        found.append(growth.growth(assistant.index, assistant.embedder, texts, size))
        typer.echo(found[-1].model_dump_json(), err=not as_json)
    if not as_json:
        typer.echo(growth.table(found))
    if plot:
        plot.write_text(growth.plot(found), encoding="utf-8")


def _bench_indexing(as_json: bool) -> None:
    from tempfile import TemporaryDirectory

    from policyqa.eval.bench.benchmark import indexing_speed
    from policyqa.index.store import search_index
    from policyqa.index.structure.quotes import in_context
    from policyqa.qa import wiring

    embedder = wiring.embedder()
    embedder.encode_query("预热")
    with TemporaryDirectory() as folder:

        def index() -> int:
            return wiring.build_index(index=Path(folder)).passages

        def encode() -> int:
            stored = search_index.load(Path(folder), model=embedder.fingerprint)
            rows = zip(stored.document_of, stored.passages, strict=True)
            texts = [in_context(stored.documents[row], passage) for row, passage in rows]
            return len(embedder.encode_documents(texts))

        speed = indexing_speed(index, encode)
    if as_json:
        typer.echo(speed.model_dump_json())
        return
    typer.echo(
        f"{speed.passages} 段：建索引每秒 {speed.index_per_s:.1f} 段，"
        f"只做段落向量每秒 {speed.encode_per_s:.1f} 段，比值 {speed.ratio:.2f}。"
    )


def _bench_updating(dataset: "Dataset", as_json: bool) -> None:
    """The collection as a folder of text files, built, then one of them changed."""
    import json
    from tempfile import TemporaryDirectory

    from policyqa.eval.bench.benchmark import updating_speed
    from policyqa.qa import wiring
    from policyqa.qa.errors import DatasetError

    if dataset.corpus is None:
        raise DatasetError(f"{dataset.name} 没有 corpus.jsonl，测更新的速度需要一个文件集")
    wiring.embedder().encode_query("预热")
    lines = dataset.corpus.read_text(encoding="utf-8-sig").splitlines()
    with TemporaryDirectory() as folder:
        source, index = Path(folder) / "source", Path(folder) / "index"
        source.mkdir()
        for number, line in enumerate(lines):
            record = json.loads(line)
            text = f"{record.get('title') or ''}\n{record['text']}"
            (source / f"{number:06d}.txt").write_text(text, encoding="utf-8")
        middle = source / f"{len(lines) // 2:06d}.txt"

        def change() -> None:
            with middle.open("a", encoding="utf-8") as file:
                file.write("\n第九十九条 本办法自2026年1月1日起施行。\n")

        speed = updating_speed(lambda: wiring.build_index(source, index).documents, change)
    if as_json:
        typer.echo(speed.model_dump_json())
        return
    typer.echo(
        f"{speed.documents} 份文件：全部重建 {speed.full_s:.1f} 秒，"
        f"改动一份 {speed.update_s:.1f} 秒，占 {speed.share:.1%}。"
    )
