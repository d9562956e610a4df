"""Web pages: the article whole, its particulars apart, the site's furniture gone."""
# ruff: noqa: E501  (markup of the samples)

import time

import pytest

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Cell, Extract, Limits, Paragraph, Table
from policyqa.index.read.html import reader as html

FIRST = "为深入实施人才强市战略，现就做好2021年度人才公寓申报工作通知如下。"
SECOND = "具有全日制本科以上学历，在本市企业就业并连续缴纳社会保险6个月以上的人员可以申报。"
BODY = f"<p>　　{FIRST}</p><p>　　{SECOND}</p>"
ABOVE, LEFT = Cell(covered="above"), Cell(covered="left")


def extract(page: str, encoding: str = "utf-8", limits: Limits | None = None) -> Extract:
    return html.read(page.encode(encoding), limits or Limits())


def shown(page: str) -> list[tuple[str, str, int]]:
    """Kind, words and level of each paragraph."""
    parts = extract(page).parts
    return [(p.kind, p.text, p.level) for p in parts if isinstance(p, Paragraph)]


def texts(page: str) -> list[str]:
    return [text for _, text, _ in shown(page)]


def table(page: str) -> Table:
    (found,) = (part for part in extract(page).parts if isinstance(part, Table))
    return found


def rows(page: str) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table(page).rows]


GOV = f"""<html><head><title>国务院关于人才工作的意见（国发〔2019〕18号）_专栏</title></head><body>
<div class="header"><a href="/">首页</a><a href="/a">国务院</a></div><div class="wrap">
<table><tr><td><b>索&nbsp;引&nbsp;号：</b></td><td>000014349/2019-00075</td>
<td><b>主题分类：</b></td><td>国务院组织机构</td></tr>
<tr><td><b>发文机关：</b></td><td>国务院</td><td><b>成文日期：</b></td><td>2019年09月06日</td></tr>
<tr><td><b>标　　题：</b></td><td colspan="3">国务院关于人才工作的意见</td></tr>
<tr><td><b>发文字号：</b></td><td>国发〔2019〕18号</td><td><b>发布日期：</b></td><td></td></tr></table>
<div class="share">分享到：<a href="#">微信</a></div>
<table id="UCAP-CONTENT"><tr><td><p><span style="font-weight: bold">国务院关于<br>人才工作的意见</span></p>
<p>各省、自治区、直辖市人民政府：</p>{BODY}<p>国务院</p><p>2019年9月6日</p></td></tr></table></div>
<div class="footer"><p>主办单位：国务院办公厅</p><p>版权所有：中国政府网  京ICP备05070218号</p></div>
</body></html>"""


def test_a_page_in_the_style_of_gov_cn() -> None:
    assert shown(GOV) == [
        ("heading", "国务院关于人才工作的意见", 1),
        ("byline", "索引号：000014349/2019-00075", 0),
        ("byline", "主题分类：国务院组织机构", 0),
        ("byline", "发文机关：国务院", 0),
        ("byline", "成文日期：2019年09月06日", 0),
        ("byline", "标题：国务院关于人才工作的意见", 0),
        ("byline", "发文字号：国发〔2019〕18号", 0),
        ("text", "各省、自治区、直辖市人民政府：", 0),
        ("text", FIRST, 0),
        ("text", SECOND, 0),
        ("text", "国务院", 0),
        ("text", "2019年9月6日", 0),
    ]


def test_what_the_particulars_say_is_said() -> None:
    assert extract(GOV).said == {
        "title": "国务院关于人才工作的意见",
        "date": "2019-09-06",
        "issuer": "国务院",
        "doc_number": "国发〔2019〕18号",
    }


