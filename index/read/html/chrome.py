"""What tells a page's furniture from its article: classes, and the words of a line."""

import re
from typing import Literal

from policyqa.index.read.html.tree import Node

Chrome = Literal["", "soft", "hard"]

HARD = re.compile(
    r"(main|top|sub|side|left|right|foot|header|head|site|pc)?nav(bar|i|list|igation|box|main|li)?"
    r"|(main|top|sub|side|drop)?menu|bread?crumbs?(nav)?|crumbs?|curmb|dqwz|szwz|weizhi|dangqian"
    r"|(y|site|page)?foot(er)?(nav|box|bar)?|copyright(s)?|sitecopyright|beian"
    r"|(bd|social|content|article|post|news)?share(box|bar|button|buttonbox|btn)?|bdsharebuttonbox"
    r"|selectshare|bdimgshare|jiathis|fenxiang|sns|relat(ed|e|ive)(news|box|list|posts?|articles?)?"
    r"|relevant|recommend(s|ed)?|tuijian|xgyd|xglj|xgxw|xgwz|xgxx|xgtj|xiangguan|hotnews|hotlist"
    r"|guess|qrcode|(content|article)?ewm|erweima|comments?|pinglun|login|friendlinks?|yqlj"
    r"|links?box|ads?|advert(isement|ising)?|adbox|gotop|backtop|pag(er|ination|ebar|elist)"
    r"|prevnext|dialog|modal|popup|tooltips?|load(er|ing)|toast|cookies?|easybtn|hotwords?|jiucuo"
    r"|printbtn|fontsize|sitemap(path)?|pageslide|error|fatal|invalid"
)
SOFT = re.compile(
    r"header|head|topbar|topper|banner|side|sidebar|aside|search(box)?|tool(s|bar|bars)?|position"
    r"|location|docbar|quickoperate|bottom|hot|rank(ing)?|copy|crumbnav|tips?|links?|share\w*"
)
PART_HEAD = re.compile(r"([a-z]+)[\w-]*?(?:[-_]+h|(?<=[a-z])H)ead(?:er)?")
PAGE_NAMES = (
    "page site main top web global home index pc m mobile gov common public layout wrap wrapper app"
    " fixed sticky body container content article news post entry doc detail"
)
HARD_TAGS = frozenset(("nav", "footer"))
SOFT_TAGS = frozenset(("header", "aside", "menu"))
HARD_ROLES = frozenset(("navigation", "contentinfo", "search", "banner", "dialog"))
KEPT_SHARE = 0.3
WORD_SECTION = re.compile(r"(word)?section\d*", re.IGNORECASE)
CONTENT = re.compile(
    r"ucapcontent|trs_?editor|trs_?editor_?view|zoom|zoomcon|js_content|pages_content|rm_txt_con"
    r"|article[_-]?(content|body|con|text)|content[_-]?article|news[_-]?(content|body|con|text)"
    r"|v_news_content|vsb_content\w*|custom_unionstyle|entry-content|post-content|j-fontcontent"
    r"|div_zhengwen|view[_-]?(content|con)|xxgk[_-]?content|main[_-]?text|content[_-]?text"
)
TITLE = re.compile(r"(art(icle)?|news|doc|page|con(tent)?|y|rich_media)?_?(titles?|tit|biaoti)\d*")

INFO = re.compile(
    r"(\w*_)?(meta|infos?|time|pubtime|date|source|author|laiyuan|ly|byline|publish|memo|property|attr)"
    r"|(pub|publish|article|doc|news|content|post)(time|date|info|property|attr|meta|source)s?"
)

