"""Whether a document holds on a day."""

from typing import Any

from policyqa.index.metadata.validity import Validity, normal_title, validity
from policyqa.index.types import Document, Metadata, Reading


def document(doc_id: str = "a", readings: tuple[Reading, ...] = (), **fields: Any) -> Document:
    about = Metadata(
        **{"kind": "policy", "title": "重庆市人才办法", "issuer": "重庆市人民政府"} | fields
    )
    return Document(
        doc_id=doc_id, source=doc_id, sha256="", metadata=about, readings=readings, text=""
    )


def state(old: Document, *others: Document, as_of: str = "2024-06-01") -> tuple[str, str]:
    found = validity(old, (old, *others), as_of)
    return found.state, found.because


def test_expired_on_the_day_after_its_last() -> None:
    old = document(effective="2020-01-01", expires="2024-05-31")
    assert state(old) == ("已过期", "有效期至2024-05-31，已过")
    assert state(old, as_of="2024-05-31") == ("有效", "有效期至2024-05-31")


def test_a_plan_is_past_its_period() -> None:
    plan = document(kind="plan", expires="2020-12-31")
    assert state(plan) == ("已过期", "已过规划期（至2020-12-31）")


def test_a_call_is_closed() -> None:
    assert state(document(kind="notice", expires="2024-05-01"))[1] == "申报已于2024-05-01截止"


def test_not_yet_in_force() -> None:
    assert state(document(effective="2024-07-01")) == ("尚未施行", "自2024-07-01起施行")


def test_on_trial_until_its_term() -> None:
    trial = document(trial=True, effective="2023-01-01", expires="2024-12-31")
    assert state(trial) == ("试行", "标题写明试行或暂行，有效期至2024-12-31")
    assert state(trial, as_of="2025-01-01")[0] == "已过期"
    assert state(document(trial=True)) == ("试行", "标题写明试行或暂行，没有写明试行到何时")


def test_without_words_it_is_unknown() -> None:
    assert state(document(date="2023-01-01")) == ("不明", "文中没有写明施行日期和有效期")


def test_without_a_term_it_is_trusted_for_five_years() -> None:
    old = document(effective="2019-06-02")
    assert state(old) == ("有效", "自2019-06-02起施行，没有写明失效日期")
    assert state(old, as_of="2024-06-02")[0] == "不明"
    law = document(title="重庆市人才条例", effective="2004-01-01")
    assert state(law)[0] == "有效"


def test_news_are_always_unknown() -> None:
    assert state(document(kind="news", effective="2024-01-01", expires="2030-01-01"))[0] == "不明"


def test_replaced_by_a_later_edition() -> None:
    old = document(title="重庆市人才办法（试行）", date="2020-01-01", trial=True)
    new = document("b", title="重庆市人民政府关于印发《重庆市人才办法》的通知", date="2023-05-01")
    found = validity(old, (old, new), "2024-06-01")
    assert found == Validity(
        state="被替代",
        because="已被《重庆市人民政府关于印发《重庆市人才办法》的通知》（2023-05-01）替代",
        by="b",
    )
    assert state(new, old)[0] == "不明"
    assert state(old, new, as_of="2023-04-30")[0] == "试行"


def test_not_replaced_by_another_issuers_text_or_by_its_double() -> None:
    old = document(date="2020-01-01", doc_number="渝府发〔2020〕1号")
    other = document("b", date="2023-05-01", issuer="重庆市人社局")
    double = document("c", date="2020-02-01", doc_number="渝府发[2020]1号")
    assert state(old, other, double)[0] == "不明"


def test_replaced_by_title_or_number() -> None:
    old = document(title="入户细则", date="2019-01-01", doc_number="穗人社规字〔2019〕2号")
    by_number = document("b", title="新细则", date="2022-07-07", replaces=("穗人社规字[2019]2号",))
    by_title = document(
        "b", title="新细则", date="2022-07-07", replaces=("关于印发入户细则的通知",)
    )
    older = document("b", title="新细则", date="2018-01-01", replaces=("入户细则",))
    assert state(old, by_number) == ("被替代", "已被《新细则》（2022-07-07）替代")
    assert state(old, by_title)[0] == "被替代"
    assert state(old, older)[0] == "不明"


def test_the_words_that_decide_are_given() -> None:
    words = Reading(field="expires", value="2023-12-31", start=3, end=9, confidence=0.9)
    unsure = words.model_copy(update={"confidence": 0.6, "start": 0})
    old = document(readings=(unsure, words), expires="2023-12-31")
    assert validity(old, (old,), "2024-06-01").reading == words


def test_normal_title() -> None:
    assert normal_title("某局关于印发《2024年度某市入户办法（修订）》的通知") == "某市入户办法"
    assert normal_title("某市入户暂行办法") == "某市入户办法"


def test_a_draft_for_comments_is_no_rule_and_replaces_none() -> None:
    rule = document("a", date="2016-10-01")
    titled = document("b", title="重庆市人才办法（修订征求意见稿）", date="2020-05-01")
    named = document("人才办法（草案送审稿）.pdf", date="2020-05-01")
    said = "市政府正在立法审查，现向社会公开征求意见。"
    asks = document("c", date="2020-05-01").model_copy(update={"text": said})
    assert [state(each)[0] for each in (titled, named, asks)] == ["征求意见"] * 3
    assert state(rule, titled, named, asks)[0] == "不明"
    older = titled.model_copy(
        update={"metadata": titled.metadata.model_copy(update={"date": "2015-01-01"})}
    )
    assert state(older, rule)[0] == "征求意见"


def test_a_rule_that_tells_of_its_comments_is_none() -> None:
    text = "本办法已向社会公开征求意见，现予印发。"
    assert state(document().model_copy(update={"text": text}))[0] == "不明"
