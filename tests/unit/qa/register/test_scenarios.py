"""Each scenario of `tests/register`: a profile, the verdict, the conditions that decide it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policyqa.qa.eligibility.replies import key_of
from policyqa.qa.register.answering import fact_of, reply_of
from policyqa.qa.register.checking import Engine, Profile
from policyqa.qa.register.examining import coverage, lint
from policyqa.qa.register.standing import Standings
from tests.programmes import DAY, completed, office, programmes, signed

FOLDER = Path(__file__).parents[3] / "register"
SMALL = office()
LARGE, SHELF = completed()


class Scenario(NamedTuple):
    """One person for one programme, as a file has it."""

    programme: str
    name: str
    said: dict[str, Any]


@cache
def engines(day: str) -> tuple[Engine, Engine]:
    """Both offices' on one day."""
    read = [signed(each) for each in programmes(SMALL)]
    return Engine(read, Standings(SMALL, day)), Engine(SHELF.programmes, Standings(LARGE, day))


def scenarios() -> list[Scenario]:
    return [
        Scenario(path.stem, name, said)
        for path in sorted(FOLDER.glob("*.toml"))
        for name, (said,) in tomllib.loads(path.read_text("utf-8")).items()
    ]


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda each: f"{each.programme}-{each.name}")
def test_scenario(scenario: Scenario) -> None:
    said = scenario.said
    assert set(said) <= {"day", "tells", "says", "verdict", "fails", "open", "gap", "sums"}
    facts = [fact_of(name, value) for name, value in said["tells"].items()]
    replies = {key_of(words): reply_of(answer) for words, answer in said.get("says", {}).items()}
    profile = Profile(tuple(fact for fact in facts if fact), replies)
    every = (v for e in engines(said.get("day", DAY)) for v in e.verdicts(profile))
    found = next((v for v in every if v.programme.name == scenario.programme), None)
    assert (found.word if found else "到期") == said["verdict"]
    if found is None:
        return
    assert [point.words for point in found.failed] == said.get("fails", [])
    assert [point.words for point in found.open] == said.get("open", [])
    if "gap" in said:
        assert said["gap"] in [point.gap for point in found.failed]
    if "sums" in said:
        assert [benefit.amount for benefit in found.benefits] == said["sums"]


def test_twelve_programmes_have_ten_of_them_each() -> None:
    held = [each.programme for each in scenarios()]
    names = [each.programme.name for engine in engines(DAY) for each in engine.checked]
    assert len(names) == 12
    assert {name: held.count(name) for name in held} == dict.fromkeys(names, 10)


def test_the_register_of_the_larger_office_is_complete_and_signed() -> None:
    standings = Standings(LARGE, DAY)
    assert lint(SHELF, standings) == []
    cells = [cell for programme in SHELF.programmes for _, _, cell in programme.cells()]
    assert {standings.of(cell).state for cell in cells} == {"signed"}
    covered = coverage(LARGE, SHELF.programmes)
    assert [each.quote for found in covered for each in found.uncovered] == []
