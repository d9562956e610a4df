"""What is read of a document, on small texts."""
# ruff: noqa: E501  (lines of the samples)

import pytest

from policyqa.index.metadata.dates import days, iso_date, last_day, period, shifted
from policyqa.index.metadata.numbers import number_of, numbers_in
from policyqa.index.metadata.page import organs
from policyqa.index.metadata.readings import merged, readings
from policyqa.index.metadata.titles import core, tidy, without_site
from policyqa.index.types import Metadata, Reading

NOTICE = """穗人社规字﹝2022﹞2号
广州市人力资源和社会保障局
广州市公安局
关于印发广州市引进人才入户管理办法实施细则的通知
各有关单位：
根据《广州市引进人才入户管理办法》（穗府办规〔2020〕10号），现印发给你们，请认真组织实施。
广州市人力资源和社会保障局
广州市公安局
2022年7月7日
广州市引进人才入户管理办法实施细则
第一条 持有效期5年的居住证的，自2021年1月1日起可以申请。
第二条 本细则自印发之日起实施，有效期5年。《入户细则（试行）》（穗人社规字〔2019〕2号）同时废止。
广州市人力资源和社会保障局办公室 2022年7月9日印发"""

PLAN = """渝高新发〔2021〕26号
重庆高新区管委会
关于印发《重庆高新区“十四五”人才发展规划》的通知
各镇人民政府、街道办事处：
现印发给你们，请遵照执行。
重庆高新区管委会
二〇二一年七月十三日
重庆高新区“十四五”人才发展规划
第一章 序言"""

NEWS = """2022-03-02 14:00:38 来源：重庆日报
两江新区打造更加高效的人才特区
两江新区深入贯彻人才工作会议精神，自2021年1月1日起施行新的办法，同时废止《旧办法》。重庆日报记者获悉，人才增长。"""


def about(text: str, *, source: str = "a.txt", **said: str) -> Metadata:
    return merged(readings(text, headings=(), source=source, said=said), Metadata())[0]


def found(text: str, field: str, source: str = "a.txt") -> list[Reading]:
    return [r for r in readings(text, headings=(), source=source, said={}) if r.field == field]


def test_a_notice_of_two_issuers() -> None:
    title = (
        "广州市人力资源和社会保障局 广州市公安局关于印发广州市引进人才入户管理办法实施细则的通知"
    )
    assert about(NOTICE) == Metadata(
        title=title,
        issuer="广州市人力资源和社会保障局、广州市公安局",
        doc_number="穗人社规字〔2022〕2号",
        date="2022-07-07",
        effective="2022-07-07",
        expires="2027-07-06",
        kind="policy",
        region="广东省广州市",
        audience="人才",
        replaces=("入户细则（试行）", "穗人社规字〔2019〕2号"),
    )


def test_a_plan() -> None:
    assert about(PLAN) == Metadata(
        title="重庆高新区管委会关于印发《重庆高新区“十四五”人才发展规划》的通知",
        issuer="重庆高新区管委会",
        doc_number="渝高新发〔2021〕26号",
        date="2021-07-13",
        effective="2021-01-01",
        expires="2025-12-31",
        kind="plan",
        region="重庆高新区",
        audience="人才",
    )


def test_a_report_has_no_term_and_ends_nothing() -> None:
    assert about(NEWS) == Metadata(
        title="两江新区打造更加高效的人才特区",
        issuer="重庆日报",
        date="2022-03-02",
        kind="news",
        region="重庆两江新区",
    )


def test_every_reading_of_the_text_has_its_words() -> None:
    words = {
        (r.field, NOTICE[r.start : r.end])
        for r in readings(NOTICE, headings=(), source="a.txt", said={})
    }
    assert ("doc_number", "穗人社规字﹝2022﹞2号") in words
    assert ("date", "2022年7月7日") in words
    assert ("effective", "自印发之日起实施") in words
    assert ("expires", "有效期5年") in words
    assert ("replaces", "入户细则（试行）") in words
    assert ("issuer", "广州市人力资源和社会保障局\n广州市公安局") in words