CONTROL = re.compile(
    r"打\s*印(本页|页面|此页|文章|正文)?|关\s*闭(本页|窗口|页面|此页)?|返回(顶部|首页|列表|上一?[页级]|目录)?"
    r"|回到?顶部|(加入|添加|我要)?收\s*藏(本页|此页)?|分享(文章|[本此]文)?[到至]?|发表(评论|回复)|發表[迴回]響|[加載载]入中|文章(导航|導覽)|(浏览|文字|正文)?字[体号](大小|显示|选择)?"
    r"|背景色|复制(链接|本文|网址)|举报|点赞|(我要|网站|内容)?纠错|浏览次?[数量]|阅读次?[数量]|点击[次率]?[数量]?"
    r"|访问次?[数量]|人气|TOP|字体放大|放大|缩小|推荐|发送|保护视力色|无障碍(阅读)?|朗读|语音播报|下载本文"
    r"|手机(版|阅读|查看|扫码)|微信|微博|QQ空间|朋友圈|设为首页|收听|播放|我要评论|轻触阅读原文|阅读原文|赞|在看"
    r"|上一[篇条]|下一[篇条]|更多|搜索|搜索热词|取消|展开|收起|E-?mail推荐|字号\s*[:：]?\s*T",
    re.IGNORECASE,
)
FILLER = re.compile(r"[\s\W\d_A]|[特超]?[大中小]|次|默认|原文|正常|到|页面|本页|繁体?|简体?|[:：]")
COUNTER = re.compile(r"[-—\s\d]*人?次")
MAX_CONTROL_CHARS = 60
POSITION = re.compile(
    r"^\W*((您|你)?(现在|当前|目前)?(的|所在的?)?(当前)?位置(是)?\s*[:：]|当前位置|首页\s*[>›»＞/-]|您所在的?位置)"
)
SCAN = re.compile(
    r"^\W*(扫一扫|扫码|手机扫|用手机|微信扫|(请)?扫描.{0,8}二维码|长按.{0,10}二维码|预览时标签不可点"
    r"|点击.{0,8}(蓝字|关注)|广告\W*$|继续滑动看下一个|向上滑动看下一个|转载?摘?声明|(上|下)一[篇条]\s*[:：]|(您|你)是第.{0,12}(位|名)?访)"
)
FOOT = re.compile(
    r"版权所有|ICP\s*(备|证)?\s*(备案)?(序号|编号|号)?[:：]?\s*\d{5,}|ICP备|公网安备|网站标识码"
    r"|[Aa]ll [Rr]ights [Rr]eserved|[Cc]opyright\s*[©(（\d]|分辨率.{0,12}浏览器|浏览器.{0,12}分辨率"
)
FOOT_MATE = re.compile(
    r"^\W*(主办|承办|协办|技术支持|运行维护|运维|维护|制作|地址|邮编|邮政编码|电话|传真|联系我们|联系方式|联系电话|网站地图"
    r"|运行管理|建议使用|网站声明|法律声明|关于我们|站点地图|推荐使用|[Ee]-?mail|京?公安)"
)
RELATED = re.compile(
    r"^\W*(相关(链接|阅读|新闻|文章|报道|信息|政策|推荐|解读|文件|内容|稿件|文档|专题|热词)|推荐(阅读|文章|新闻)|延伸阅读|热门(文章|新闻|推荐|阅读|排行|点击|资讯)"
    r"|热点(新闻|文章|推荐)|猜你喜欢|精彩推荐|为您推荐|最新(文章|新闻|发布)|友情链接|快速链接|更多(文章|新闻|精彩)|图解|往期(推荐|回顾))\W*$"
)
FILE_NAME = re.compile(
    r"^\W*附\s*[件表录]|\.(docx?|xlsx?|pdf|zip|rar|wps|et|ofd|pptx?|txt)\W*$", re.I
)
PAGE_NUMBER = re.compile(r"[-－—–―]\s*\d{1,3}\s*[-－—–―]")
SENTENCE = re.compile(r"[。；！？]|[;.!?](\s|$)|，.*，")

OWN_LINE = re.compile(
    r"\S{2,24}\s?[〔\[［【(（]\s?\d{4}\s?年?[〕\]］】)）]\s?第?\s?\d{1,5}\s?号"
    r"|(主\s*送|抄\s*送|报\s*送)\s*[:：].{2,200}"
    r"|(?=.{0,200}(局|政府|委|委员会|办公室|单位|部门|机构|企业|公司|院校|高校|学校|医院|处)[:：])[^。；！？]{2,200}[:：]"
)


