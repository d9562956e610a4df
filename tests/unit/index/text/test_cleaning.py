"""What is not a file's own text is taken out; what the layout broke is put together."""

import time

import pytest

from policyqa.index.text.cleaning import lines_of, mended, undoubled
from policyqa.index.text.traced import Traced

LONG = "一是完善政策体系，优化人才办职能，统筹推动政策兑现、人才专家服务等工作，由市委组织部门牵"
REST = "头，联合科技、人社等部门，布局建设创新创业服务港。"


def kinds(text: str) -> list[tuple[str, str]]:
    """Kind and words of each line that is not blank."""
    return [(line.kind, line.text) for line in lines_of(Traced.of(text)) if line.kind != "blank"]


def whole(text: str) -> list[tuple[str, str]]:
    """As `kinds`, after mending."""
    return [
        (line.kind, line.text) for line in mended(lines_of(Traced.of(text))) if line.kind != "blank"
    ]


def test_bookmarks_are_taken_out() -> None:
    assert kinds("[bookmark: _Toc1][bookmark: _Hlk2]第一章 总则") == [("text", "第一章 总则")]


def test_a_line_of_bookmarks_only_is_gone() -> None:
    assert len(lines_of(Traced.of("[bookmark: _Toc1]\n第一章 总则"))) == 1


def test_square_brackets_of_the_text_stay() -> None:
    assert kinds("渝办[2021]26号[注]") == [("text", "渝办[2021]26号[注]")]


def test_a_footnote_is_set_apart_after_its_line() -> None:
    text = "引进人才[footnoteRef:5]50名。再引进团队。[5:  指目录中的人才] \n下一段。"
    assert [(x.kind, x.text, x.label) for x in lines_of(Traced.of(text))] == [
        ("text", "引进人才50名。再引进团队。", ""),
        ("note", "指目录中的人才", "脚注5"),
        ("text", "下一段。", ""),
    ]


def test_notes_side_by_side_are_set_apart() -> None:
    text = "甲[footnoteRef:1]乙[footnoteRef:2] [1: 第一条注。]  [2: 第二条注。]"
    assert [words for kind, words in kinds(text) if kind == "note"] == ["第一条注。", "第二条注。"]


def test_very_many_blanks_are_read_in_time() -> None:
    started = time.perf_counter()
    lines_of(Traced.of("补贴" + "\t" * 200_000 + "标准\n" + " \t" * 100_000 + "金额"))
    assert time.perf_counter() - started < 20


def test_a_note_without_its_mark_is_text() -> None:
    text = "见文献[7: 参考文献目录]。"
    assert kinds(text) == [("text", text)]


def test_places_in_the_original_are_kept() -> None:
    text = "[bookmark: _Toc1]人才\u200b政策"
    (line,) = lines_of(Traced.of(text))
    assert line.text == "人才政策"
    assert "".join(text[i] for i in line.body.at) == "人才政策"


@pytest.mark.parametrize(
    "text",
    [
        "人\u200b才",
        "\ufeff人才",
        "人\u00ad才",
        "人\u202e才",
        "人\x00才",
        "人\U000e0041才",
        "人\ufe0f才",
    ],
)
def test_invisible_characters_are_taken_out(text: str) -> None:
    assert kinds(text) == [("text", "人才")]


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r", "\x0c", "\u2028", "\u2029"])
def test_every_line_break_breaks(mark: str) -> None:
    assert kinds(f"第一段。{mark}第二段。") == [("text", "第一段。"), ("text", "第二段。")]


def test_an_indent_inside_a_line_begins_a_paragraph() -> None:
    assert kinds("标题\u3000\u3000第一段。\u3000\u3000第二段。") == [
        ("text", "标题"),
        ("text", "第一段。"),
        ("text", "第二段。"),
    ]


@pytest.mark.parametrize(
    "line",
    ["加入收藏", "设为首页", "打印本页", "关闭窗口", "您当前的位置：首页 > 政策", "上一篇：无",
     "首页 > 新闻 > 正文", "【字体：大 中 小】", "扫一扫在手机打开当前页"],
)  # fmt: skip
def test_navigation_is_taken_out(line: str) -> None:
    assert kinds(f"{line}\n人才政策发布。") == [("text", "人才政策发布。")]