def test_readings_are_ordered_by_confidence() -> None:
    sure = [r.confidence for r in readings(NOTICE, headings=(), source="a.txt", said={})]
    assert sure == sorted(sure, reverse=True)


def test_nothing_is_read_of_nothing() -> None:
    assert readings("", headings=(), source="123.txt", said={}) == ()
    assert about("表一\n1\t2\n3\t4") == Metadata()


def test_particulars_of_a_line() -> None:
    text = """索 引 号：123 发文机关：国务院办公厅 成文日期：2025年06月22日
标 题：国务院办公厅关于做好就业工作的通知 发文字号：国办发[2025]14号
国务院办公厅关于做好就业工作的通知
各省人民政府：
请执行。"""
    result = about(text)
    assert (result.issuer, result.doc_number, result.date, result.region) == (
        "国务院办公厅",
        "国办发〔2025〕14号",
        "2025-06-22",
        "全国",
    )


def test_particulars_of_cells() -> None:
    text = (
        "发文机关\t重庆市民政局\t成文日期\t2024-05-01\n"
        "重庆市民政局关于做好救助工作的通知\n"
        "各区县民政局：\n"
        "请执行。"
    )
    assert (about(text).issuer, about(text).date) == ("重庆市民政局", "2024-05-01")


def test_two_explicit_dates_that_differ_are_less_sure() -> None:
    text = (
        "成文日期：2025年1月1日\n"
        "重庆市民政局关于救助的通知\n"
        "各单位：\n"
        "请执行。\n"
        "重庆市民政局\n"
        "2025年2月1日"
    )
    sure = {r.value: r.confidence for r in found(text, "date")}
    assert sure == {"2025-01-01": 0.81, "2025-02-01": 0.78}


def test_a_date_cited_and_a_print_date_are_none() -> None:
    text = (
        "关于救助的通知\n"
        "各单位：\n"
        "根据2020年1月1日的会议，请执行。\n"
        "重庆市民政局办公室 2025年2月1日印发"
    )
    assert found(text, "date") == []


def test_an_order_has_its_number_and_issuer() -> None:
    text = (
        "重庆市人民政府令\n"
        "第 306 号\n"
        "《重庆市居住证实施办法》已经通过，现予公布，自2016年11月1日起施行。\n"
        "2016年9月12日\n"
        "重庆市居住证实施办法\n"
        "第一条 为了服务。"
    )
    result = about(text)
    assert (result.doc_number, result.issuer) == ("重庆市人民政府令第306号", "重庆市人民政府")
    assert (result.effective, result.date) == ("2016-11-01", "2016-09-12")


def test_a_number_cited_is_not_the_documents_own() -> None:
    text = (
        "关于救助的通知\n"
        "各单位：\n"
        "根据《办法》（渝府发〔2020〕1号）执行。\n"
        "重庆市民政局\n"
        "2025年2月1日"
    )
    assert about(text).doc_number == ""


def test_a_signature_of_an_attached_document_is_not_the_issuers() -> None:
    text = "市商务局关于做好外资工作的通知\n各区：\n现转发如下。\n商务部办公厅\n2020年2月15日"
    assert about(text).issuer == ""
    assert about(text).date == ""


def test_a_name_over_two_lines_is_one() -> None:
    text = "关于复工的通告\n各单位：\n特此通告。\n泰州市海陵区应对疫情\n工作领导小组\n2020年2月9日"
    assert about(text).issuer == "泰州市海陵区应对疫情工作领导小组"


def test_red_head() -> None:
    text = (
        "东莞市人民政府文件\n"
        "东府〔2015〕111 号\n"
        "关于印发《东莞市人才入户管理办法》的通知\n"
        "各镇：\n"
        "请执行。"
    )
    result = about(text)
    assert (result.issuer, result.doc_number) == ("东莞市人民政府", "东府〔2015〕111号")


