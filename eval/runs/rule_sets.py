"""The sets that rules are weighed on, each with the product whole and without each rule."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from policyqa.eval.judge import dataset as datasets
from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.runs.rules import RememberingEmbedder, remembering
from policyqa.eval.sets import readings
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.errors import DatasetError

OWN = Path("eval/datasets")
OWN_SETS = ("seeds", "followups", "composed", "domain-dev")
OUTSIDE = "policy_reading"


def opened_sets(
    rules: Sequence[str], names: Sequence[str] | None, shared: Path, limit: int | None
) -> Iterator[tuple[Dataset, Mapping[str, Assistant]]]:
    """Each set with the whole product under "" and the product without each rule.

    Args:
        rules: names of `qa.rules`.
        names: of the sets; all that are there when None.
        shared: the folder of the questions on real policies, which lie outside the project.
        limit: at most so many questions of each.

    Raises:
        DatasetError: a set is not there. Others as `qa.wiring`.
    """
    there = [*OWN_SETS, *([OUTSIDE] if (shared / "data" / OUTSIDE).is_dir() else [])]
    for name in names or there:
        if name not in there:
            raise DatasetError(f"没有题集 {name}，可用：{'、'.join(there)}")
        dataset, folder = _loaded(name, shared, limit)
        yield dataset, _without_each(_opened(dataset, folder), rules)


def _loaded(name: str, shared: Path, limit: int | None) -> tuple[Dataset, Path | None]:
    """The questions, and the folder of the documents that they are asked of where it is not the
    office's own."""
    if name == OUTSIDE:
        chosen = readings.load(shared / "data" / OUTSIDE)
        return chosen.model_copy(update={"queries": chosen.queries[:limit]}), shared / "policies"
    split = None if name.endswith("-dev") else "dev"
    dataset = datasets.load(OWN / name, split=split, limit=limit)
    own = OWN / name / "documents"
    return dataset, own if own.is_dir() else None


def _opened(dataset: Dataset, folder: Path | None) -> Assistant:
    if dataset.corpus is not None:
        return wiring.open_collection(dataset.corpus)
    if folder is None:
        return wiring.open_assistant()
    place = configuration.load().cache / "sets" / dataset.name
    if dataset.name == OUTSIDE:
        folder = readings.documents(readings.load(folder.parent / "data" / OUTSIDE), folder, place)
    wiring.build_index(folder, place.with_name(f"{place.name}-index"))
    return wiring.open_assistant(place.with_name(f"{place.name}-index"))


def _without_each(product: Assistant, rules: Sequence[str]) -> dict[str, Assistant]:
    settings = configuration.load()
    embedder = RememberingEmbedder(product.embedder)
    second = remembering(wiring.reading_stage(settings))

    def without(*names: str) -> Assistant:
        weights = settings.ranking.model_dump()
        return Assistant(product.index, embedder, weights, settings.answer, second, without=names)

    return {"": without(), **{rule: without(rule) for rule in rules}}
