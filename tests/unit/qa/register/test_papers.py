"""What several programmes ask for, put together."""

from policyqa.qa.register.papers import papers_of
from tests.programmes import office, programmes

BUYING, RENTING, SKILLED = programmes(office())


def test_a_paper_that_two_programmes_ask_for_stands_once() -> None:
    papers = papers_of((BUYING, RENTING, SKILLED))
    asked = {each.text: [programme.name for programme, _ in each.asked] for each in papers}
    assert asked == {
        "身份证复印件": [BUYING.name, RENTING.name],
        "学历学位证书": [BUYING.name],
        "社会保险缴费证明": [BUYING.name],
        "租赁合同": [RENTING.name],
    }


def test_copies_and_numbers_make_no_other_paper() -> None:
    cell = BUYING.materials[0]
    other = cell.model_copy(update={"text": "身份证（原件及复印件）2份。"})
    one = RENTING.model_copy(update={"materials": (other,)})
    (paper,) = papers_of((BUYING.model_copy(update={"materials": (cell,)}), one))
    assert [each.text for _, each in paper.asked] == [cell.text, other.text]