CITY = f"""<html><head><title>重庆市关于人才公寓的通知_重庆市人民政府网</title>
<meta name="ArticleTitle" content="重庆市关于人才公寓的通知"><meta name="PubDate" content="2021-07-13 10:00">
<meta name="ContentSource" content="重庆市人民政府办公厅"></head><body>
<nav><ul><li><a href=/>首页</a></li><li><a href=/zw>政务公开</a></li></ul></nav><div class="main">
<div class="bar"><a href="#">首页</a> &gt; <a href="#">政务公开</a></div>
<ul><li><span>[ 索引号 ]</span><span>11500000009275780L</span></li>
<li><span>[ 发文字号 ]</span><span>渝府办发〔2021〕72号</span></li></ul>
<p class="tit">重庆市<br/>关于人才公寓的通知</p><div class="view TRS_UEDITOR">{BODY}
<ol><li>身份证复印件</li><li>学历证书</li></ol></div>
<div class="fj"><p>附件：</p><p><a href="1.docx">人才公寓申请表.docx</a></p></div>
<div class="zw-share">分享到：<a>微博</a><a href="javascript:print()">打印</a> <a>关闭</a></div>
<div class="xgwj"><h3>相关文件</h3><ul><li><a href="/1">《人才公寓管理办法》政策解读</a></li>
<li><a href="/2">一图读懂人才公寓管理办法</a></li></ul></div></div>
<div class="foot"><p>版权所有：重庆市人民政府办公厅 渝ICP备14002117号</p></div></body></html>"""


def test_a_page_of_a_city() -> None:
    assert shown(CITY) == [
        ("heading", "重庆市关于人才公寓的通知", 1),
        ("byline", "索引号：11500000009275780L", 0),
        ("byline", "发文字号：渝府办发〔2021〕72号", 0),
        ("text", FIRST, 0),
        ("text", SECOND, 0),
        ("text", "1. 身份证复印件", 0),
        ("text", "2. 学历证书", 0),
        ("text", "附件：", 0),
        ("text", "人才公寓申请表.docx", 0),
    ]
    assert extract(CITY).said["date"] == "2021-07-13"
    assert extract(CITY).said["issuer"] == "重庆市人民政府办公厅"


NEWS = """<html><head><meta http-equiv="content-type" content="text/html;charset=GB2312"/>
<title>重庆加快引进高层次人才--时政--人民网 </title></head><body>
<div class="path"><a href="/">人民网</a>&gt;&gt;<a href="/p">时政</a></div><div class="rm_txt">
<div class="col"><h1>重庆加快引进高层次人才</h1><div class="channel">
<div>2021年05月10日08:10 | 来源：<a href="http://p">人民网－人民日报</a></div>
<div><span>小字号</span></div></div><div class="rm_txt_con"><p>广告</p>
<p>　　记者从市委组织部获悉：今年以来，全市引进高层次人才1200人。</p><p><img src="1.jpg"></p>
<p>　　“我们的支持不只是给钱。”该负责人说。</p><div class="edit">(责编：宋鹤立)</div></div>
<div class="rm_relevant"><h3>相关新闻</h3><ul><li><a href="a">成都引才新政出台</a></li></ul></div></div>
<div class="col"><h2>热门排行</h2><ul><li><a href="c">第一条热门新闻的标题写得很长</a></li></ul>
<p><a href="e">人民日报评论员文章</a></p><p>这是另一篇文章的摘要，讲的是别的事情。</p></div></div>
<div class="footer">人 民 网 版 权 所 有 Copyright © 1997-2021</div></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gb18030", "utf-16"])
def test_a_news_page_in_every_encoding(encoding: str) -> None:
    page = NEWS.replace("©", "(c)").encode(encoding)
    parts = html.read(page, Limits()).parts
    assert [part.text for part in parts if isinstance(part, Paragraph)] == [
        "重庆加快引进高层次人才",
        "2021年05月10日08:10",
        "来源：人民网－人民日报",
        "责编：宋鹤立",
        "记者从市委组织部获悉：今年以来，全市引进高层次人才1200人。",
        "“我们的支持不只是给钱。”该负责人说。",
    ]


def test_big5_is_read_as_declared() -> None:
    page = "<meta charset=big5><p>臺灣青年來渝創業補助，請於三月前提出申請，逾期不再受理。</p>"
    assert extract(page, "big5").parts[0] == Paragraph(
        "臺灣青年來渝創業補助，請於三月前提出申請，逾期不再受理。"
    )


def test_utf8_that_declares_gb2312_is_read() -> None:
    assert texts(f"<meta charset=gb2312>{BODY}") == [FIRST, SECOND]


def test_a_byte_that_fits_no_encoding_is_told() -> None:
    page = f"<meta charset=utf-8>{BODY * 9}".encode() + b"<p>\xff\xff</p>"
    found = html.read(page, Limits())
    assert found.parts[0] == Paragraph(FIRST)
    assert found.warnings == ("网页里有 2 处文字无法识别，已用“\ufffd”代替",)


def test_null_bytes_are_left_out() -> None:
    assert texts(f"<html>{BODY}".replace("公寓", "公\x00寓")) == [FIRST, SECOND]


WECHAT = f"""<html><head><meta property="og:title" content="关于做好人才公寓申报的通知"><title></title></head>
<body><div id="js_article"><div id="img-content"><h1 class="rich_media_title" id="activity-name">
 关于做好人才公寓申报的通知
