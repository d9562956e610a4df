"""The `eval` commands; loaded, with `bench`, through the entry point group `policyqa.commands`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyqa.eval.bench.command import bench_command
from policyqa.eval.options import (
    DatasetOption,
    IndexOption,
    JsonOption,
    LimitOption,
    RunsOption,
    SplitOption,
    opened,
    runs_folder,
    warn,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from policyqa.eval.judge.dataset import Dataset
    from policyqa.eval.judge.figures import Figures
    from policyqa.eval.runs.contest import Contestant
    from policyqa.eval.runs.readings import Figure
    from policyqa.eval.sets.lint import Corpus

PLACES = {"source", "index", "cache", "data", "runs", "store"}  # where things lie changes no figure

group = typer.Typer(
    help="用一套已知答案的问题评测检索、回答、引用和拒答。",
    invoke_without_command=True,
    add_completion=False,
)


def register(app: typer.Typer) -> None:
    """Add `eval` and `bench` to the command line."""
    app.add_typer(group, name="eval")
    app.command("bench")(bench_command)


@group.callback()
def evaluate_command(
    context: typer.Context,
    dataset: Annotated[
        Path | None, typer.Option("--dataset", help="数据集文件夹，内有 queries.jsonl")
    ] = None,
    as_json: JsonOption = False,
    report: Annotated[Path | None, typer.Option("--report", help="把报告写入这个文件夹")] = None,
    index_dir: IndexOption = None,
    split: SplitOption = None,
    limit: LimitOption = None,
) -> None:
    """用一套已知答案的问题评测检索、回答、引用和拒答；下面的命令保存、比较、检查。"""
    if context.invoked_subcommand is not None:
        if dataset is not None:
            raise typer.BadParameter(f"请把选项写在 {context.invoked_subcommand} 之后")
        return
    if dataset is None:
        raise typer.BadParameter("请用 --dataset 指定数据集文件夹")
    from policyqa.eval.judge.evaluate import evaluate
    from policyqa.eval.report import files as reports
    from policyqa.qa.cli import present

    loaded = _loaded(dataset, split, limit)
    if report is not None:
        reports.prepared(report)
    assistant = opened(loaded, index_dir)
    with present.progress() as progress:
        evaluation = evaluate(assistant, loaded, progress=progress)
    if report is not None:
        reports.write(report, evaluation)
    if as_json:
        typer.echo(evaluation.figures.model_dump_json())
    else:
        _print(evaluation.figures)


@group.command("run")
def run_command(
    dataset: DatasetOption,
    name: Annotated[str, typer.Option("--name", help="这次运行的名字，也是文件夹的名字")],
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            "--baseline", help="同时问的基线：bm25-words、bm25-bigrams、dense、rrf，可多次"
        ),
    ] = None,
    variants: Annotated[
        Path | None, typer.Option("--variants", help="消融：一个 TOML，列出名字和改动的设置")
    ] = None,
    split: SplitOption = None,
    limit: LimitOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="已有同名的就重做")] = False,
    runs: RunsOption = None,
    index_dir: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """评测并保存：指标、每题的命中与判定、设置、版本、机器；中断后用同样的命令接着做。"""
    from policyqa.eval.report import summary
    from policyqa.eval.runs import contest
    from policyqa.eval.runs.recorder import check_unfinished, checked_name
    from policyqa.qa.cli import present

    folder = runs_folder(runs) / checked_name(name)
    if not replace:
        check_unfinished(folder)
    loaded = _loaded(dataset, split, limit)
    contestants = _contestants(loaded, index_dir, baseline or [], variants)
    asking = contest.Asking(loaded, split, limit, folder.parent, name)
    with present.progress() as progress:
        kept = contest.hold(contestants, asking, replace=replace, progress=progress)
    if as_json:
        typer.echo(summary.contest_json(kept))
        return
    _print(kept[0].figures)
    if len(kept) > 1:
        typer.echo(summary.beside_table(kept))
    asks_s, whole_s = sum(run.info.asks_s for run in kept), kept[0].info.seconds
    cost = f"，是提问的 {whole_s / asks_s:.2f} 倍" if asks_s else ""
    typer.echo(
        f"已存入 {folder}：提问 {asks_s:.1f} 秒，连同判定、指标和报告 {whole_s:.1f} 秒{cost}"
        "（不计装入模型）。"
    )


@group.command("compare")
def compare_command(
    before: Annotated[str, typer.Argument(help="先前的运行：名字或文件夹")],
    after: Annotated[str, typer.Argument(help="后来的运行：名字或文件夹")],
    runs: RunsOption = None,
    show: Annotated[int, typer.Option("--show", min=0, help="列出几道变化的题")] = 20,
    as_json: JsonOption = False,
) -> None:
    """比较两次运行：每项指标的差与配对置换检验，变化的题目从变差最多的列起。"""
    from policyqa.eval.runs import recorder as kept
    from policyqa.eval.runs.comparison import compare

    folder = runs_folder(runs)
    found = compare(kept.load(kept.found(before, folder)), kept.load(kept.found(after, folder)))
    if as_json:
        typer.echo(found.model_dump_json())
        return
    from policyqa.eval.report.terminal import comparison_tables
    from policyqa.eval.report.wording import verdict

    _show(comparison_tables(found, show=show))
    typer.echo(verdict(found))


@group.command("table")
def table_command(
    names: Annotated[list[str], typer.Argument(help="几次运行：名字或文件夹")],
    runs: RunsOption = None,
) -> None:
    """把几次运行列成一张 Markdown 表。"""
    from policyqa.eval.report import summary
    from policyqa.eval.runs import recorder as kept

    folder = runs_folder(runs)
    typer.echo(summary.beside_table([kept.load(kept.found(name, folder)) for name in names]))


@group.command("new")
def new_command(
    folder: Annotated[Path, typer.Argument(help="新的数据集文件夹")],
    count: Annotated[int, typer.Option("--count", min=1, max=1000, help="起草几题")] = 20,
    index_dir: IndexOption = None,
) -> None:
    """起草一套题：从文件里抽句子，问题由人来写。"""
    from policyqa.eval.sets import drafts
    from policyqa.qa.cli import listing

    made = drafts.start(folder, listing.stored(index_dir), count=count)
    typer.echo(f"已起草 {made} 题：{folder / 'queries.jsonl'}，写法见 {folder / 'README.md'}。")


@group.command("lint")
def lint_command(
    dataset: DatasetOption,
    index_dir: IndexOption = None,
    split: SplitOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查一套题：依据还在不在文件里、有没有重复的题、答案在不在依据里。"""
    import json

    from policyqa.eval.judge import dataset as datasets
    from policyqa.eval.sets import lint
    from policyqa.qa.cli.present import one_line
    from policyqa.qa.errors import DatasetError

    loaded = datasets.load(dataset, split=split)
    found = lint.findings(loaded, _corpus(loaded, index_dir))
    for finding in found if not as_json else ():
        place = f":{finding.line}: {finding.id} " if finding.line else ": "
        typer.echo(one_line(f"{dataset / 'queries.jsonl'}{place}{finding.message}"))
    if as_json:
        typer.echo(json.dumps([finding.model_dump() for finding in found], ensure_ascii=False))
    elif not found:
        typer.echo(f"{len(loaded.queries)} 题，没有发现问题。")
    if any(finding.kind != "unknown_field" for finding in found):
        raise DatasetError(f"{loaded.name}：{len(found)} 处请处理")


