"""Which programmes an answer is about."""

from policyqa.qa.register.related import Places
from policyqa.qa.register.standing import Standings
from tests.programmes import HOUSING, cited, office, programmes, signed

CORPUS = office()
BUYING, RENTING, SKILLED = programmes(CORPUS)
STANDINGS = Standings(CORPUS, "2026-06-01")
(PAPER,) = (each for each in CORPUS.documents() if each.text.startswith(HOUSING[:10]))


def test_the_programmes_that_most_citations_stand_in_come_first() -> None:
    places = Places((BUYING, RENTING, SKILLED), STANDINGS)
    citations = [
        cited(PAPER, "每月给予租房补贴1000元"),
        cited(PAPER, "博士一次性给予购房补贴15万元"),
        cited(PAPER, "年龄不超过45周岁"),
    ]
    found = places.related(citations)
    assert [each.programme.name for each in found] == [BUYING.name, RENTING.name]
    assert {each.state for each in found} == {"proposed"}


def test_a_programme_counts_as_much_as_the_worst_of_what_is_cited() -> None:
    places = Places((signed(BUYING),), STANDINGS)
    (found,) = places.related([cited(PAPER, "年龄不超过45周岁")])
    assert found.state == "signed"
    first, *rest = signed(BUYING).conditions
    unsigned = signed(BUYING).model_copy(
        update={"conditions": (first.model_copy(update={"signed": None}), *rest)}
    )
    (found,) = Places((unsigned,), STANDINGS).related(
        [cited(PAPER, "年龄不超过45周岁"), cited(PAPER, "博士一次性给予购房补贴15万元")]
    )
    assert found.state == "proposed"


def test_words_of_no_cell_and_of_other_files_are_about_no_programme() -> None:
    places = Places((BUYING, RENTING), STANDINGS)
    assert places.related([cited(PAPER, "为吸引人才来渝南区工作")]) == ()
    other = cited(PAPER, "年龄不超过45周岁").model_copy(update={"source": "other.txt"})
    assert places.related([other]) == ()
