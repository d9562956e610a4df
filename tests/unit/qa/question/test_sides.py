"""Comparisons: one question for each side."""

import pytest

from policyqa.qa.question.parts import parts_of
from policyqa.qa.question.sides import sides_of


@pytest.mark.parametrize(
    ("query", "sides"),
    [
        ("在职和退休住院门槛差多少", ("在职住院门槛是多少", "退休住院门槛是多少")),
        ("小医院和大医院复查周期差多少", ("小医院复查周期是多少", "大医院复查周期是多少")),
        ("物业费和维修费分别谁出", ("物业费谁出", "维修费谁出")),
        ("博士和硕士的安家费哪个高", ("博士的安家费是多少", "硕士的安家费是多少")),
        (
            "甲市少儿医保,14岁以下和14岁以上选定点有啥不同",
            ("甲市少儿医保,14岁以下选定点是怎么规定的", "14岁以上选定点是怎么规定的"),
        ),
        (
            "居民、大学生、老年人的参保时间各是什么时候",
            (
                "居民的参保时间是什么时候",
                "大学生的参保时间是什么时候",
                "老年人的参保时间是什么时候",
            ),
        ),
        ("入户和入学,申请时间一样吗", ("入户,申请时间是怎么规定的", "入学,申请时间是怎么规定的")),
        ("租房补贴跟购房补贴有什么区别", ("租房补贴是怎么规定的", "购房补贴是怎么规定的")),
        # nothing is compared
        ("博士和硕士的安家费是多少", ()),
        ("孩子能跟本地娃一样上小学吗", ()),
        ("今年跟以前比有什么不同", ()),
        ("要交身份证和户口本吗,分别复印几份", ()),
        ("安家费是多少", ()),
        ("和有什么不同", ()),
    ],
)
def test_each_side_is_a_question_of_its_own(query: str, sides: tuple[str, ...]) -> None:
    assert tuple(side.question for side in sides_of(query)) == sides


def test_sides_are_parts_where_nothing_else_is() -> None:
    assert [part.text for part in parts_of("在职和退休住院门槛差多少？")] == [
        "在职住院门槛是多少",
        "退休住院门槛是多少",
    ]
    assert [part.text for part in parts_of("物业费和维修费分别谁出，什么时候交？")] == [
        "物业费和维修费分别谁出",
        "什么时候交",
    ]
