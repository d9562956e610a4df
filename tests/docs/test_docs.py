"""Documentation that cannot drift: what a user can set or run stands where it is looked for."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from policyqa.eval.commands import register as register_eval
from policyqa.qa import settings
from policyqa.qa.cli.commands import app
from policyqa.ui.commands import register as register_ui

ROOT = Path(__file__).parents[2]
PACKAGES = ("index", "qa", "ui", "eval")


def commands() -> dict[str, str]:
    """Every command as it is typed, `policyqa documents list`, with the room it belongs to."""
    whole = typer.Typer()
    for group in app.registered_groups:
        whole.add_typer(group.typer_instance, name=group.name)
    whole.registered_commands += app.registered_commands
    for register in (register_eval, register_ui):
        register(whole)
    return dict(_named(typer.main.get_command(whole), "policyqa"))


def _named(command: Any, path: str) -> list[tuple[str, str]]:
    inner = getattr(command, "commands", {})
    inside = [pair for key, part in inner.items() for pair in _named(part, f"{path} {key}")]
    if inner and not command.invoke_without_command:
        return inside
    return [(path, command.callback.__module__.split(".")[1]), *inside]


def read(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def test_the_commands_are_those_of_the_contract() -> None:
    # A command that is missing here is missing from every test below.
    assert commands().items() >= {
        "policyqa index": "qa", "policyqa ask": "qa", "policyqa settings": "qa",
        "policyqa documents list": "qa", "policyqa documents show": "qa",
        "policyqa serve": "ui", "policyqa eval": "eval", "policyqa bench": "eval",
        "policyqa eval run": "eval", "policyqa eval compare": "eval",
        "policyqa eval lint": "eval", "policyqa eval new": "eval", "policyqa eval gate": "eval",
    }.items()  # fmt: skip


def test_every_command_is_in_the_readme_of_its_room() -> None:
    missing = {
        command
        for command, room in commands().items()
        if not re.search(rf"{re.escape(command)}(?![\w-])", read(f"{room}/README.md"))
    }
    assert missing == set()


def test_the_readme_names_no_command_that_is_not_there() -> None:
    known = commands()
    typed = re.findall(r"(?:^|[`/])(policyqa(?: [a-z]+)+)", read("README.md"), re.M)
    assert len(typed) >= 8
    assert {command for command in typed if command not in known} == set()


def test_every_setting_is_printed_by_the_command_with_its_meaning() -> None:
    said = CliRunner().invoke(app, ["settings"])
    assert said.exit_code == 0
    lines = dict(line.split(maxsplit=1) for line in said.output.splitlines())
    assert set(lines) == set(settings.names())
    for name, meaning in settings.names().items():
        assert lines[name].startswith(f"{meaning}；默认 "), name
    assert "policyqa settings" in read("README.md")


def test_the_short_list_of_settings_says_what_they_mean() -> None:
    listed = dict(re.findall(r"^- `(POLICYQA_\w+)`：(.+)$", read("README.md"), re.M))
    assert len(listed) >= 5
    assert listed == {name: settings.names().get(name) for name in listed}


@pytest.mark.parametrize("folder", ["", *PACKAGES])
def test_no_readme_names_a_setting_that_is_not_read(folder: str) -> None:
    named = set(re.findall(r"POLICYQA_[A-Z_]*[A-Z]", read(f"{folder}/README.md".lstrip("/"))))
    assert named - {"POLICYQA_SCREENSHOTS"} <= set(settings.names())  # that one is of the tests


def test_words_come_before_tables_and_one_screen_before_the_details() -> None:
    lines = read("README.md").splitlines()
    table = next(i for i, line in enumerate(lines) if line.startswith("|"))
    details = lines.index("## 文件")
    assert details < table
    assert details <= 70


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_that_a_readme_names_are_there(package: str) -> None:
    text = read(f"{package}/README.md")
    rooms = "|".join(p.name for p in (ROOT / package).iterdir() if (p / "__init__.py").exists())
    named = set(re.findall(rf"`((?:{rooms})/[a-z_/]+)`", text))
    assert len(named) >= 5
    here = [name.removesuffix("/") for name in named]
    gone = [n for n in here if not ((ROOT / package / n).exists() or _module(package, n).exists())]
    assert gone == []


def _module(package: str, name: str) -> Path:
    return ROOT / package / f"{name}.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_a_readme_with_its_decisions(package: str) -> None:
    text = read(f"{package}/README.md")
    assert re.search(r"^#+ .*(Decisions|决定)", text, re.M)
    assert re.search(r"20\d\d-\d\d-\d\d", text)


@pytest.mark.parametrize("folder", ["", *PACKAGES, "eval/results"])
def test_links_lead_somewhere(folder: str) -> None:
    links = re.findall(
        r"\]\((?!https?:|#|mailto:)([^)#\s]+)", read(f"{folder}/README.md".lstrip("/"))
    )
    assert [link for link in links if not (ROOT / folder / link).exists()] == []


def test_every_room_is_in_the_package_that_is_built() -> None:
    """An editable install does not notice one that is missing. What trains stays at home."""
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    rooms = {
        ".".join(("policyqa", *path.parent.relative_to(ROOT).parts))
        for package in ("index", "qa", "ui", "eval")
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert rooms - set(built["packages"]) == {"policyqa.eval.train"}
    for weights in (ROOT / "qa").rglob("*.safetensors"):
        place = weights.relative_to(ROOT / "qa")
        globs = built["package-data"]["policyqa.qa"]
        assert any(fnmatch(str(place), pattern) for pattern in globs)


def test_no_folder_of_tests_is_left_out(request: pytest.FixtureRequest) -> None:
    """`build` would be, unless it is said otherwise: its tests had not run for some time."""
    left_out = request.config.getini("norecursedirs")
    folders = {path.name for path in (ROOT / "tests").rglob("*") if any(path.glob("test_*.py"))}
    assert "build" in folders
    assert [f for f in folders for pattern in left_out if fnmatch(f, pattern)] == []
