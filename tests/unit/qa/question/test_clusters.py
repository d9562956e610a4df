"""Questions that ask the same come together; what has nothing to do with another stays alone."""

from policyqa.index.store.embedding import HashingEmbedder
from policyqa.qa.question.clusters import clustered

EMBEDDER = HashingEmbedder(64)


def test_the_same_question_in_other_words_is_one_group() -> None:
    asked = [
        "博士的子女怎么入学", "车位补贴有多少", "博士子女入学怎么办", "博士的子女入学", "何时开会",
    ]  # fmt: skip
    assert clustered(asked, EMBEDDER) == ((0, 2, 3), (1,), (4,))


def test_few_or_no_questions() -> None:
    assert clustered([], EMBEDDER) == ()
    assert clustered(["一"], EMBEDDER) == ((0,),)
    assert clustered(["一样", "一样"], EMBEDDER) == ((0, 1),)


def test_every_question_is_in_one_group() -> None:
    asked = ["", "？", "甲乙丙", "丁", "甲乙", "", "博士补助" * 50]
    groups = clustered(asked, EMBEDDER)
    assert sorted(n for group in groups for n in group) == list(range(len(asked)))
    assert [len(group) for group in groups] == sorted((len(g) for g in groups), reverse=True)