def test_the_pages_title_without_site_agrees_with_the_text() -> None:
    text = "关于印发《租赁办法》的通知\n各单位：\n请执行。"
    best = found(text, "title")[0]
    assert best.confidence == 0.88
    said = {"title": "关于印发《租赁办法》的通知-公告公示-首都之窗"}
    top = next(r for r in readings(text, headings=(), source="a", said=said) if r.field == "title")
    assert (top.value, top.confidence, top.origin) == ("关于印发《租赁办法》的通知", 0.95, "text")


def test_a_title_falls_back_to_the_files_name() -> None:
    name = "07_重庆市引进人才管理办法2016(渝府发%u30142016%u301575号).pdf"
    result = about("正文没有标题，只有这样一句话。", source=f"a/{name}")
    assert (result.title, result.doc_number) == ("重庆市引进人才管理办法", "渝府发〔2016〕75号")


def test_a_workbook_has_no_particulars_of_its_own() -> None:
    text = "名称\t发文机关\t成文日期\n《办法》\t重庆市民政局\t2020-01-01"
    result = about(text, source="各地人才补贴.xlsx")
    assert result == Metadata(title="各地人才补贴", kind="guide", audience="人才")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("重庆市“十四五”人才发展规划", "plan"),
        ("人才发展行动计划（2021—2025年）", "plan"),
        ("关于开展2025年博士后项目申报的通知", "notice"),
        ("关于印发《人才申报管理办法》的通知", "policy"),
        ("解读《重庆市人才入户办法》", "guide"),
        ("怎么申领社会保障卡？", "guide"),
        ("重庆市引进人才暂行办法", "policy"),
    ],
)
def test_kind_by_title(title: str, kind: str) -> None:
    assert about(f"{title}\n正文说的是这样的一句话。").kind == kind


def test_trial_by_title() -> None:
    assert about("重庆市引进人才办法（试行）\n第一条 为了人才。").trial
    assert not about("重庆市引进人才办法\n第一条 按试行办法办理。").trial


def test_audience_by_its_clause() -> None:
    assert (
        about("重庆市补贴办法\n申报对象：在渝的博士后和留学人员。").audience == "博士后、留学人员"
    )


@pytest.mark.parametrize(
    ("words", "effective", "expires"),
    [
        ("本办法自2020年3月1日起施行，有效期5年。", "2020-03-01", "2025-02-28"),
        ("本办法自2016年1月1日起实施，有效期至2020年12月31日。", "2016-01-01", "2020-12-31"),
        ("本通知自2020年3月1日起执行，试行期两年。", "2020-03-01", "2022-02-28"),
        ("本办法自2020年3月1日起施行，执行至2022年底。", "2020-03-01", "2022-12-31"),
        ("《旧办法》自2020年3月1日起施行。", "", ""),
        ("居住证自2020年3月1日起生效，有效期5年。", "", ""),
        ("本通知规定的救助标准均从2025年1月1日起执行。", "", ""),
    ],
)
def test_terms(words: str, effective: str, expires: str) -> None:
    result = about(f"重庆市引进人才办法\n第一条 为了人才。\n第二条 {words}")
    assert (result.effective, result.expires) == (effective, expires)


def test_thirty_days_after_issue() -> None:
    text = (
        "重庆市引进人才办法\n各单位：\n本办法自公布之日起30日后施行。\n重庆市民政局\n2024年1月31日"
    )
    assert about(text).effective == "2024-03-01"


def test_a_calls_last_day() -> None:
    text = "关于开展项目申报的通知\n各单位：\n申报时间：2025年3月1日至2025年4月15日。"
    assert about(text).expires == "2025-04-15"


@pytest.mark.parametrize(
    ("words", "ended"),
    [
        ("同时废止《甲办法》《乙办法》。", ("甲办法", "乙办法")),
        ("原《甲办法》停止执行。", ("甲办法",)),
        (
            "《甲办法》（穗府〔2014〕10号）、《乙办法》同时废止。",
            ("甲办法", "穗府〔2014〕10号", "乙办法"),
        ),
        ("下列文件同时废止：\n1.《甲办法》\n2.《乙办法》\n其他不变。", ("甲办法", "乙办法")),
        ("根据《丙条例》，《甲办法》已废止。", ()),
        ("与《甲办法》不一致的，以本办法为准。", ()),
    ],
)
def test_replaces(words: str, ended: tuple[str, ...]) -> None:
    assert sorted(about(f"重庆市人才办法\n第一条 为了人才。\n{words}").replaces) == sorted(ended)