@group.command("score")
def score_command(
    run: Annotated[
        Path, typer.Option("--run", help="TREC 的 run 文件：query Q0 doc rank score tag")
    ],
    qrels: Annotated[
        Path, typer.Option("--qrels", help="TREC 的 qrels 文件：query 0 doc relevance")
    ],
    as_json: JsonOption = False,
) -> None:
    """给别的系统的排名打分：TREC 的 run 与 qrels 文件。"""
    import json

    from policyqa.eval.runs import trec

    scores = trec.scores(trec.read_qrels(qrels), trec.read_run(run))
    if as_json:
        values = {k: {"value": s.value} | s.certainty.model_dump() for k, s in scores.items()}
        typer.echo(json.dumps(values))
        return
    for name, score in scores.items():
        known = score.certainty
        bounds = f"{known.low:.3f}–{known.high:.3f}"
        typer.echo(f"{name:<14} {score.value:.4f}（{bounds}，n={known.n}）")


@group.command("gate")
def gate_command(
    path: Annotated[Path, typer.Argument(help="下限文件")] = Path("eval/gate.toml"),
    index_dir: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查指标有没有低于下限，下限有没有无故调低；有就以 1 退出。"""
    import json

    from policyqa.eval.errors import GateError
    from policyqa.eval.judge.evaluate import evaluate
    from policyqa.eval.runs import floors as gates
    from policyqa.qa.cli import present

    gate = gates.read(path)
    loaded = _loaded(path.parent / gate.dataset, gate.split, None)
    with present.progress() as progress:
        figures = evaluate(opened(loaded, index_dir), loaded, progress=progress).figures
    verdicts = gates.verdicts(gate, figures)
    lowered = gates.lowered(gate, gates.earlier(path))
    if as_json:
        typer.echo(json.dumps([verdict.model_dump() for verdict in verdicts]))
    for verdict in verdicts if not as_json else ():
        value = "–" if verdict.value is None else f"{verdict.value:.4f}"
        mark = "达到" if verdict.holds else "低于下限"
        typer.echo(f"{verdict.figure:<28} {value} ≥ {verdict.floor:g} {mark}")
    failed = [verdict.figure for verdict in verdicts if not verdict.holds]
    if failed or lowered:
        under = [f"低于下限：{'、'.join(failed)}"] if failed else []
        raise GateError("；".join([*under, *lowered]))


@group.command("rules")
def rules_command(
    names: Annotated[
        list[str] | None, typer.Option("--rule", help="只看这几族规则，可多次；默认全部")
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="只用这几套题，可多次；默认全部")
    ] = None,
    shared: Annotated[
        Path, typer.Option("--shared", help="放着 data 和 policies 的文件夹；没有就不用")
    ] = Path("../shared"),
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """逐一关掉每族规则，看它在各套题上值多少：成对的差与 95% 区间。"""
    import json

    from policyqa.eval.runs import rules
    from policyqa.eval.runs.rule_sets import opened_sets
    from policyqa.qa.cli import present
    from policyqa.qa.rules import RULES, checked

    wanted = [name for name in RULES if name in checked(names or RULES)]
    found: list[rules.Worth] = []
    with present.progress() as progress:
        for dataset, assistants in opened_sets(wanted, sets, shared, limit):
            found += rules.worth(assistants, dataset, progress=progress)
    if as_json:
        typer.echo(json.dumps([each.model_dump() for each in found], ensure_ascii=False))
        return
    typer.echo(rules.table(found, RULES))


@group.command("verdicts")
def verdicts_command(
    folders: Annotated[
        list[Path] | None,
        typer.Option("--set", help="讲自己情况的题集文件夹，可多次；默认 eval/datasets/boundaries"),
    ] = None,
    index_dir: Annotated[
        Path | None,
        typer.Option("--index", help="这些题所问文件的索引；题集自带 documents 时不用"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """讲了自己情况的人得到什么：判断对错、起决定作用的条款、跨过界限时判断变不变。"""
    import json

    from policyqa.eval.runs import verdicts
    from policyqa.eval.sets import circumstances
    from policyqa.qa.cli import present

    found: dict[str, Mapping[str, Figure]] = {}
    rows: dict[str, list[verdicts.Ruled]] = {}
    for folder in folders or [Path("eval/datasets/boundaries")]:
        people = circumstances.load(folder)
        assistant = circumstances.opened(folder, index_dir)
        with present.progress() as progress:
            each = list(verdicts.rows(assistant, people, progress=progress))
        rows[folder.name] = each
        found[folder.name] = verdicts.figures(each)
    if as_json:
        shown = {name: {k: f.model_dump() for k, f in e.items()} for name, e in found.items()}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(f"{verdicts.table(found)}\n\n{verdicts.kinds(rows)}")


@group.command("register")
def register_command(
    folder: Annotated[
        Path, typer.Option("--set", help="写明政策的条件（programmes）和各人事实的题集文件夹")
    ],
    as_json: JsonOption = False,
) -> None:
    """条件都核对签过的登记册怎样判断各人：对、错，缺事实时是不是说还不能判断；不对的逐条列出。"""
    import json

    from policyqa.eval.runs import register
    from policyqa.eval.sets import circumstances

    found = list(register.rows(circumstances.load(folder), circumstances.schemes(folder)))
    figures = register.figures(found)
    if as_json:
        shown = {name: each.model_dump() for name, each in figures.items()}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo("\n".join([register.table(folder.resolve().name, figures), *register.amiss(found)]))


@group.command("cards")
def cards_command(
    labels: Annotated[Path, typer.Option("--set", help="标注的文件")] = Path(
        "eval/datasets/cards/test.jsonl"
    ),
    index: Annotated[Path | None, typer.Option("--index", help="索引文件夹")] = None,
    as_json: JsonOption = False,
) -> None:
    """从文件里读进登记册的，与人手写的办事卡片比：每一类读出的对不对，该读的读出多少。"""
    import json

    from policyqa.eval.runs import cards as run
    from policyqa.eval.sets import cards
    from policyqa.qa import wiring
    from policyqa.qa.cli import listing
    from policyqa.qa.corpus import Corpus

    corpus = Corpus.of(listing.stored(index))
    found = run.figures(list(run.compared(corpus, cards.load(labels), wiring.marker())))
    if as_json:
        shown = {name: {k: f.model_dump() for k, f in e.items()} for name, e in found.items()}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(run.table(found))


@group.command("documents")
def documents_command(
    folders: Annotated[list[Path], typer.Argument(help="原文件所在的文件夹，可多个")],
    labels_dir: Annotated[Path, typer.Option("--labels", help="人工标注的文件夹")] = Path(
        "eval/datasets/wild"
    ),
    part: Annotated[
        str | None,
        typer.Option("--part", help="只看这一部分，如 mend（照着改）、unseen（只在最后看）"),
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="列出读得不对的")] = False,
    scans: Annotated[bool, typer.Option("--scans/--no-scans", help="扫描页要不要识别")] = True,
    as_json: JsonOption = False,
) -> None:
    """文件读得怎样：对照人工标注，看题名、日期等信息，以及整句、表格行、标题、清单、杂质。"""
    import json

    from policyqa.eval.sets import documents
    from policyqa.index.read.extract import Limits

    for folder in (*folders, labels_dir):
        if not folder.is_dir():
            raise typer.BadParameter(f"没有这个文件夹：{folder}")
    try:
        labels = documents.load(labels_dir, part)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    done = documents.read(folders, labels, Limits(recognise_scans=scans))
    if as_json:
        shown = documents.stored(done, labels)
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(documents.report(done, labels, verbose=failed))
    typer.echo(documents.pace(done.seconds))


@group.command("clerk")
def clerk_command(
    folder: Annotated[
        Path, typer.Option("--set", help="题集文件夹，里面有 questions.jsonl")
    ] = Path("eval/datasets/clerk"),
    index_dir: Annotated[
        Path | None, typer.Option("--index", help="只问这个索引里有的文件；默认现用的索引")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """照人们的问法提问，看离一位好办事员的回答有多远；人工判断过的一并列出。"""
    import json

    from policyqa.eval.runs import clerk
    from policyqa.eval.sets import clerk as sets
    from policyqa.qa import wiring
    from policyqa.qa.cli import present
    from policyqa.qa.errors import DatasetError

    assistant = wiring.open_assistant(index_dir)
    held = {document.source for document in assistant.corpus.documents()}
    every = sets.load(folder)
    tasks = [task for task in every if task.source in held]
    if not tasks:
        raise DatasetError(f"索引里没有 {folder} 所问的文件，请用 --index 指定它们的索引")
    with present.progress() as progress:
        found = clerk.by_type(list(clerk.rows(assistant, tasks, progress=progress)))
    if as_json:
        shown = {name: {k: f.model_dump() for k, f in e.items()} for name, e in found.items()}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(f"共 {len(every)} 问，索引里有其文件的 {len(tasks)} 问。\n")
    typer.echo(clerk.table(found))
    ids = {task.id for task in tasks}
    judged = [each for each in sets.judgements(folder) if each.id in ids]
    if judged:
        typer.echo("\n" + clerk.judged_table(judged, tasks))


@group.command("conversations")
def conversations_command(
    folder: Annotated[
        Path, typer.Option("--set", help="对话题集的文件夹，里面有 conversations.jsonl")
    ],
    index_dir: Annotated[
        Path | None, typer.Option("--index", help="这些对话所问文件的索引；默认现用的索引")
    ] = None,
    part: Annotated[
        str, typer.Option("--part", help="按文件分的哪一份：train、tuning 或 test")
    ] = "test",
    written_out: Annotated[
        bool, typer.Option("--written-out", help="再把每一问写全了单独问一遍，作对照")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """对话里一问接一问：找没找对、依据说没说到、文件没写的有没有沉默。"""
    import json
    from typing import get_args

    from policyqa.eval.runs import conversations
    from policyqa.eval.sets import conversations as sets
    from policyqa.eval.sets.readings import Part
    from policyqa.qa import wiring
    from policyqa.qa.cli import present

    if part not in get_args(Part):
        raise typer.BadParameter(f"没有名为 {part} 的一份，可用：{'、'.join(get_args(Part))}")
    turns = sets.load(folder, parts=[each for each in get_args(Part) if each == part])
    assistant = wiring.open_assistant(index_dir)
    found = {}
    for full in (False, True) if written_out else (False,):
        with present.progress() as progress:
            each = list(conversations.rows(assistant, turns, written_out=full, progress=progress))
        found["写全了单独问" if full else "一问接一问"] = conversations.figures(each)
    if as_json:
        shown = {name: {k: f.model_dump() for k, f in e.items()} for name, e in found.items()}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(conversations.table(found))


def _loaded(folder: Path, split: str | None, limit: int | None) -> "Dataset":
    from policyqa.eval.judge import dataset as datasets

    loaded = datasets.load(folder, split=split, limit=limit)
    if loaded.ignored:
        warn(f"{folder / 'queries.jsonl'}: 不认识的字段 {'、'.join(loaded.ignored[:8])}，不起作用")
    return loaded


def _contestants(
    dataset: "Dataset", index_dir: Path | None, baselines: list[str], variants: Path | None
) -> list["Contestant"]:
    """The product first. What can be wrong of the lists is checked before anything is opened."""
    from policyqa.eval.runs import variants as ablations
    from policyqa.eval.runs.baselines import NAMES, Baseline
    from policyqa.eval.runs.contest import Contestant
    from policyqa.eval.runs.recorder import PRODUCT
    from policyqa.qa import settings as configuration
    from policyqa.qa.errors import SettingsError

    unknown = [name for name in baselines if name not in NAMES]
    if unknown:
        raise typer.BadParameter(f"没有名为 {unknown[0]} 的基线，可用：{'、'.join(NAMES)}")
    listed = ablations.read(variants) if variants else ()
    for variant in listed:
        if variant.name in (PRODUCT, *NAMES):
            raise SettingsError(f"{variants}: {variant.name} 是本来就有的名字，请换一个")
        configuration.changed(configuration.load(), variant.settings)
    product = opened(dataset, index_dir)
    settings = configuration.load().model_dump(mode="json", exclude=PLACES)
    found = [Contestant(PRODUCT, product, settings)]
    for name in NAMES:
        if name in baselines:
            found.append(Contestant(name, Baseline(name, product), settings))
    for variant in listed:
        assistant, changed = ablations.opened(variant, product, dataset)
        found.append(
            Contestant(variant.name, assistant, changed.model_dump(mode="json", exclude=PLACES))
        )
    return found


def _corpus(dataset: "Dataset", index_dir: Path | None) -> "Corpus":
    """What the set is checked against: its own collection, or the index without its model."""
    from policyqa.eval.sets.lint import Corpus

    if dataset.corpus is not None:
        assistant = opened(dataset, index_dir)
        return Corpus(assistant.index.documents, assistant.index.passages)
    from policyqa.qa.cli import listing

    stored = listing.stored(index_dir)
    return Corpus(stored.documents, stored.passages)


def _print(figures: "Figures") -> None:
    from policyqa.eval.report.terminal import tables

    _show(tables(figures))


def _show(tables: "Sequence[Table]") -> None:
    from rich.console import Console

    console = Console(markup=False, highlight=False)  # names of sets and types are not markup
    for table in tables:
        console.print(table)
