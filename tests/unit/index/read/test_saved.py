"""A page saved as text is read without its site, and without its list of contents."""
# ruff: noqa: E501  (lines of the samples)

import pytest

from policyqa.index.read.saved import without_contents, without_site

ARTICLE = "东川市集市管理办法\n第一条 为加强集市管理，结合本市实际，制定本办法。\n"


@pytest.mark.parametrize(
    "above",
    [
        "2030年5月1日 星期三\n设为首页\n加入收藏\n\n首页\n要闻\n政策法规\n\n您的当前位置：首页>正文\n",
        "东川学会\n我们是一个研究集市的社群。\nSkip to content\n\n  关于我们\n  最新消息\n  活动\n\n",
        "首页\n新闻中心\n办事服务\n互动交流\n",
        "当前位置：首页 > 法规\n【打印】 【关闭】\n",
    ],
)
def test_the_menu_above_the_title_goes(above: str) -> None:
    assert without_site(above + ARTICLE).strip() == ARTICLE.strip()


def test_what_a_site_writes_below_the_end_goes() -> None:
    below = "分享到：\n微博\n载入中...\n发表评论\n名称（必填）\n近期文章\n我的父亲\n"
    assert without_site(ARTICLE + below) == ARTICLE


@pytest.mark.parametrize(
    "text",
    [
        "姓名\n性别\n学历\n" + ARTICLE,
        "第一章总则\n第二章管理\n第三章附则\n" + ARTICLE,
        ARTICLE + "位置：东川路2号\n东川市商务局\n2030年5月1日\n",
        ARTICLE + "服务对象\n120人次\n80人次\n60人次\n",
        "集市条例\n\n第一条 为加强集市管理，结合本市实际，制定本条例。\n",
    ],
)
def test_a_texts_own_short_lines_stay(text: str) -> None:
    assert without_site(text) == text


def test_a_list_of_contents_goes() -> None:
    headings = "一、适用范围\n二、摊位租金\n三、附则\n"
    contents = "目 录\n一、适用范围 1\n二、摊位租金……5\n三、附则\t9\n\n"
    assert without_contents(f"东川市办法\n{contents}{headings}") == f"东川市办法\n{headings}"


def test_rows_with_a_number_are_no_list_of_contents() -> None:
    rows = "大摊 3\n中摊 5\n小摊 9\n按月收取。\n"
    assert without_contents(rows) == rows


def test_long_lines_are_read_in_time() -> None:
    text = " " * 200_000 + "。" * 50_000 + "\n" + "一…" * 50_000
    assert without_contents(without_site(text)) == text


def test_source_and_day_above_the_path_stay() -> None:
    info = "来源： 市商务局 发布时间： 2030-07-27\n"
    assert without_site(f"{info}您的当前位置： 首页>公告\n{ARTICLE}") == info + ARTICLE