def test_the_catalogue_wins() -> None:
    read = readings(PLAN, headings=(), source="a.txt", said={})
    catalogue = Metadata(title="人才规划", date="2021-07")
    result, kept = merged(read, catalogue)
    assert (result.title, result.date, result.issuer) == ("人才规划", "2021-07", "重庆高新区管委会")
    assert [(r.field, r.value, r.confidence, r.origin) for r in kept[:2]] == [
        ("title", "人才规划", 1, "catalogue"),
        ("date", "2021-07", 1, "catalogue"),
    ]
    assert kept[2:] == read


def test_what_is_unsure_is_kept_and_not_taken() -> None:
    unsure = (Reading(field="issuer", value="市人社局", confidence=0.42),)
    assert merged(unsure, Metadata()) == (Metadata(), unsure)


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("二〇二一年七月十三日", "2021-07-13"),
        ("二OO四年八月十五日", "2004-08-15"),
        ("二○一一年十一月二十九日", "2011-11-29"),
        ("2021年7月13日", "2021-07-13"),
        ("2021-07-13", "2021-07-13"),
        ("2021.7.13", "2021-07-13"),
        ("2021/07/13", "2021-07-13"),
        ("2026年 4月 20 日", "2026-04-20"),
        ("2021年7月", "2021-07"),
        ("2021年", "2021"),
        ("2021年2月30日", ""),
        ("1900-1-1", ""),
        ("下午", ""),
    ],
)
def test_iso_date(words: str, iso: str) -> None:
    assert iso_date(words) == iso


def test_amounts_are_no_dates() -> None:
    assert [day.iso for day in days("补贴2020.5万元，自2024年3月1日起")] == ["2024-03-01"]


def test_reckoning() -> None:
    assert shifted("2023-09-08", years=3, days=-1) == "2026-09-07"
    assert shifted("2024-02-29", years=1) == "2025-02-28"
    assert shifted("2024-11-30", months=3) == "2025-02-28"
    assert shifted("9999-12-31", years=5) == "9999-12-31"
    assert last_day("2024-02") == "2024-02-29"


def test_period() -> None:
    assert period("重庆“十五五”规划") == ("2026-01-01", "2030-12-31", 2, 7)
    assert period("计划（2021—2025年）") == ("2021-01-01", "2025-12-31", 3, 13)
    assert period("第十四次会议") is None


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("国发[2014]25号", "国发〔2014〕25号"),
        ("渝公户［2004］37号", "渝公户〔2004〕37号"),
        ("东府〔2015〕111 号", "东府〔2015〕111号"),
        ("国令第663号", "国令第663号"),
        ("财政部 税务总局公告2020年第8号", "财政部 税务总局公告2020年第8号"),
        ("根据国发〔2014〕25号文件", ""),
    ],
)
def test_number_of(line: str, number: str) -> None:
    assert number_of(line) == number


def test_numbers_in() -> None:
    assert list(numbers_in("见（穗府〔2014〕10号）")) == [("穗府〔2014〕10号", 2, 13)]


def test_organs() -> None:
    assert organs("财政部 税务总局") == ("财政部", "税务总局")
    assert organs("重 庆 市 人 民 政 府") == ("重庆市人民政府",)
    assert organs("广州市 公安局") == ("广州市公安局",)
    assert organs("市 长 黄某某") == ()


def test_titles_are_tidied() -> None:
    assert (
        tidy("（转载）广州市 住房局 关于进一步 加强工作的通知")
        == "广州市住房局关于进一步加强工作的通知"
    )
    assert core("关于印发《人才办法》的通知") == "人才办法"
    assert without_site("首都之窗_北京市政府门户网站_政务_政府文件") == ""