def tokens_of(node: Node) -> set[str]:
    """The words of an element's class and id, in small letters, whole and in their pieces."""
    found: set[str] = set()
    for name in (node.attrs.get("class", "") + " " + node.attrs.get("id", "")).split()[:20]:
        found.add(name.lower())
        found.update(x.lower() for x in re.split(r"[-_:.]|(?<=[a-z])(?=[A-Z])", name[:80]) if x)
    return {re.sub(r"\d+$", "", token) or token for token in found}


def chrome_of(node: Node, prose: int) -> Chrome:
    """What an element's own tag, class and role say of it.

    Args:
        node: the element.
        prose: the page's characters of running text; what holds a third of them is no furniture,
            whatever it is called.
    """
    if node.tag in ("body", "html", "form") or (prose and node.prose >= KEPT_SHARE * prose):
        return ""
    tokens = tokens_of(node)
    if node.tag in HARD_TAGS or node.attrs.get("role", "") in HARD_ROLES:
        return "hard"
    if any(HARD.fullmatch(token) for token in tokens):
        return "hard"
    if is_part_head(node):
        tokens -= {"header", "head"}
    soft = node.tag in SOFT_TAGS or any(SOFT.fullmatch(token) for token in tokens)
    return "soft" if soft else ""


def is_part_head(node: Node) -> bool:
    """Whether an element is named as the head of a part (step-header), not of the page, and holds
    no link."""
    names = node.attrs.get("class", "").split()[:20]
    heads = (found for name in names if (found := PART_HEAD.fullmatch(name)))
    return not node.linked and any(found.group(1) not in PAGE_NAMES.split() for found in heads)


def is_content(node: Node) -> bool:
    """Whether an element is named as many sites name the one that holds the article."""
    if node.attrs.get("itemprop", "").lower() == "articlebody" or node.tag == "ucapcontent":
        return True
    names = (node.attrs.get("class", "") + " " + node.attrs.get("id", "")).lower().split()
    return any(CONTENT.fullmatch(name) for name in names)


def is_title(node: Node) -> bool:
    """Whether an element is named as a page's title."""
    if node.tag in ("h1", "ucaptitle") or node.attrs.get("id") == "activity-name":
        return True
    return any(TITLE.fullmatch(token) for token in tokens_of(node))


def is_info(node: Node) -> bool:
    """Whether an element, or one just above it, is named as the line below a title."""
    near = [above for above, _ in zip(node.ancestors(), range(3), strict=False)]
    return any(INFO.fullmatch(token) for above in near for token in tokens_of(above))


def is_control(text: str) -> bool:
    """Whether a line holds buttons only: 【打印】【关闭】, 字体：大 中 小, 浏览次数：12."""
    if len(text) > MAX_CONTROL_CHARS or SENTENCE.search(text):
        return False
    if COUNTER.fullmatch(text):
        return True
    rest, count = CONTROL.subn("", text)
    if not count and not re.fullmatch(r"[\W\dA]*大[\W\dA]*中[\W\dA]*小[\W\dA]*", text):
        return False
    return not FILLER.sub("", rest)


def is_foot(text: str) -> bool:
    """Whether a line says who owns the site."""
    return bool(FOOT.search(text)) and len(text) <= 300


def is_furniture(text: str) -> bool:
    """Whether a line's words alone tell that it belongs to the site and not to the article."""
    if is_control(text) or (len(text) <= 120 and POSITION.match(text)):
        return True
    if len(text) <= 60 and SCAN.match(text):
        return True
    return bool(RELATED.match(text))


def is_own(text: str) -> bool:
    """Whether a line can only be the document's own: its number, or whom it is sent to."""
    return bool(OWN_LINE.fullmatch(text))
