"""Reviews over both databases: the stream and its filters, verdicts, disagreement, the log."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from policyqa.qa.types import Question
from policyqa.ui.errors import StoreError
from policyqa.ui.store.audit import latest
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import SHOWN, Better, Review, Reviews, Show, disagreements
from policyqa.ui.store.types import Feedback
from tests.ui_fake import FIRST, PLAN, FakeAssistant

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
# In the order in which they are asked, a minute apart; the last two in the same moment.
ASKED = {
    "sure": ("博士后有什么补助", 0.9),
    "weak": ("博士后有什么补助", 0.4),
    "silent": ("外籍人才", 0.1),
    "good": ("高技能人才有哪些奖励", 0.8),
    "twin": ("高技能人才有哪些奖励", 0.8),
}


@pytest.fixture
def engine(database: Engine) -> Engine:
    """Both databases, with what was asked in them."""
    for n, (name, (question, confidence)) in enumerate(ASKED.items()):
        answer = FakeAssistant().ask(Question(id=name, question=question))
        time = NOON + timedelta(minutes=min(n, 3))
        records = Records(database, now=lambda time=time: time)  # type: ignore[misc]
        records.keep(answer.model_copy(update={"confidence": confidence}))
    return database


@pytest.fixture
def reviews(engine: Engine) -> Reviews:
    return Reviews(engine, now=lambda: NOON)


def review(answer_id: str, reviewer: str = "li", **verdicts: Any) -> Review:
    """`whole="right", c1="supported"` as verdicts."""
    places = {0 if name == "whole" else int(name[1:]): said for name, said in verdicts.items()}
    return Review(answer_id=answer_id, reviewer=reviewer, verdicts=places)


def names(reviews: Reviews, show: Show, **more: Any) -> list[str]:
    return [item.id for item in reviews.stream(show, count=10, **more)]


def test_the_stream_is_newest_first_and_goes_on_where_it_stopped(reviews: Reviews) -> None:
    every = ["twin", "good", "silent", "weak", "sure"]
    assert names(reviews, "all") == every
    assert [item.id for item in reviews.stream("all", count=2)] == every[:2]
    assert [names(reviews, "all", before=name)[:1] for name in every] == [
        ["good"], ["silent"], ["weak"], ["sure"], [],
    ]  # fmt: skip
    assert [reviews.newer("all", name) for name in every] == ["", *every[:-1]]
    assert names(reviews, "all", before="gone") == every
    assert reviews.newer("all", "gone") == ""


def test_what_is_sent_twice_at_once_is_written_one_after_the_other(
    reviews: Reviews, engine: Engine
) -> None:
    given = review("sure", whole="right", c1="supported", c2="supported")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(reviews.put, [given] * 12))
    assert [each.verdicts for each in reviews.of("sure")] == [given.verdicts]
    assert [entry.act for entry in latest(engine, count=20)].count("reviewed") == 12


def test_each_filter_shows_what_it_says(reviews: Reviews, engine: Engine) -> None:
    time = NOON.isoformat()
    Records(engine).judge(Feedback(answer_id="good", time=time, verdict="down"))
    Records(engine).judge(Feedback(answer_id="sure", time=time, verdict="up"))
    reviews.put(review("sure", whole="right"))
    reviews.put(review("weak", "li", whole="right", c1="supported"))
    reviews.put(review("weak", "ma", whole="right", c1="outdated"))
    shown: dict[Show, list[str]] = {
        "all": ["twin", "good", "silent", "weak", "sure"],
        "unreviewed": ["twin", "good", "silent"],
        "abstained": ["silent"],
        "low_support": ["weak"],
        "disliked": ["good"],
        "disputed": ["weak"],
    }
    assert {show: names(reviews, show) for show in SHOWN} == shown
    assert reviews.counts() == {show: len(found) for show, found in shown.items()}


def test_a_review_takes_the_place_of_the_same_reviewers_last(reviews: Reviews) -> None:
    reviews.put(review("sure", whole="wrong", c1="unsupported", c2="supported"))
    second = review("sure", whole="right", c1="supported")
    reviews.put(second)
    [kept] = reviews.of("sure")
    assert kept == second.model_copy(update={"time": NOON.isoformat(timespec="milliseconds")})


def test_comment_and_better_passage_are_kept(reviews: Reviews) -> None:
    start = PLAN.text.index(FIRST)
    better = Better(doc_id=PLAN.doc_id, start=start, end=start + len(FIRST), quote=FIRST)
    given = review("sure", whole="partial").model_copy(
        update={"comment": "漏了生活补助", "better": better}
    )
    reviews.put(given)
    [kept] = reviews.of("sure")
    assert (kept.comment, kept.better) == ("漏了生活补助", better)


def test_two_reviewers_disagree_where_they_do(reviews: Reviews) -> None:
    reviews.put(review("sure", "li", whole="right", c1="supported", c2="supported"))
    reviews.put(review("sure", "ma", whole="right", c1="outdated"))
    assert disagreements(reviews.of("sure")) == {1}
    [item] = [item for item in reviews.stream("all", count=10) if item.id == "sure"]
    assert (item.reviewers, item.disputed) == (2, True)
    reviews.put(review("sure", "ma", whole="right", c1="supported"))
    assert disagreements(reviews.of("sure")) == frozenset()


def test_a_review_is_noted_in_the_same_transaction(reviews: Reviews, engine: Engine) -> None:
    reviews.put(review("sure", whole="right", c1="supported"))
    [entry] = latest(engine, count=10)
    assert (entry.who, entry.act, entry.what) == ("li", "reviewed", "sure")
    assert entry.details == {"0": "right", "1": "supported"}
    with pytest.raises(StoreError, match="已不在"):
        reviews.put(review("gone", whole="right"))
    assert len(latest(engine, count=10)) == 1


def test_reviews_go_with_their_answer_and_the_log_stays(reviews: Reviews, engine: Engine) -> None:
    reviews.put(review("sure", whole="right"))
    Records(engine).purge(days=None)
    assert reviews.of("sure") == []
    assert list(reviews.every()) == []
    assert [entry.act for entry in latest(engine, count=10)] == ["purged", "reviewed"]


def test_every_review_comes_with_its_answer_oldest_first(reviews: Reviews) -> None:
    reviews.put(review("good", whole="right"))
    reviews.put(review("sure", "ma", whole="right"))
    reviews.put(review("sure", "li", whole="right"))
    found = [(item.id, each.reviewer) for item, each in reviews.every()]
    assert [name for name, _ in found] == ["sure", "sure", "good"]
    assert {reviewer for _, reviewer in found[:2]} == {"li", "ma"}


def test_the_confidence_of_old_answers_is_filled_in(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    answer = FakeAssistant().ask(Question(id="old", question="博士后有什么补助"))
    Records(engine).keep(answer.model_copy(update={"confidence": 0.25}))
    assert [item.confidence for item in Reviews(engine).stream("all", count=1)] == [0.25]
