"""Each scenario of `tests/register`: a profile, the verdict, the conditions that decide it."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policyqa.qa.eligibility.replies import key_of
from policyqa.qa.register.answering import fact_of, reply_of
from policyqa.qa.register.checking import Engine, Profile
from policyqa.qa.register.standing import Standings
from tests.programmes import DAY, office, programmes, signed

FOLDER = Path(__file__).parents[3] / "register"
CORPUS = office()
ENGINE = Engine([signed(each) for each in programmes(CORPUS)], Standings(CORPUS, DAY))


class Scenario(NamedTuple):
    """One person for one programme, as a file has it."""

    programme: str
    name: str
    said: dict[str, Any]


def scenarios() -> list[Scenario]:
    return [
        Scenario(path.stem, name, said)
        for path in sorted(FOLDER.glob("*.toml"))
        for name, (said,) in tomllib.loads(path.read_text("utf-8")).items()
    ]


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda each: f"{each.programme}-{each.name}")
def test_scenario(scenario: Scenario) -> None:
    said = scenario.said
    assert set(said) <= {"tells", "says", "verdict", "fails", "open", "gap", "sums"}
    facts = [fact_of(name, value) for name, value in said["tells"].items()]
    replies = {key_of(words): reply_of(answer) for words, answer in said.get("says", {}).items()}
    profile = Profile(tuple(fact for fact in facts if fact), replies)
    (found,) = (v for v in ENGINE.verdicts(profile) if v.programme.name == scenario.programme)
    assert found.word == said["verdict"]
    assert [point.words for point in found.failed] == said.get("fails", [])
    assert [point.words for point in found.open] == said.get("open", [])
    if "gap" in said:
        assert said["gap"] in [point.gap for point in found.failed]
    if "sums" in said:
        assert [benefit.amount for benefit in found.benefits] == said["sums"]


def test_every_programme_has_ten_of_them() -> None:
    held = [each.programme for each in scenarios()]
    assert {name: held.count(name) for name in held} == {
        each.programme.name: 10 for each in ENGINE.checked
    }