def test_long_hostile_text_is_read_in_time() -> None:
    text = (
        "关于" * 20_000
        + "\n"
        + "《" * 20_000
        + "废止\n"
        + "、" * 50_000
        + "废止\n"
        + "自2020年" * 9_000
    )
    assert isinstance(readings(text, headings=(), source="a.txt", said={}), tuple)


def test_the_end_of_a_name_is_no_issuer() -> None:
    text = "关于救助的通告\n各单位：\n特此通告。\n防控工作领导小组指挥部\n2020年2月5日"
    assert about(text).issuer == ""
    assert found(text, "issuer")[0].confidence == 0.42


def test_a_title_glued_to_its_first_sentence() -> None:
    text = "重庆市民政局关于开展救助工作的通告各单位：请执行，并把结果在年底前报送。"
    assert about(text).title == "重庆市民政局关于开展救助工作的通告"


def test_a_title_of_rules_over_two_lines() -> None:
    page = (
        "重庆市城镇职工医疗保险\n市级统筹暂行办法\n第一章  总则\n第一条  为了改革，制定本办法。\n"
    )
    assert about(page).title == "重庆市城镇职工医疗保险市级统筹暂行办法"
    site = "重庆人才网\n市级统筹暂行办法\n第一章  总则\n第一条  为了改革，制定本办法。\n"
    assert about(site).title == "市级统筹暂行办法"


def test_a_newspapers_masthead_has_its_day_and_is_no_title() -> None:
    paper = about(
        "重庆日报 2025年3月12日 第5版\n活动走进两江新区\n本报记者 李明\n3月11日，活动走进重庆两江新区。"
    )
    assert (paper.title, paper.date) == ("活动走进两江新区", "2025-03-12")


def test_documents_in_a_list_under_the_word_are_ended() -> None:
    text = "关于废止部分文件的决定\n一、废止以下文件\n1.《人才引进办法》（巴府发〔2016〕8号）\n二、修改以下文件\n2.《公寓办法》"
    assert about(text).replaces == ("人才引进办法", "巴府发〔2016〕8号")


def test_a_title_above_the_signature_is_no_part_of_it() -> None:
    text = "东湖区摊位补贴办法\n云南省东川区商务局\n2030年2月1日\n第一条 摊位每月补贴500元。"
    assert about(text).issuer == "云南省东川区商务局"


def test_a_path_of_a_site_is_no_title() -> None:
    text = "您的当前位置： 首页>政务>公告\n2030年东川市摊位申办指南\n一、申报对象\n摊主。"
    assert about(text).title == "2030年东川市摊位申办指南"


def test_an_order_gives_the_title_of_what_it_puts_in_force() -> None:
    text = (
        "东 川 市 人 民 政 府 令\n第12号\n"
        "《东川市集市管理办法》已经市人民政府第40次常务会议审议通过，现予公布，自2031年3月1日起施行。\n"
        "市 长：王某某\n2031年1月12日\n东川市集市管理办法\n第一条 为加强管理，制定本办法。"
    )
    read = about(text)
    assert (read.title, read.issuer) == ("东川市集市管理办法", "东川市人民政府")
    assert (read.doc_number, read.date) == ("东川市人民政府令第12号", "2031-01-12")


def test_a_draft_below_the_title_belongs_to_it() -> None:
    text = "附件1\n东川市集市管理办法\n（征求意见稿）\n第一条 为加强管理，制定本办法。"
    assert about(text).title == "东川市集市管理办法（征求意见稿）"


@pytest.mark.parametrize("words", ["■ 东川市人才办法", "东川市人才办法 (2030-10-20 20:48:59)"])
def test_marks_and_times_are_no_part_of_a_title(words: str) -> None:
    assert tidy(words) == "东川市人才办法"


def test_a_report_says_under_what_title_it_first_stood() -> None:
    text = "原标题：东川集市新规出台\n东川日报讯（记者 王五）8月3日，记者获悉，东川市集市管理有了新规。"
    assert about(text).title == "东川集市新规出台"


