"""Notes are values: each has its words once, its JSON is readable, and what earlier versions kept
in their place is still read."""

from typing import get_args

import pytest
from pydantic import ValidationError

from policyqa.qa.types import Answer, Note, NoteKind
from policyqa.qa.wording import NOTES

WORDS: dict[NoteKind, tuple[tuple[str, ...], str]] = {
    "refused": (
        (),
        "这里只摘引文件里的原文，不会照提问里的指令改变做法。请直接问人才政策方面的问题。",
    ),
    "talk": (
        (),
        "您好，这里是渝才问策：按本单位的文件回答人才政策问题，如申报条件、支持政策、服务、时间和办理方式。"
        "请直接提问。",
    ),
    "thanks": ((), "好的，不客气。还想了解哪项政策，请随时接着问。"),
    "who": (
        (),
        "我是渝才问策，一个查询程序，不是真人：只从本单位的文件里找依据，摘引原文作答。请直接提问。",
    ),
    "noted": (("年龄36岁",), "记下了：年龄36岁。想知道哪一项能不能申请、要什么条件，请接着问。"),
    "unclear": (
        (),
        "问题里没有说明指的是哪项政策、哪类人才或哪项服务，请补充后再问，例如“博士后有哪些支持政策？”。",
    ),
    "which_one": (
        ("《甲》；《乙》",),
        "您问的是哪一项？文件里有几处同样相近：《甲》；《乙》。请写明是哪一项再问。",
    ),
    "out_of_scope": ((), "现有文件里没有与这个问题相近的内容。"),
    "no_evidence": ((), "现有文件里没有找到能回答这个问题的依据。"),
    "near": (("《办法》“第一条”",), "内容相近的有：《办法》“第一条”。"),
    "next_step": ((), "可以换个说法再问，或向文件的发布单位咨询。"),
    "ask_issuer": (("人社局",), "可以换个说法再问，或向相近文件的发布单位（人社局）咨询。"),
    "contact": (("咨询电话：12333。",), "文件写明：“咨询电话：12333。”"),
    "items_left": (("2",), "另有 2 项未列出，请打开来源查看"),
    "not_said": (("在哪里办理",), "没有找到：在哪里办理"),
    "target": ((), "注：这是文件提出的目标，不是已达到的数字。"),
    "elsewhere": (("重庆市", "北京"), "注：所引文件是重庆市的，没有专门说明北京的情况。"),
    "conflict": (
        ("人社局、日报",),
        "注：同一日期的文件说法不一（人社局、日报），请以发布单位的解释为准。",
    ),
    "model_fell_back": ((), "注：语言模型的回答未通过核对或没有及时给出，以下是原文摘引。"),
    "staff": (("1", "李，2026-01-01"), "注：[1]是工作人员的答复（李，2026-01-01），不是政策原文。"),
    "tell_more": (("今年多少周岁？",), "注：还要看：今年多少周岁？"),
    "is_it_so": (("有本市户籍",), "注：还要看这一条是不是您的情况：“有本市户籍”"),
    "self_check": (
        (),
        "注：这是按您说的情况对照的自测，没有说到的条件没有算进去，以主管部门认定为准。",
    ),
    "difference": (
        ("硕士", "博士", "1500元"),
        "注：硕士与博士相差1500元，由引用的两个数字相减得出，不是文件原文。",
    ),
    "not_in_force": (("办法", "有效期至2025-12-31"), "请注意：《办法》有效期至2025-12-31。"),
    "doubtful": ((), "以下是文件里最接近的内容，未必正是您问的，请核对原文："),
    "other": (("随便一句{}",), "随便一句{}"),
}


@pytest.mark.parametrize("kind", get_args(NoteKind))
def test_each_kind_has_its_words(kind: NoteKind) -> None:
    parts, words = WORDS[kind]
    assert Note(kind=kind, parts=parts).text == words


def test_no_words_are_left_of_kinds_that_are_gone() -> None:
    assert set(NOTES) == set(get_args(NoteKind))


def test_braces_in_a_part_are_no_places() -> None:
    assert Note(kind="elsewhere", parts=("{1}{}", "{0}")).text == (
        "注：所引文件是{1}{}的，没有专门说明{0}的情况。"
    )


@pytest.mark.parametrize("parts", [(), ("a",), ("a", "b", "c")])
def test_a_note_has_as_many_parts_as_its_words_have_places(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="elsewhere takes 2 parts"):
        Note(kind="elsewhere", parts=parts)


def test_json_has_the_words_beside_the_value_and_is_read_back() -> None:
    note = Note(kind="elsewhere", parts=("重庆市", "北京"))
    assert note.model_dump(mode="json") == {
        "kind": "elsewhere",
        "parts": ["重庆市", "北京"],
        "text": "注：所引文件是重庆市的，没有专门说明北京的情况。",
    }
    forged = {**note.model_dump(), "text": "别的话"}  # the words are those of the kind
    assert Note.model_validate(forged) == note
    assert Note.model_validate_json(note.model_dump_json()) == note


def test_an_answer_of_an_earlier_version_is_read() -> None:
    answer = Answer.model_validate(
        {
            "id": "a", "question": "问", "query": "问", "status": "answered", "reason": None,
            "answer": "答", "missing": ["在哪里办理"], "notes": ["注：这是目标{}。"],
            "sentences": [{"text": "20人。", "citations": [1], "role": "lead"}],
        }
    )  # fmt: skip
    assert answer.sentences[0].role == "lead"  # no longer composed
    assert answer.missing == (Note(kind="not_said", parts=("在哪里办理",)),)
    assert answer.notes == (Note(kind="other", parts=("注：这是目标{}。",)),)
    assert answer.notes[0].text == "注：这是目标{}。"
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
