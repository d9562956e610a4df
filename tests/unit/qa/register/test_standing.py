"""What a cell is worth: signed, proposed, or to be looked at again."""

import pytest

from policyqa.qa.register.standing import Standings
from policyqa.qa.register.types import Cell, Programme
from tests.programmes import DAY, HOUSING, office, programmes, signed

PROPOSED = programmes(office())[0]
SIGNED = signed(PROPOSED)


def money(programme: Programme) -> Cell:
    return programme.benefits[0]


def state(cell: Cell, text: str = HOUSING, day: str = DAY) -> str:
    return Standings(office(text), day).of(cell).label


def test_a_cell_is_signed_or_not() -> None:
    assert state(money(SIGNED)) == "已签"
    assert state(money(PROPOSED)) == "未签"


def test_who_changes_a_signed_cell_takes_the_signature_off() -> None:
    changed = money(SIGNED).model_copy(update={"text": "博士一次性给予购房补贴20万元。"})
    standing = Standings(office(), DAY).of(changed)
    assert (standing.state, standing.because) == ("proposed", "签过以后又有改动")


def test_words_that_have_moved_in_their_document_stay_signed() -> None:
    text = HOUSING.replace("第一条 为", "第一条 为进一步")
    standing = Standings(office(text), DAY).of(money(SIGNED))
    assert standing.state == "signed"
    assert standing.document
    assert standing.span
    assert standing.document.text[slice(*standing.span)] == money(SIGNED).quote.text


@pytest.mark.parametrize(
    ("text", "day", "because"),
    [
        (HOUSING.replace("15万元", "12万元"), DAY, "原文已改动"),
        (HOUSING, "2028-01-01", "有效期至2027-12-31，已过"),
    ],
)
def test_words_that_have_changed_or_expired_are_to_be_looked_at(
    text: str, day: str, because: str
) -> None:
    standing = Standings(office(text), day).of(money(SIGNED))
    assert (standing.label, standing.because) == ("待核", because)


def test_a_withdrawn_document_takes_its_cells_along() -> None:
    standing = Standings(office().without(["housing.txt"]), DAY).of(money(SIGNED))
    assert (standing.label, standing.because) == ("待核", "原文件已不在库中")


def test_another_quote_under_the_same_link_does_not_stand() -> None:
    quote = money(SIGNED).quote.model_copy(update={"text": "博士一次性给予购房补贴90万元。"})
    assert state(money(SIGNED).model_copy(update={"quote": quote})) == "待核"


def test_a_programme_ends_with_its_last_day() -> None:
    standings = Standings(office(), "2027-12-31")
    assert standings.ended(SIGNED) == ""
    assert Standings(office(), "2028-01-01").ended(SIGNED) == "已于2027-12-31到期"