</h1><div id="meta_content"><span>原创</span><span>人才办</span>
<div id="js_profile_qrcode" style="display:none"><p>功能介绍 重庆人才服务平台，为人才提供服务。</p></div>
<em id="publish_time">2021-07-13 18:00</em></div>
<div id="js_content" style="visibility: hidden;"><section><section><p>点击上方蓝字关注我们</p>
{BODY.replace("本科", "<span>本</span><span>科</span>")}</section></section></div></div>
<div class="rich_media_tool"><a>阅读原文</a></div></div><div style="display:none"><p>微信扫一扫<br>关注该公众号</p></div>
<div class="weui-dialog"><p>继续滑动看下一个</p></div><script>var a="<p>假的。</p>";</script></body></html>"""


def test_hidden_content_of_wechat_is_read_and_other_hidden_text_is_not() -> None:
    assert shown(WECHAT) == [
        ("heading", "关于做好人才公寓申报的通知", 1),
        ("byline", "原创 人才办 2021-07-13 18:00", 0),
        ("text", FIRST, 0),
        ("text", SECOND, 0),
    ]


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>附件</title>
<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>某人</o:Author></o:DocumentProperties></xml>
<![endif]--><style><!-- p.MsoNormal{margin:0} --></style></head><body><div class=Section1>
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'><span>人才公寓租赁管理办法<o:p></o:p></span></b></p>
<p style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp;
</span></span><![endif]>租金按市场价的七
折收取，每三个月缴纳一次。</p><p>承租人<span style='mso-hide:all'>隐藏的话。</span>应当按时缴纳租金<a
href="#_ftn1">[1]</a>。</p><table border=1><tr><td rowspan=2><p>类别</p></td><td colspan=2><p>补贴标准</p></td></tr>
<tr><td>购房</td><td>租房</td></tr><tr><td>博士</td><td><p>20万元</p><p>（一次性）</p></td><td>2000元</td></tr>
</table></div><div style='mso-element:footnote-list'><p><a href="#_ftnref1">[1]</a>租金不含水电费。</p></div>
</body></html>"""


def test_a_page_saved_by_word() -> None:
    found = html.read(WORD.encode("gb18030"), Limits())
    assert found.parts == (
        Paragraph("人才公寓租赁管理办法", "heading"),
        Paragraph("1. 租金按市场价的七折收取，每三个月缴纳一次。"),
        Paragraph("承租人应当按时缴纳租金[1]。"),
        Table(
            (
                (Cell("类别"), Cell("补贴标准"), LEFT),
                (ABOVE, Cell("购房"), Cell("租房")),
                (Cell("博士"), Cell("20万元\n（一次性）"), Cell("2000元")),
            )
        ),
        Paragraph("[1]租金不含水电费。"),
    )


BUREAU = f"""<html><head><title>关于申报人才公寓的公告 - 某某区人力资源和社会保障局</title></head><body><table><tr><td>
<table><tr><td><a href=/>首页</a></td><td><a href=/a>机构职能</a></td></tr></table></td></tr><tr><td><table><tr>
<td><table><tr><td><a href=1>通知公告</a></td></tr><tr><td><a href=2>政策解读</a></td></tr></table></td>
<td><table><tr><td>您现在的位置：<a href=/>首页</a> &gt; 通知公告</td></tr>
<tr><td class=biaoti>关于申报人才公寓的公告</td></tr>
<tr><td>发布时间：2021-07-13　来源：区人社局　点击数：12　【字体：<a href=#>大</a> <a href=#>中</a>】</td></tr>
<tr><td><div id=zoom>{BODY}联系人：张三<br>地址：某某区人民路1号<br>主办单位：某某区人社局
<table border=1><tr><td>序号</td><td>材料</td></tr><tr><td>1</td><td>身份证</td></tr></table></div></td></tr>
<tr><td>【<a href=javascript:window.print()>打印</a>】【<a href=javascript:close()>关闭</a>】</td></tr>
<tr><td>上一篇：<a href=x>关于公示人才公寓名单的通知</a></td></tr></table></td></tr></table></td></tr>
<tr><td>主办单位：某某区人社局<br>地址：某某区人民路1号 邮编：400000<br>版权所有 渝ICP备12345678号</td></tr></table>"""


