"""What is said first, what belongs together, and what is said about it: whole answers on small
collections, with a fake embedder."""

from pathlib import Path

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Answer, Note, Question

EMBEDDER = HashingEmbedder(64)
BY_WORDS = {**WEIGHTS, "words": 0.6, "bigrams": 0.6}  # hashed vectors know no meaning
REPORTS = {
    "2021.txt": ("通报", "2021-12-16", "青岚日报", "全市人才总量达到38.6万人，增长6.2%。"),
    "2023.txt": (
        "通报",
        "2023-12-20",
        "青岚日报",
        "目前全市人才总量达到45.2万人。今年引进博士800人。",
    ),
    "2025.txt": ("通报", "2025-09-30", "青岚日报", "截至9月底，全市人才总量达到53.8万人。"),
    "规划.txt": ("人才规划", "2023-01-05", "青岚市政府", "到2027年，全市人才总量达到60万人。"),
}
GUIDE = """人才引进落户指南
一、办理对象
符合下列条件之一的人员可以申请人才引进落户：
（一）具有本科以上学历；
（二）具有中级以上职称。
申请人的兄弟姐妹不可以随迁落户。
二、申请材料
1. 居民身份证；
2. 学历证书；
3. 劳动合同。
"""


def assistant_of(folder: Path, sources: dict[str, tuple[str, str, str, str]]) -> Assistant:
    texts = [
        SourceText(name, text, Metadata(title=title, date=date, issuer=issuer, region="青岚市"))
        for name, (title, date, issuer, text) in sources.items()
    ]
    build_texts(texts, folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    settings = AnswerSettings(threshold=0.0)
    return Assistant(index, EMBEDDER, BY_WORDS, settings)


def asked(assistant: Assistant, question: str, **more: str) -> Answer:
    return assistant.ask(Question.model_validate({"question": question, **more}))


@pytest.fixture
def reports(tmp_path: Path) -> Assistant:
    return assistant_of(tmp_path, REPORTS)


@pytest.fixture
def guide(tmp_path: Path) -> Assistant:
    about = ("人才引进落户指南", "2025-02-18", "青岚市人社局", GUIDE)
    return assistant_of(tmp_path, {"落户.txt": about})


def test_the_newest_value_comes_first_and_the_earlier_ones_follow_with_their_dates(
    reports: Assistant,
) -> None:
    answer = asked(reports, "全市人才总量是多少人?")
    assert [(s.role, answer.citations[s.citations[0] - 1].date) for s in answer.sentences] == [
        ("statement", "2025-09-30"),
        ("earlier", "2023-12-20"),
        ("earlier", "2021-12-16"),
    ]
    assert [(row.label, row.value) for row in answer.compared] == [
        ("2025-09-30", "53.8万人"),
        ("2023-12-20", "45.2万人"),
        ("2021-12-16", "38.6万人"),
    ]
    assert "\n（2023-12-20 青岚日报）" in answer.answer
    assert "60万" not in answer.answer  # what the plan wants is not what is


def test_as_of_a_day_what_came_later_is_not_said(reports: Assistant) -> None:
    answer = asked(reports, "全市人才总量是多少人?", as_of="2024-06-30")
    assert [row.value for row in answer.compared] == ["45.2万人", "38.6万人"]
    assert "53.8" not in answer.answer


SUM = {"东湖区": "3000元。", "西岭区": "2500元。"}


def test_places_that_are_compared_stand_beside_each_other(tmp_path: Path) -> None:
    text = (
        "{}人才住房补贴办法\n第三条 对新引进的博士，每月发放租房补贴{}元。\n"
        "第四条 本办法自发布之日起施行。"
    )
    assistant = assistant_of(
        tmp_path,
        {
            "东.txt": (
                "东湖区人才住房补贴办法",
                "2025-01-02",
                "东湖区",
                text.format("东湖区", 3000),
            ),
            "西.txt": (
                "西岭区人才住房补贴办法",
                "2025-01-02",
                "西岭区",
                text.format("西岭区", 2500),
            ),
        },
    )
    answer = asked(assistant, "东湖区和西岭区博士的租房补贴有什么不同?")
    assert answer.compared_by == "place"
    assert {row.label: row.value.endswith(SUM[row.label]) for row in answer.compared} == {
        "东湖区": True,
        "西岭区": True,
    }
    for row in answer.compared:
        assert row.label in answer.citations[row.citation - 1].title


def test_a_target_is_said_to_be_one(tmp_path: Path) -> None:
    assistant = assistant_of(tmp_path, {"规划.txt": REPORTS["规划.txt"]})
    answer = asked(assistant, "全市人才总量是多少人?")
    assert answer.notes == (Note(kind="target"),)
    assert answer.answer.endswith("\n注：这是文件提出的目标，不是已达到的数字。")
    assert not asked(assistant, "到2027年全市人才总量要达到多少人?").notes


def test_what_is_reached_is_said_before_what_is_aimed_at(tmp_path: Path) -> None:
    text = "到2026年底，科技特派员达到800名。\n截至2025年底，全市有科技特派员640名。"
    assistant = assistant_of(tmp_path, {"要点.txt": ("工作要点", "2026-01-05", "青岚市政府", text)})
    now = asked(assistant, "科技特派员达到800名了吗?现在有多少名?")
    assert [(s.role, s.text) for s in now.sentences] == [
        ("statement", "截至2025年底，全市有科技特派员640名。"),
        ("target", "到2026年底，科技特派员达到800名。"),
    ]
    assert "（目标 2026-01-05 青岚市政府）到2026年底" in now.answer
    assert not now.compared
    aim = asked(assistant, "到2026年底科技特派员要达到多少名?")
    assert "800名" in aim.sentences[0].text


def test_documents_of_one_day_that_contradict_each_other_are_both_shown(tmp_path: Path) -> None:
    assistant = assistant_of(
        tmp_path,
        {
            "a.txt": ("大会闭幕", "2025-10-20", "人社局", "本届人才大会共签约项目86个。"),
            "b.txt": ("大会收获满满", "2025-10-20", "青岚日报", "人才大会共签约项目92个。"),
        },
    )
    answer = asked(assistant, "人才大会共签约项目多少个?")
    assert {s.role for s in answer.sentences} == {"statement", "conflict"}
    assert "86个" in answer.answer
    assert "92个" in answer.answer
    (note,) = answer.notes
    assert (note.kind, set(note.parts[0].split("、"))) == ("conflict", {"人社局", "青岚日报"})


def test_this_year_is_said_to_be_which(reports: Assistant) -> None:
    answer = asked(reports, "2023年引进博士多少人?")
    (sentence,) = [s for s in answer.sentences if "引进博士" in s.text]
    assert "今年引进博士800人" in sentence.text  # the words that the citation proves
    assert "今年〔2023年〕引进博士800人" in answer.answer


def test_a_list_is_given_with_all_its_members_each_with_its_mark(guide: Assistant) -> None:
    answer = asked(guide, "人才引进落户需要提交哪些材料?")
    assert [s.text for s in answer.sentences] == [
        "1. 居民身份证。",
        "2. 学历证书。",
        "3. 劳动合同。",
    ]
    assert [s.citations for s in answer.sentences] == [(1,), (2,), (3,)]
    assert answer.completeness == "full"


def test_a_refusal_begins_with_no_and_the_text_proves_it(guide: Assistant) -> None:
    answer = asked(guide, "兄弟姐妹可以随迁落户吗?")
    assert answer.verdict == "不可以"
    assert answer.answer.startswith("不可以：申请人的兄弟姐妹不可以随迁落户。[1]")


def test_a_yes_is_followed_by_what_limits_it(tmp_path: Path) -> None:
    text = "租房补贴办法\n第三条 在本市工作的硕士可以申请租房补贴。已享受购房补贴的，不予发放。"
    assistant = assistant_of(
        tmp_path, {"办法.txt": ("租房补贴办法", "2025-01-02", "市人社局", text)}
    )
    answer = asked(assistant, "在本市工作的硕士可以申请租房补贴吗?")
    assert answer.verdict == "可以"
    assert [s.text for s in answer.sentences][-1] == "已享受购房补贴的，不予发放。"


def test_a_list_ends_with_what_a_case_needs_besides(tmp_path: Path) -> None:
    text = GUIDE.rstrip() + "\n在国外取得学历的，还需提交学历认证书。\n"
    about = ("人才引进落户指南", "2025-02-18", "青岚市人社局", text)
    assistant = assistant_of(tmp_path, {"落户.txt": about})
    answer = asked(assistant, "人才引进落户需要提交哪些材料?")
    assert [s.text for s in answer.sentences] == [
        "1. 居民身份证。",
        "2. 学历证书。",
        "3. 劳动合同。",
        "在国外取得学历的，还需提交学历认证书。",
    ]


OLD_AND_NEW = {
    2022: "租房补贴办法\n第三条 硕士每月发放租房补贴1500元。\n第四条 本办法自2022年3月1日起施行。",
    2025: (
        "租房补贴办法（2025年修订）\n第五条 硕士每月发放租房补贴2000元。\n"
        "第六条 本办法自2025年3月1日起施行，《租房补贴办法》同时废止。"
    ),
}


@pytest.fixture
def versions(tmp_path: Path) -> Assistant:
    texts = [
        SourceText(
            f"{year}.txt",
            text,
            Metadata(
                title=text.split("\n", maxsplit=1)[0],
                date=f"{year}-03-01",
                issuer="青岚市人社局",
                region="青岚市",
                replaces=("租房补贴办法",) if year == 2025 else (),
            ),
        )
        for year, text in OLD_AND_NEW.items()
    ]
    build_texts(texts, tmp_path, EMBEDDER)
    index = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    settings = AnswerSettings(threshold=0.0)
    return Assistant(index, EMBEDDER, BY_WORDS, settings)


def test_what_a_new_rule_changes_is_shown_with_the_one_before(versions: Assistant) -> None:
    answer = asked(versions, "硕士每月发放的租房补贴跟以前相比有什么变化?")
    assert answer.compared_by == "time"
    assert [row.label for row in answer.compared] == ["2025-03-01", "2022-03-01"]
    assert "2000元" in answer.compared[0].value
    assert "1500元" in answer.compared[1].value
    assert [s.role for s in answer.sentences] == ["statement", "earlier"]


def test_the_rule_that_holds_is_said_before_the_one_it_replaced(versions: Assistant) -> None:
    answer = asked(versions, "硕士租房补贴每月多少钱?")
    assert [(s.role, s.text) for s in answer.sentences][:2] == [
        ("statement", "第五条 硕士每月发放租房补贴2000元。"),
        ("earlier", "第三条 硕士每月发放租房补贴1500元。"),
    ]
    assert [note.kind for note in answer.notes] == ["not_in_force"]
    assert "替代" in answer.notes[0].parts[1]


def test_what_the_new_rule_leaves_out_is_said_from_the_old_one(versions: Assistant) -> None:
    answer = asked(versions, "租房补贴办法从2022年哪天起施行?")
    assert "2022年3月1日" in answer.answer


def test_the_rule_of_another_district_is_no_earlier_value(tmp_path: Path) -> None:
    text = "{}租房补贴细则\n第二条 对硕士每月发放租房补贴{}元。"
    assistant = assistant_of(
        tmp_path,
        {
            f"{n}.txt": (f"{name}租房补贴细则", f"2024-0{n}-01", name, text.format(name, sum_))
            for n, (name, sum_) in enumerate((("鹭江区", 1800), ("枫桥区", 1300)), 1)
        },
    )
    answer = asked(assistant, "鹭江区硕士每月租房补贴多少元?")
    assert "1800元" in answer.answer
    assert "1300元" not in answer.answer


def test_another_payment_is_no_earlier_value(tmp_path: Path) -> None:
    assistant = assistant_of(
        tmp_path,
        {
            "新.txt": (
                "安居办法",
                "2025-01-01",
                "市",
                "第三条 购房补贴标准为博士30万元，一次发放。",
            ),
            "旧.txt": ("生活办法", "2023-01-01", "市", "第五条 租房补贴按月计算，博士每月2万元。"),
        },
    )
    answer = asked(assistant, "博士购房补贴多少万元?")
    assert "30万元" in answer.answer
    assert "2万元" not in answer.answer


def test_conditions_of_another_programme_are_no_list(tmp_path: Path) -> None:
    text = (
        "安居办法\n第七条 申请购房补贴应当具备下列条件：\n（一）缴纳社会保险一年；\n"
        "（二）首次购房。\n"
        "第八条 申请人才公寓的，应当在本市无住房。"
    )
    assistant = assistant_of(tmp_path, {"办法.txt": ("安居办法", "2025-01-01", "市", text)})
    answer = asked(assistant, "人才公寓申请条件有哪些?")
    assert "无住房" in answer.answer
    assert "社会保险" not in answer.answer


def test_what_decides_stands_first(tmp_path: Path) -> None:
    text = "驿站指南\n凭身份证到驿站办理入住。\n不得带宠物入住驿站。\n入住驿站免费7天。"
    assistant = assistant_of(tmp_path, {"指南.txt": ("驿站指南", "2025-01-01", "市", text)})
    answer = asked(assistant, "可以带宠物入住驿站吗?")
    assert answer.answer.startswith("不可以：不得带宠物入住驿站。[1]")


def test_what_is_left_open_is_named(reports: Assistant) -> None:
    answer = asked(reports, "2023年全市人才总量是多少人,咨询电话是多少?")
    assert answer.completeness == "partial"
    assert answer.missing == (Note(kind="not_said", parts=("咨询电话是多少",)),)
    assert answer.answer.endswith(f"\n没有找到：咨询电话是多少\n{answer.notes[0].text}")


def test_every_citation_is_the_exact_slice_and_has_its_permalink(reports: Assistant) -> None:
    answer = asked(reports, "全市人才总量是多少人?")
    for citation in answer.citations:
        text = reports.corpus.document(citation.doc_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert citation.permalink.startswith(f"pq1:{citation.source}:")
        assert citation.validity


HOUSING = """云溪市住房保障指南
一、廉租住房申请条件及保障标准
（一）廉租住房申请条件
1、家庭成员具有本市城镇户口；
2、家庭月人均收入600元以下。
（二）申请廉租住房需要提交的资料
1、申请书；
2、户口簿。
二、经济适用住房申请条件及面积标准
（一）经济适用住房申请条件
1、家庭人均月收入824元以下；
2、申请人年满三十周岁。
"""


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("廉租住房的申请条件有哪些?", ["家庭成员具有本市城镇户口", "家庭月人均收入600元以下"]),
        ("申请廉租住房要提交什么资料?", ["申请书", "户口簿"]),
        ("经济适用住房申请条件是什么?", ["家庭人均月收入824元以下", "申请人年满三十周岁"]),
    ],
)
def test_a_list_of_headings_goes_one_level_down(
    tmp_path: Path, question: str, items: list[str]
) -> None:
    guide = assistant_of(tmp_path, {"住房.txt": ("住房保障指南", "2025", "住房局", HOUSING)})
    said = [each.text for each in asked(guide, question).sentences if each.role == "item"]
    assert [text.partition("、")[2].rstrip("。") for text in said] == items