def test_the_last_word_of_a_title_may_be_spread_out() -> None:
    text = "关于印发《东川市集市管理意见》的\n通　　知\n各单位：\n现印发给你们。"
    assert about(text).title == "关于印发《东川市集市管理意见》的通知"


def test_issuers_in_a_title_stay_parted_as_they_are() -> None:
    title = "东川市商务局、东川市公安局关于集市招商的公告"
    assert tidy(title) == title
    assert tidy(title.replace("、", "  ")) == title.replace("、", " ")


@pytest.mark.parametrize(
    "end",
    ["2031年11月3日\n东川市集市服务中心（盖章）", "东川市集市服务中心（公章）\n2031年11月3日"],
)
def test_who_seals_a_text_issued_it(end: str) -> None:
    text = f"关于集市开放的通知\n各单位：\n集市每周六开放，请相互转告，按时到场。\n{end}"
    read = about(text)
    assert (read.issuer, read.date) == ("东川市集市服务中心", "2031-11-03")
    signed = next(r for r in found(text, "issuer"))
    assert text[signed.start : signed.end] == "东川市集市服务中心"


@pytest.mark.parametrize("mark", ["：本市商户。", "\n本市商户。"])
def test_particulars_of_how_to_apply_make_a_guide(mark: str) -> None:
    labels = ["一、受理条件", "二、所需材料", "三、办理流程"]
    assert about("集市摊位租用\n" + "\n".join(x + mark for x in labels)).kind == "guide"
    assert about("集市摊位租用\n" + "\n".join(x + mark for x in labels[:2])).kind == "other"
    title = "东川市商务局关于集市摊位租用的通知\n"
    assert about(title + "\n".join(x + mark for x in labels)).kind == "policy"


def test_a_workbook_of_a_short_name_is_called_so() -> None:
    text = "各个表都注明了相应的文件名称和年份\n1\t2"
    assert about(text, source="东川.xlsx").title == "东川"


@pytest.mark.parametrize(
    ("named", "signed"),
    [
        ("住房城乡建设部", "中华人民共和国住房和城乡建设部"),
        ("住房和城乡建设部", "住房城乡建设部部长 陈某某"),
        ("广东省人民政府办公厅", "省府办公厅"),
    ],
)
def test_a_signature_is_before_the_day_of_the_page(named: str, signed: str) -> None:
    text = (
        f"{named}关于修改规章的决定\n来源： 日期： 2031-11-06\n"
        "《关于修改规章的决定》已经审定，现予发布，自发布之日起施行。\n"
        f"{signed}\n2031年5月4日\n一、删除第五条。"
    )
    assert (about(text).date, about(text).effective) == ("2031-05-04", "2031-05-04")


@pytest.mark.parametrize(
    ("remark", "date", "issuer", "number"),
    [
        (
            "（2027年7月10日东川市人民政府第49次常务会议审议通过　2027年8月16日东川市人民政府令第25号公布"
            "　自2028年1月1日起施行）",
            "2027-08-16",
            "东川市人民政府",
            "东川市人民政府令第25号",
        ),
        (
            "（2027年1月24日东川市第四届人民代表大会常务委员会第十次会议通过\n自2027年9月1日起施行）",
            "2027-01-24",
            "东川市人民代表大会常务委员会",
            "",
        ),
        (
            "（2026年5月18日中华人民共和国国务院令第68号公布　根据2033年1月30日《修改决定》修订）",
            "2026-05-18",
            "国务院",
            "中华人民共和国国务院令第68号",
        ),
        (
            "（2009年6月3日东川省第十一届人民代表大会常务委员会第九次会议通过，2016年3月31日东川省第十二届"
            "人民代表大会常务委员会第八次会议修订）",
            "2016-03-31",
            "东川省人民代表大会常务委员会",
            "",
        ),
        (
            "东川市人民政府令第8号　市政府四十四次常务会议审议通过\n2022年2月9日发布　自发布之日起实施",
            "2022-02-09",
            "东川市人民政府",
            "东川市人民政府令第8号",
        ),
    ],
)
def test_a_remark_below_the_title(remark: str, date: str, issuer: str, number: str) -> None:
    read = about(f"东川市集市管理条例\n{remark}\n第一条 为加强管理，制定本条例。")
    assert (read.date, read.issuer, read.doc_number) == (date, issuer, number)