def test_a_page_laid_out_by_tables() -> None:
    assert shown(BUREAU) == [
        ("heading", "关于申报人才公寓的公告", 1),
        ("byline", "发布时间：2021-07-13", 0),
        ("byline", "来源：区人社局", 0),
        ("text", FIRST, 0),
        ("text", SECOND, 0),
        ("text", "联系人：张三", 0),
        ("text", "地址：某某区人民路1号", 0),
        ("text", "主办单位：某某区人社局", 0),
    ]
    assert rows(BUREAU) == [["序号", "材料"], ["1", "身份证"]]


def test_a_page_that_is_a_table() -> None:
    page = """<title>房源表</title><table><caption>人才公寓房源表</caption>
    <thead><tr><th>小区<th>套数</tr></thead><tr><td>渝北苑<td>31</tr><tr><td>江北苑<td>12</tr></table>"""
    found = table(page)
    assert (found.title, found.header_rows) == ("人才公寓房源表", 1)
    assert rows(page) == [["小区", "套数"], ["渝北苑", "31"], ["江北苑", "12"]]


def test_every_sentence_outside_the_densest_element_stays() -> None:
    links = "".join(f"<li><a href={n}>栏目{n}的名称写在这里</a></li>" for n in range(20))
    page = f"""<ul>{links}</ul><div><div><p>开头的一句话在另一个框里。</p></div><div>{BODY * 5}</div>
    <div><p>落款单位</p><p>结尾的一句话也在另一个框里。</p></div></div>"""
    found = texts(page)
    assert (found[0], found[-2:]) == (
        "开头的一句话在另一个框里。",
        ["落款单位", "结尾的一句话也在另一个框里。"],
    )
    assert len(found) == 13


def test_a_button_does_not_take_the_paragraph_below_for_its_value() -> None:
    assert texts(f"<p>打印</p><p>请于三月前申报。</p>{BODY}") == ["请于三月前申报。", FIRST, SECOND]


def test_a_counter_that_a_script_would_fill_is_gone() -> None:
    assert texts(f"<p>-<script>visits()</script>次</p><p>A+大 A+中 A+小</p>{BODY}") == [
        FIRST,
        SECOND,
    ]


def test_an_article_named_like_furniture_stays() -> None:
    assert texts(f"<div class=header><div class=share>{BODY}</div></div>") == [FIRST, SECOND]


def test_a_link_that_is_never_closed_hides_nothing() -> None:
    assert texts(f"<a href=x>{BODY * 4}") == [FIRST, SECOND] * 4


def test_labels_side_by_side_are_parted() -> None:
    page = f"<p><span>来源：市人社局</span><span>日期：2011-11-30</span></p>{BODY}"
    assert texts(page)[:2] == ["来源：市人社局", "日期：2011-11-30"]


def test_the_time_of_an_event_is_no_particular_of_the_page() -> None:
    assert shown(f"<p>时间：8月11日</p>{BODY}")[0] == ("text", "时间：8月11日", 0)


def test_particulars_that_are_not_shown_are_said() -> None:
    page = f"<div style='display:none'><span>发布时间:2016/9/20</span></div>{BODY}"
    assert extract(page).said == {"date": "2016-09-20"}


def test_a_sentence_broken_by_a_page_number_is_whole() -> None:
    page = f"""{BODY}<p>　　按照中央关于严格控</p><table><tr><td></td><td>－ 1 －&nbsp;</td></tr></table>
    <p>制人口规模的要求，统筹改革。</p>"""
    assert texts(page)[-1] == "按照中央关于严格控制人口规模的要求，统筹改革。"


def test_a_title_shown_twice_is_kept_once() -> None:
    head = "<title>关于人才公寓的通知</title><h1>关于人才公寓的通知</h1><p>渝府〔2021〕2号</p>"
    page = f"{head}<p><b>关于人才公寓</b></p><p><b>的通知</b></p>{BODY}"
    assert shown(page)[:2] == [("text", "渝府〔2021〕2号", 0), ("heading", "关于人才公寓的通知", 1)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("关于申报的公告 - 某某区人力资源和社会保障局", "关于申报的公告"),
        ("关于申报的公告-通知公告-首都之窗-北京市政务门户网站", "关于申报的公告"),
        ("重庆加快引才--时政--人民网", "重庆加快引才"),
        ("中国政府网_关于申报的公告", "关于申报的公告"),
        ("首都之窗_北京市政府门户网站_政务_政府文件", ""),
    ],
)
def test_the_site_is_no_part_of_the_title(title: str, expected: str) -> None:
    assert extract(f"<title>{title}</title>{BODY}").said.get("title", "") == expected