@pytest.mark.parametrize(
    "line",
    [
        "首页设计大赛公告",
        "关闭窗口办理业务的通知",
        "打印店扶持办法",
        "分享到会者的经验与做法要点总结材料",
    ],
)
def test_what_only_begins_like_navigation_stays(line: str) -> None:
    assert kinds(line) == [("text", line)]


@pytest.mark.parametrize(
    "line",
    ["本报记者 李增辉 刘新吾", "□ 重庆日报记者 李志峰 云钰", "本版责编：纪雅林 管璇悦 卢涛",
     "版式设计：张丹峰", "2022-03-02 14:00:38 来源:重庆日报", "来源：重庆日报", "（此页无正文）",
     "（此件公开发布）", "西部科学城重庆高新区供图"],
)  # fmt: skip
def test_bylines_are_known(line: str) -> None:
    assert kinds(f"本市发布人才政策。\n\n{line}")[-1] == ("byline", line)


@pytest.mark.parametrize(
    "line",
    ["记者从发布会获悉，政策今日施行。", "来源广泛的人才队伍不断壮大。", "编辑出版人才支持办法"],
)
def test_what_only_begins_like_a_byline_is_text(line: str) -> None:
    assert kinds(line) == [("text", line)]


def test_the_line_above_a_credit_is_its_caption() -> None:
    assert kinds("正文在此。\n位于科学城的金凤实验室。\n\n西部科学城供图") == [
        ("text", "正文在此。"),
        ("caption", "位于科学城的金凤实验室。"),
        ("byline", "西部科学城供图"),
    ]


@pytest.mark.parametrize("line", ["▲科研人员开展研究。", "▼明月湖。", "图为大会现场。"])
def test_pictures_have_captions(line: str) -> None:
    assert kinds(line) == [("caption", line)]


def test_a_long_paragraph_above_a_credit_is_no_caption() -> None:
    paragraph = "政策支持人才发展。" * 10
    assert kinds(f"{paragraph}\n西部科学城供图")[0] == ("text", paragraph)


BODY = "全市出台人才政策，支持创新创业。\n" * 3 + "人才总量增长，环境改善，服务提升。\n"
TEASERS = "女童嘴唇受伤 消防员紧急营救\n记者从消防部门获悉... 更多>\n花展延期\n牡丹盛开……更多>\n"


@pytest.mark.parametrize("label", ["关键词: 人才 高地", "相关阅读", "推荐阅读：", "热门新闻"])
def test_the_tail_of_adverts_is_cut(label: str) -> None:
    found = kinds(f"{BODY}{label}\n{TEASERS}")
    assert found == kinds(BODY)


def test_the_tail_is_kept_when_the_text_goes_on() -> None:
    on = "第一条 符合条件的人才给予安家补贴。\n第二条 本办法自公布之日起施行。\n"
    found = kinds(f"{BODY}关键词: 人才 高地\n{on}")
    assert ("text", "关键词: 人才 高地") in found
    assert found[-1] == ("text", "第二条 本办法自公布之日起施行。")


def test_a_label_on_top_cuts_nothing() -> None:
    found = kinds(f"关键词: 人才 高地\n{TEASERS}{BODY * 3}")
    assert found[0] == ("text", "关键词: 人才 高地")
    assert len(found) == len(kinds(f"{TEASERS}{BODY * 3}")) + 1


def test_finished_sentences_after_a_label_are_no_litter() -> None:
    on = "人才服务热线全天开通，欢迎来电咨询。\n"
    assert kinds(f"{BODY}相关链接\n{on}")[-1] == ("text", on.strip())


def test_a_line_said_twice_is_said_once() -> None:
    assert kinds("人才政策发布会召开\n\n人才政策发布会召开\n会议提出要求。") == [
        ("text", "人才政策发布会召开"),
        ("text", "会议提出要求。"),
    ]


def test_short_lines_and_lines_apart_may_repeat() -> None:
    text = "一等奖\n一等奖\n人才政策发布\n中间一段。\n人才政策发布"
    assert [words for _, words in kinds(text)] == text.split("\n")