def test_what_introduces_a_list_is_said_before_it(guide: Assistant) -> None:
    answer = asked(guide, "人才引进落户的条件有哪些?")
    first, *others = answer.sentences
    assert first.text == "符合下列条件之一的人员可以申请人才引进落户："
    assert [each.role for each in others[:2]] == ["item", "item"]


def test_a_label_before_a_list_is_not_said(tmp_path: Path) -> None:
    text = (
        "积分入户办事指南\n{}\n1、申请人的合同单位与缴费单位不一致的，可以说明情况后申请积分入户。\n"
        "2、其他材料另行公布。\n"
    )
    for lead, said in (("备注：", False), ("申请积分入户的，按下列规定办理：", True)):
        source = ("积分入户办事指南", "2025-01-02", "市人社局", text.format(lead))
        assistant = assistant_of(tmp_path / str(said), {"指南.txt": source})
        answer = asked(assistant, "合同单位与缴费单位不一致可以申请积分入户吗?")
        assert (lead in [each.text for each in answer.sentences]) is said


def test_a_list_under_a_heading_with_the_rest_of_the_question_is_no_answer(tmp_path: Path) -> None:
    text = """人才卡管理办法
第一章 申请条件
申请人才卡，应当符合下列条件：
（一）年满18周岁；
（二）遵守法律。
第二章 住房
人才卡住房申请条件由街道公布在公告栏，住房申请按住房公告办理。
"""
    assistant = assistant_of(tmp_path, {"办法.txt": ("人才卡管理办法", "2025-01-02", "街道", text)})
    answer = asked(assistant, "人才卡的住房有哪些申请条件")
    assert "住房" in answer.citations[0].quote
    assert not [c for c in answer.citations if "年满18周岁" in c.quote]