def test_headings_have_their_level_and_bold_lines_none() -> None:
    page = f"<h2>第一章<br>总则</h2>{BODY}<p><b>一、</b><strong>申报对象</strong></p><p><b>注意。</b></p>"
    assert [part for part in shown(page) if part[0] == "heading"] == [
        ("heading", "第一章总则", 2),
        ("heading", "一、申报对象", 0),
    ]


def test_items_of_a_list_have_the_number_a_browser_shows() -> None:
    page = f"""{BODY}<ol start=3><li>甲</li><li value=7>乙</li></ol><ol type=a><li>丙</li></ol>
    <ol style="list-style:none"><li>丁</li></ol><ol><li>（一）戊</li></ol><ul><li>己</li></ul>"""
    assert texts(page)[2:] == ["3. 甲", "7. 乙", "a. 丙", "丁", "（一）戊", "己"]


def test_merged_cells_over_rows_and_columns() -> None:
    page = f"""{BODY}<table><tr><th rowspan=2 colspan=2>甲<th>乙<tr><td>丙<tr><td>丁<td>戊<td rowspan=9>己
    <tr><td>庚</table>"""
    assert table(page) == Table(
        (
            (Cell("甲"), LEFT, Cell("乙")),
            (ABOVE, LEFT, Cell("丙")),
            (Cell("丁"), Cell("戊"), Cell("己")),
            (Cell("庚"), Cell(), ABOVE),
        ),
        header_rows=1,
    )


def test_a_colspan_beyond_all_columns_makes_none() -> None:
    page = f"{BODY}<table><tr><td colspan=1000>标准<tr><td>甲<td>乙<tr><td>丙<td>丁</table>"
    assert table(page).rows[0] == (Cell("标准"), LEFT)
    assert len(table(page).rows) == 3


def test_a_table_inside_a_cell_is_read_by_rows() -> None:
    inner = "<table><tr><td>硕士<td>1万元<tr><td>博士<td>2万元</table>"
    page = f"""{BODY}<table><tr><th>对象<th>标准<th>说明<tr><td>人才<td>{inner}<td>一次性发放，不重复享受其他同类补贴</table>"""
    assert rows(page)[1][1] == "硕士 1万元\n博士 2万元"


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html><body></body></html>",
        '<script>document.write("为深入实施人才强市战略，现通知如下。")</script>',
        "<frameset><frame src=a.htm><noframes>您的浏览器不支持框架，请升级。</noframes></frameset>",
        "<nav><a href=/>首页</a></nav><p>Sorry, we cannot display this file.</p>"
        "<div class=modal>You signed in with another tab. Reload to refresh your session.</div>",
    ],
)
def test_a_page_without_an_article_is_refused(page: str) -> None:
    with pytest.raises(UnreadableFile, match="网页里没有正文"):
        extract(page)


@pytest.mark.parametrize("nest", ["<div>", "<ul><li>", "<table><tr><td>", "<b>", "<div><span><x>"])
def test_deep_nesting_loses_nothing(nest: str) -> None:
    started = time.monotonic()
    assert texts(nest * 20_000 + BODY) == [FIRST, SECOND]
    assert time.monotonic() - started < 20


def test_spans_of_any_size_are_bounded() -> None:
    cells = "<td rowspan=65534 colspan=99999>甲" * 300
    with pytest.raises(UnreadableFile, match="超过上限 2000000 格"):
        extract(f"{BODY}<table><tr>{cells}{'<tr><td>乙' * 300}</table>")


def test_entities_are_not_expanded_from_the_page() -> None:
    page = f'<!DOCTYPE h [<!ENTITY a "甲甲甲">]><body>{BODY}<p>另有一句话在这里&a;说完。</p>'
    assert texts(page)[-1] == "另有一句话在这里&a;说完。"


def test_bounds_are_named() -> None:
    with pytest.raises(UnreadableFile, match="文字超过上限 50 字"):
        extract(BODY, limits=Limits(max_chars=50))
    with pytest.raises(UnreadableFile, match="表格有 3 行，超过上限 2 行"):
        extract(f"{BODY}<table>{'<tr><td>甲<td>乙' * 3}</table>", limits=Limits(max_rows=2))