@pytest.mark.parametrize(
    ("above", "date"),
    [
        ("东川市人民政府令\n第19号\n市长 王某某\n2033年6月9日", "2033-06-09"),
        ("东川市人民政府令第12号", "2030-07-03"),
        ("东川市人民政府令第7号", "2025-06-01"),
    ],
)
def test_a_remark_dates_the_decree_that_stands_above_it(above: str, date: str) -> None:
    remark = "（2025年6月1日东川市人民政府令第7号公布　根据2030年7月3日东川市人民政府令第12号修正）"
    read = about(f"{above}\n东川市集市管理条例\n{remark}\n第一条 为加强管理，制定本条例。")
    assert read.doc_number == number_of("".join(above.split("\n")[:2]))
    assert (read.issuer, read.date) == ("东川市人民政府", date)


def test_the_day_on_which_a_page_was_put_up_is_no_remark() -> None:
    text = (
        "东川市商务局关于摊位的通知\n发布时间： 2031-05-07   发布处室： 市场处\n各单位：\n请执行。"
    )
    assert [r.confidence for r in found(text, "date")] == [0.75]


def test_two_texts_end_each_with_who_issued_it() -> None:
    text = (
        "东川省文件管理规定\n第一条 省政府2023年1月3日发布的《东川省审查规定》(省政府令第71号)"
        "和省政府2029年3月8日发布的《东川省制定规定》同时废止。"
    )
    assert about(text).replaces == ("东川省审查规定", "东川省制定规定")


def test_a_card_that_lapses_is_not_replaced() -> None:
    assert about("东川市招生实施规定\n其所填的《东川市志愿卡》自动失效。").replaces == ()


@pytest.mark.parametrize("year", ["二00四", "二〇〇四", "二○○四", "二OO四"])
def test_a_year_with_zeros_of_any_kind(year: str) -> None:
    assert iso_date(f"{year}年八月三十日") == "2004-08-30"


def test_a_signature_with_a_blank_in_the_name_of_the_title_is_one_issuer() -> None:
    text = "东川市人民政府办公厅关于摊位的通知\n各单位：\n请执行。\n东川市人民政府 办公厅\n2030年2月1日"
    assert about(text).issuer == "东川市人民政府办公厅"


def test_offices_of_a_city_that_the_title_names_sign_with_it() -> None:
    text = "关于进一步做好惠州市积分制入户工作的意见\n各县（区）人民政府：\n为做好工作，提出意见如下，请认真执行。\n市人力资源和社会保障局\n市 教 育 局\n二〇一二年四月十八日"
    made = about(text)
    assert (made.issuer, made.date) == ("惠州市人力资源和社会保障局、惠州市教育局", "2012-04-18")


def test_whose_head_signs_has_issued_it() -> None:
    text = "《公共租赁住房管理办法》已经第84次部常务会议审议通过，现予发布，自2012年7月15日起施行。\n住房和城乡建设部部长 某某某\n二〇一二年五月二十八日\n公共租赁住房管理办法\n第一条 为了加强管理，制定本办法。"
    assert about(text).issuer == "住房和城乡建设部"


def test_a_site_of_an_office_is_no_newspaper() -> None:
    text = "广东省毕业生扶持政策清单\n来源：广东省人力资源和社会保障厅官网\n为促进毕业生就业，推出政策清单。"
    assert about(text).issuer == "广东省人力资源和社会保障厅"


def test_a_letterhead_on_the_line_of_the_number_is_no_part_of_it() -> None:
    assert number_of("东莞市人民政府文件东府〔2016〕3号") == "东府〔2016〕3号"


