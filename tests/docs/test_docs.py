"""Documentation that cannot drift: what a user can set or run stands in the README."""

import re
from pathlib import Path

import pytest
import typer

from policyqa.eval.commands import register as register_eval
from policyqa.qa import settings
from policyqa.qa.cli.commands import app
from policyqa.ui.commands import register as register_ui

ROOT = Path(__file__).parents[2]
PACKAGES = ("index", "qa", "ui", "eval")


def commands() -> set[str]:
    """Every command as it is typed, `policyqa documents list`."""
    whole = typer.Typer()
    for group in app.registered_groups:
        whole.add_typer(group.typer_instance, name=group.name)
    whole.registered_commands += app.registered_commands
    for register in (register_eval, register_ui):
        register(whole)
    return set(_names(typer.main.get_command(whole), "policyqa"))


def _names(command: object, path: str) -> list[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        return [path]
    own = [path] if getattr(command, "invoke_without_command", False) else []
    return own + [name for key, part in inner.items() for name in _names(part, f"{path} {key}")]


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_commands_are_those_of_the_contract() -> None:
    # A command that is missing here is missing from every test below.
    assert commands() >= {
        "policyqa index", "policyqa ask", "policyqa serve", "policyqa eval", "policyqa bench",
        "policyqa documents list", "policyqa documents show", "policyqa eval run",
        "policyqa eval compare", "policyqa eval lint", "policyqa eval new", "policyqa eval gate",
    }  # fmt: skip


def test_every_command_is_in_the_readme(readme: str) -> None:
    missing = {c for c in commands() if not re.search(rf"{re.escape(c)}(?![\w-])", readme)}
    assert missing == set()


def test_every_setting_is_in_the_readme_with_its_meaning(readme: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", readme, re.M))
    assert {name: rows.get(name) for name in settings.names()} == settings.names()


def test_the_readme_names_no_setting_that_is_not_read(readme: str) -> None:
    named = set(re.findall(r"POLICYQA_[A-Z_]*[A-Z]", readme))
    assert named <= set(settings.names())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_a_readme_with_its_decisions(package: str) -> None:
    text = (ROOT / package / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^#+ .*(Decisions|决定)", text, re.M)
    assert re.search(r"20\d\d-\d\d-\d\d", text)


@pytest.mark.parametrize("folder", ["", *PACKAGES])
def test_links_lead_somewhere(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [link for link in links if not (ROOT / folder / link).exists()] == []