def test_preformatted_lines_are_paragraphs() -> None:
    assert texts(f"<pre>{FIRST}\n{SECOND}</pre>") == [FIRST, SECOND]


def test_rows_of_labels_and_values_are_known_by_their_marks() -> None:
    rows = "<tr><th>事项名称</th><td>落户</td></tr><tr><th>承诺时限</th><td>5日</td></tr>"
    long = "<p>" + "人才引进落户由公安机关受理，材料齐全的当场办结。" * 3 + "</p>"
    page = f"<html><body><h1>办事指南</h1>{long}<table>{rows}</table></body></html>"
    (table,) = [p for p in html.read(page.encode(), Limits()).parts if isinstance(p, Table)]
    assert table.pairs


@pytest.mark.parametrize(
    "old",
    [
        "<del>800元</del>",
        "<s>800元</s>",
        "<strike><font>800元</font></strike>",
        "<span style='color:red;text-decoration: underline line-through'>800元</span>",
        "<span style='text-decoration-line:line-through'><del>800元</del></span>",
    ],
)
def test_struck_out_words_are_not_read_and_staff_are_told(old: str) -> None:
    found = extract(f"{BODY}<p>租房补贴每月{old}1200元。</p>")
    assert found.parts[-1] == Paragraph("租房补贴每月1200元。")
    assert found.warnings == ("有 1 处划掉的文字（删除线）没有读，如“800元”",)


def test_a_strike_that_is_never_closed_hides_nothing() -> None:
    assert texts(f"<s>{BODY * 4}") == [FIRST, SECOND] * 4


def test_a_struck_row_of_a_table_goes() -> None:
    old = "<tr><td><s>专科</s><td><s>0.5万元</s>"
    page = (
        f"{BODY}<table><tr><th>学历<th>补贴<tr><td>博士<td>3万元{old}<tr><td>硕士<td>1万元</table>"
    )
    assert rows(page) == [["学历", "补贴"], ["博士", "3万元"], ["", ""], ["硕士", "1万元"]]


@pytest.mark.parametrize("name", ["step-header", "card-head", "faq_header", "panelHeader"])
def test_the_head_of_a_part_is_its_heading(name: str) -> None:
    part = f"<div class='{name}'><span>去哪里办</span></div><div><p>镇街便民中心三楼。</p></div>"
    page = f"<body><div class=box><h1>租房补贴申领指南</h1>{BODY}<div>{part}</div></div></body>"
    assert shown(page)[-2:] == [("heading", "去哪里办", 0), ("text", "镇街便民中心三楼。", 0)]


@pytest.mark.parametrize("name", ["page-header", "site-head", "gov-header"])
def test_the_head_of_the_page_is_not(name: str) -> None:
    page = (
        f"<body><div class={name}>柳泉区政务网</div><div class=box><h1>指南</h1>{BODY}</div></body>"
    )
    assert "柳泉区政务网" not in texts(page)


def test_a_heading_that_is_a_button_is_read() -> None:
    page = f"{BODY}<h3 class=accordion-header><button>去哪里办</button></h3><p>到三楼。</p><button>提交</button>"
    assert texts(page)[2:] == ["去哪里办", "到三楼。"]


def test_definitions_are_labels_and_values() -> None:
    page = f"""{BODY}<dl><dt>受理地点<dd>柳泉区政务大厅6号窗口<dt>办理时间：<dd>周一至周五<dd>周六上午</dl>
    <dl><dt>可以代办吗？<dd>可以，须带委托书。</dl><dl><dt>办理条件<dd><p>有本市户口。</p><p>年满十八岁。</p></dl>"""
    assert texts(page)[2:] == [
        "受理地点：柳泉区政务大厅6号窗口",
        "办理时间：周一至周五；周六上午",
        *("可以代办吗？", "可以，须带委托书。", "办理条件", "有本市户口。", "年满十八岁。"),
    ]