def test_a_run_said_twice_is_said_once() -> None:
    twice = "集智汇力把大会办成发布成果、洽谈合作，集智汇力把大会办成发布成果、洽谈合作，再立新功。"
    found = undoubled(Traced.of(twice))
    assert found.text == "集智汇力把大会办成发布成果、洽谈合作，再立新功。"
    assert found.at.tolist() == list(range(19, 43))


@pytest.mark.parametrize(
    "text", ["—" * 40, "哈哈哈哈" * 10, "人才人才", "持续深化产教融合、产教融合，发展。"]
)
def test_rulers_and_short_runs_stay(text: str) -> None:
    assert undoubled(Traced.of(text)).text == text


def test_a_word_broken_over_pages_is_rejoined() -> None:
    assert whole(f"{LONG}\n\n\n{REST}") == [("text", LONG + REST)]


def test_captions_between_the_parts_are_stepped_over() -> None:
    found = whole(f"{LONG}\n\n位于湖畔的实验室。\n\n西部科学城供图\n\n{REST}\n下一段。")
    assert found == [
        ("text", LONG + REST),
        ("caption", "位于湖畔的实验室。"),
        ("byline", "西部科学城供图"),
        ("text", "下一段。"),
    ]


def test_a_note_between_the_parts_follows_them() -> None:
    found = whole(f"[footnoteRef:1]{LONG}[1: 一条注释]\n{REST}")
    assert found == [("text", LONG + REST), ("note", "一条注释")]


@pytest.mark.parametrize(
    "after", ["第二章 保障措施", "（一）加强领导。", "二、加大投入。", "1.加强领导。"]
)
def test_a_numbered_line_is_never_joined(after: str) -> None:
    assert whole(f"{LONG}\n{after}") == [("text", LONG), ("text", after)]


def test_a_finished_line_takes_nothing() -> None:
    assert whole(f"{LONG}头。\n{REST}") == [("text", f"{LONG}头。"), ("text", REST)]


def test_a_title_broken_in_two_is_rejoined() -> None:
    found = whole("关于印发《高新区人才发展\n规划》的通知\n各单位：")
    assert found == [("text", "关于印发《高新区人才发展规划》的通知"), ("text", "各单位：")]


def test_latin_words_are_rejoined_with_a_space() -> None:
    left, right = (
        "the city supports postdoctoral researchers with grants",
        "and housing for two years!",
    )
    assert whole(f"{left}\n{right}") == [("text", f"{left} {right}")]


@pytest.mark.parametrize("text", ["", " \n\u3000\n", "\u200b\ufeff", "加入收藏"])
def test_of_nothing_nothing_is_left(text: str) -> None:
    assert kinds(text) == []


def test_a_credit_at_the_end_of_a_caption_is_parted_from_it() -> None:
    assert kinds("招聘会现场。(重庆日报资料图片)") == [
        ("caption", "招聘会现场。"), ("byline", "(重庆日报资料图片)"),
    ]  # fmt: skip


MIXED = (
    "企业通过统一入口，即可完成岗位发布、简历筛选、面试邀约等全流程操作，\n\n"
    "从简历库中精准挖掘匹配度最高的人才主动推送给企业。\n\n"
    "最便捷的功能是简历推荐：企业发布岗位后，系统立刻化身“猎头”，\n\n{after}"
)


def test_columns_out_of_order_are_not_put_together_by_chance() -> None:
    """Two halves once made a sentence that nobody had written."""
    after = "为产聚才\n\n本报记者 刘新吾\n\n产业强则人才聚。"
    assert [text for _, text in whole(MIXED.format(after=after))][:3] == [
        "企业通过统一入口，即可完成岗位发布、简历筛选、面试邀约等全流程操作，",
        "从简历库中精准挖掘匹配度最高的人才主动推送给企业。",
        "最便捷的功能是简历推荐：企业发布岗位后，系统立刻化身“猎头”，",
    ]


def test_columns_in_order_are() -> None:
    found = [text for _, text in whole(MIXED.format(after="把合适的人才主动推送给合适的企业。"))]
    assert found[0].endswith("全流程操作，从简历库中精准挖掘匹配度最高的人才主动推送给企业。")
    assert found[1].endswith("系统立刻化身“猎头”，把合适的人才主动推送给合适的企业。")
