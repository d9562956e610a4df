"""The register looked over: what is wrong, what differs, what no cell covers."""

from decimal import Decimal

from policyqa.qa.register.examining import Finding, coverage, differences, lint
from policyqa.qa.register.shelf import Fault, Shelf
from policyqa.qa.register.standing import Standings
from tests.programmes import DAY, HOUSING, office, programmes, signed

CORPUS = office()
BUYING, RENTING, SKILLED = (signed(each) for each in programmes(CORPUS))


def test_a_sound_register_has_nothing_to_look_at() -> None:
    assert lint(Shelf(versions=(BUYING, RENTING, SKILLED)), Standings(CORPUS, DAY)) == []


def test_everything_that_is_wrong_is_found() -> None:
    cell = BUYING.benefits[0].model_copy(update={"text": "博士20万元"})
    barred = BUYING.exclusions[0].model_copy(update={"others": ("gone",)})
    changed = {"benefits": (cell, *BUYING.benefits[1:]), "exclusions": (barred,)}
    shelf = Shelf(
        versions=(BUYING.model_copy(update=changed), RENTING),
        faults=(Fault(file="x.v1.toml", line=7, reason="version 应为整数"),),
    )
    standings = Standings(office(HOUSING.replace("1000元", "900元")), DAY)
    assert lint(shelf, standings) == [
        Finding("invalid", "x.v1.toml", "7", "version 应为整数"),
        Finding("unsealed", BUYING.id, "待遇 1", "签过以后又有改动"),
        Finding("unsealed", BUYING.id, "不可兼得 1", "签过以后又有改动"),
        Finding("unknown", BUYING.id, "不可兼得 1", "gone"),
        Finding("review", RENTING.id, "待遇 1", "原文已改动"),
    ]
    later = lint(Shelf(versions=(SKILLED, RENTING)), Standings(CORPUS, "2028-01-01"))
    assert later[0] == Finding("ended", RENTING.id, "", "已于2027-12-31到期")


def test_two_of_one_name_that_say_different_things_are_a_conflict() -> None:
    paid = BUYING.benefits[0].model_copy(update={"amount": 1})
    other = BUYING.model_copy(update={"id": "other", "benefits": (paid,)})
    elsewhere = other.model_copy(update={"region": "渝北区"})
    over = other.model_copy(update={"valid_from": "2028-01-01", "valid_to": ""})
    for two, found in ((other, 1), (elsewhere, 0), (over, 0)):
        shelf = Shelf(versions=(BUYING, two))
        conflicts = [f for f in lint(shelf, Standings(CORPUS, DAY)) if f.ailment == "conflict"]
        assert len(conflicts) == found
    (only,) = (
        f for f in lint(Shelf(versions=(BUYING, other)), Standings(CORPUS, DAY))
        if f.ailment == "conflict"
    )  # fmt: skip
    assert only == Finding("conflict", BUYING.id, "待遇", "与 other 同名，待遇不同")


def test_versions_differ_by_what_their_cells_say_and_not_by_who_signed() -> None:
    assert differences(BUYING, programmes(CORPUS)[0]) == []
    dearer = BUYING.benefits[0].model_copy(update={"amount": Decimal(200_000)})
    new = BUYING.model_copy(
        update={
            "valid_to": "2026-12-31",
            "benefits": (dearer, BUYING.benefits[1]),
            "materials": BUYING.materials[:2],
        }
    )
    assert [tuple(each) for each in differences(BUYING, new)] == [
        ("changed", "valid_to", "2027-12-31", "2026-12-31"),
        ("changed", "benefits", "博士一次性给予购房补贴15万元。（150000元）",
         "博士一次性给予购房补贴15万元。（200000元）"),
        ("removed", "materials", "社会保险缴费证明", ""),
    ]  # fmt: skip


def test_one_cell_for_another_is_a_change() -> None:
    """The list that the other cell was taken from was emptied before it was read."""
    other = BUYING.materials[0].model_copy(
        update={"quote": BUYING.materials[1].quote, "text": "甲"}
    )
    old = BUYING.model_copy(update={"materials": BUYING.materials[:1]})
    new = BUYING.model_copy(update={"materials": (other,)})
    assert [tuple(each) for each in differences(old, new)] == [
        ("changed", "materials", "身份证复印件", "甲")
    ]


def test_rules_that_stand_in_no_cell_are_counted_by_document() -> None:
    housing, skills = coverage(CORPUS, [BUYING])
    assert (housing.covered, housing.rules) == (1, 2)
    assert housing.uncovered[0].quote.startswith(
        "申请人应当同时符合下列条件：\n（一）年龄不超过35周岁"
    )
    assert (skills.covered, skills.rules) == (0, 1)
    assert [(c.covered, c.rules) for c in coverage(CORPUS, [BUYING, RENTING, SKILLED])] == [
        (2, 2), (1, 1),
    ]  # fmt: skip