@pytest.mark.parametrize(
    "attributes",
    ["class=tab-box style='display:none'", "class=tabCon hidden", "role=tabpanel hidden"],
)
def test_a_tab_that_a_click_shows_is_read(attributes: str) -> None:
    page = f"{BODY}<div {attributes}><h3>办理流程</h3><p>先网上预约，再到窗口。</p></div>"
    assert texts(page)[2:] == ["办理流程", "先网上预约，再到窗口。"]
    assert texts(page.replace("tab", "tip"))[2:] == []


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("<p><img src=a.jpg width=800 height=600></p>", True),
        ("<p>见下图：<img src=a.jpg style='width:640px; height:300px'></p>", True),
        ("<p><img data-src=http://a/b></p>", True),
        ("<p><img src=a.jpg width=60 height=60></p>", False),
        ("<p>附件<img src=a.jpg></p>", False),
        ("<p><img src=line.gif></p>", False),
        ("<div class=share><img src=a.jpg width=800></div>", False),
    ],
)
def test_large_pictures_in_the_article_are_told(image: str, told: bool) -> None:
    found = extract(f"{BODY}{image}<p>特此公告，请相互转告。</p>").warnings
    assert [warning[:15] for warning in found] == ["网页正文里有 1 张大图没有读"] * told


def test_a_notices_title_that_no_element_is_named_after() -> None:
    page = (
        "<title>某市规划和国土资源委员会</title><table><tr><td class=titleorange03>"
        f"关于启用登记簿证样式（试行）的通知</td></tr></table><div class=TRS_Editor>{BODY * 4}</div>"
    )
    assert extract(page).said["title"] == "关于启用登记簿证样式（试行）的通知"


@pytest.mark.parametrize(
    ("css", "mark"),
    [
        (".draft, .x {display: none}", "class=draft"),
        ("<!-- p.draft{VISIBILITY:hidden !important} -->", "class='a draft'"),
        ("/* old */ #draft{position:absolute;left:-9999px}", "id=draft"),
        (".draft{color:#FFFFFF}", "class=draft"),
        ("", "style='color: white'"),
        ("", "style='font-size:1px'"),
        ("", "style='top:-9999px; position:fixed'"),
    ],
)
def test_words_that_are_not_seen_are_not_read_and_staff_are_told(css: str, mark: str) -> None:
    page = f"<html><style>{css}</style>{BODY}<p {mark}>内部口径：每月9万元。</p>"
    found = extract(page)
    assert [part.text for part in found.parts if isinstance(part, Paragraph)] == [FIRST, SECOND]
    told = "有 1 处看不见的文字（隐藏、白色或极小的字）没有读，如“内部口径：每月9万元。”"
    assert found.warnings == (told,)


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("<style>.a{display:none}.a.on{display:block}</style>", "<div class=a>{}</div>"),
        ("<style>.a{display:none}</style>", "<div onclick='show(\"a\")'></div><p class=a>{}"),
        ("<style>.a{display:none}</style><script>$('.a').toggle()</script>", "<p class=a>{}"),
        ("<style>.off{display:none}</style>", "<div class=k>一</div><div class='k off'>{}</div>"),
        ("<style>.answer{display:none}</style>", "<p class=answer>{}"),
        ("<style>@media print{.a{display:none}}</style>", "<p class=a>{}"),
        ("<style>.a{display:none}</style>", "<p class=a style='display:block'>{}"),
        ("<style>.a{color:#fff}.b p{background:#036}</style>", "<p class=a>{}"),
        ("", "<div style='background:#c00'><p style='color:white'>{}</div>"),
        ("<link rel=stylesheet href=a.css>", "<div class=bar><p style='color:#fff'>{}</div>"),
        ("", "<div style='font-size:0'><p style='font-size:16px'>{}</div>"),
    ],
)
def test_what_a_click_opens_or_a_dark_ground_shows_is_read(head: str, part: str) -> None:
    said = "申请人应当在三月底以前提交材料。"
    assert said in texts(f"<html><head>{head}</head><body>{BODY}{part.format(said)}</body></html>")


@pytest.mark.parametrize("name", ["article-header", "content-head", "banner"])
def test_number_and_addressee_in_the_head_of_an_article_are_its_own(name: str) -> None:
    own = ["柳人社规〔2023〕7号", "各镇街、市直各单位：", "主送：各镇街人社中心"]
    head = "".join(f"<p>{text}</p>" for text in own)
    page = f"<div class=box><div class={name}><h1>租房补贴办法</h1>{head}<p>大字版</p></div>{BODY}</div>"
    menu = "<div class=site-header><a href=1>首页</a> <a href=2>政务公开</a></div>"
    assert texts(f"<body>{menu}{page}</body>") == ["租房补贴办法", *own, FIRST, SECOND]