def test_what_is_said_to_be_the_end_is_no_part_of_the_day() -> None:
    text = f"{NOTICE.split('第一条')[0]}第一条 持居住证的可以申请。\n北京市人民政府\n2016年9月8日（全文结束）"
    assert "2016-09-08" in [reading.value for reading in found(text, "date")]


def test_from_when_a_cited_law_holds_is_not_from_when_this_does() -> None:
    text = "高校回复数据报告\n根据2010年9月1日起施行的《信息公开办法》第十八条规定，高校应当答复。"
    assert about(text).effective == ""


def test_a_trial_from_its_issue_on() -> None:
    text = f"{PLAN}\n本规划自发布之日起试行。"
    assert "2021-07-13" in [reading.value for reading in found(text, "effective")]


def test_a_place_in_the_title_is_not_widened() -> None:
    law = "广东省人口条例\n中华人民共和国国家卫生和计划生育委员会 2009-01-01\n第一条 为了实施国家政策，制定本条例。\n第二条 略。\n第三条 略。"
    assert about(law).region == "广东省"
    city = "杭州市进城人员子女就学管理暂行办法\n" + "按照浙江省的规定办理。\n" * 8
    assert about(city).region == "浙江省杭州市"


def test_a_row_of_links_is_no_title() -> None:
    text = "首 页|信息公开|政务大厅|在线服务|互动交流\n广东省人口条例\n第一条 制定本条例。\n第二条 略。\n第三条 略。"
    assert about(text).title == "广东省人口条例"


def test_the_day_on_which_it_ends_stands_beside_that_on_which_it_begins() -> None:
    text = f"{NOTICE.split('第一条')[0]}第一条 本细则自2021年8月1日起施行，2024年12月31日废止。"
    assert (about(text).effective, about(text).expires) == ("2021-08-01", "2024-12-31")


def test_rules_under_the_title_of_an_explanation_are_rules() -> None:
    rules = "\n".join(f"第{n}条 本办法适用于本市第{n}类住房。" for n in "一二三四五六七八九十")
    text = f"解读某市住房分配办法\n{rules}\n第十一条 本办法自2012年10月1日起实施。"
    assert (about(text).kind, about(text).effective) == ("policy", "2012-10-01")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("北京市人民政府第68号令", "北京市人民政府第68号令"),
        ("沪府令8号", "沪府令第8号"),
    ],
)
def test_numbers_of_orders(line: str, number: str) -> None:
    assert number_of(line) == number


def test_labels_in_brackets_and_an_announcement_with_its_number_below() -> None:
    text = "上海市医疗保险办法\n【发文字号】：沪府令8号\n第一条 为了保障需求，制定本办法。"
    assert about(text).doc_number == "沪府令第8号"
    below = "天津市人民代表大会常务委员会公告\n第八十四号\n《条例》的决定已由会议于2006年11月7日通过，现予公布。"
    assert about(below).doc_number == "天津市人民代表大会常务委员会公告第八十四号"


def test_a_day_without_names_is_that_of_the_issuer_in_the_title() -> None:
    text = "市教委关于2016年初中招生工作的意见\n各区教育局：\n现就招生工作提出如下意见，请认真执行。\n2016年4月7日\n（此件主动公开）"
    assert about(text).date == "2016-04-07"


def test_a_trial_of_a_cited_rule_is_not_its_own() -> None:
    cites = "甘肃省实施《居住证暂行条例》办法\n第一条 制定本办法。\n第二条 略。\n第三条 略。"
    assert about(cites).trial is False
    assert about("关于印发《租房补贴办法（试行）》的通知\n各单位：").trial is True


def test_a_cited_rule_begins_on_its_own_day() -> None:
    text = (
        "公安部关于贯彻《居住证暂行条例》的通知\n各省公安厅：\n"
        "国务院公布了《居住证暂行条例》（以下简称《条例》），自2016年1月1日起施行。现就有关要求通知如下。"
    )
    assert about(text).effective == ""
    own = "《住房管理办法》已经会议审议通过，现予发布，自2012年7月15日起施行。"
    assert about(f"公共租赁住房管理办法\n{own}\n第一条 制定本办法。").effective == "2012-07-15"
