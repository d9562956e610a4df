"""Ablations: a list of settings, each asked beside the product.

[[variant]]
name = "no-title"
settings = { "ranking.title" = 0 }

[[variant]]
name = "long-passages"
index = ".policyqa/long"      # made beforehand; for a data set that brings no corpus
"""

from pathlib import Path

from pydantic import Field

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.runs import toml_files
from policyqa.index.types import Value
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.errors import SettingsError
from policyqa.qa.settings import Settings


class Variant(Value):
    """One line of the list. `settings` are named as in `qa.settings.changed`."""

    name: str = Field(pattern=r"^[\w][\w.\-]{0,39}$")
    settings: dict[str, bool | int | float | str] = Field(default_factory=dict)
    index: Path | None = None


class _List(Value):
    variant: tuple[Variant, ...] = Field(min_length=1)


def read(path: Path) -> tuple[Variant, ...]:
    """The variants of a file.

    Raises:
        SettingsError: it cannot be read, is no list of variants, or names one twice.
    """
    variants = toml_files.read(path, _List, SettingsError).variant
    names = [variant.name for variant in variants]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SettingsError(f"{path}: 名字 {min(twice)} 用了两次")
    return variants


def opened(variant: Variant, product: Assistant, dataset: Dataset) -> tuple[Assistant, Settings]:
    """The assistant of a variant, over the product's index where that serves, and its settings.

    Raises:
        SettingsError: a setting is unknown or out of bounds. Others as `qa.wiring`.
    """
    base = configuration.load()
    settings = configuration.changed(base, variant.settings)
    if variant.index is not None:
        return wiring.open_assistant(variant.index, settings=settings), settings
    if settings.model == base.model and settings.index == base.index:
        return wiring.varied(product, settings), settings
    if dataset.corpus is not None:
        return wiring.open_collection(dataset.corpus, settings=settings), settings
    return wiring.open_assistant(settings.index, settings=settings), settings
