"""The words by which rules demand, grant, refuse, except and leave to an office."""

import re
from collections.abc import Sequence

from policyqa.index.conditions.catalogue import EACH_ONE, attributes
from policyqa.index.conditions.limits import Limit, limits
from policyqa.index.structure.headings import without_marker
from policyqa.index.text.quantities import plain

# What introduces demands, and what offers several of them to choose from.
DEMANDS = re.compile(r"条件|符合|具备|满足|资格|对象|情形|情况之一|人员")
ALTERNATIVE = re.compile(r"之一|任一|任何一|其中一|(?:下列|以下)(?:情形|情况|人员|对象)")
BINDS = re.compile(
    r"应当?(?!届)|须|必须|需要?(?!求)|不得|不(?:能|可)?超过|要求|条件|资格|方可|才能|限于|仅限"
)
SPARES = re.compile(
    r"不受|不[作做][^,，。;；]{0,4}(?:限制|要求)|放宽|免除|豁免|除外|不适用|补足|视同"
)
# What an office decides, or what another part of the sentence lifts: nothing is settled by it.
OPEN = re.compile(
    r"原则上|一般(?:应|不)|放宽|可适当|特殊情况|特别(?:优秀|突出)|除外|除[^,，。;；]{1,30}外|不受|不作[^,，。;；]{0,4}限制|过去|原来|此前|以前|原规定|是指|累计计算|合并计算|另行|不用|无需|无须|免除|豁免|视[同为作]"
    r"|经[^,，。;；]{1,16}(?:批准|同意|认定)"
)
OFFICE = re.compile(
    r"原则上|一般应|可适当|特殊情况|特别(?:优秀|突出)|酌情|视情|另行(?:研究|规定|确定)"
    r"|[由经][^,，。;；]{1,24}(?:批准|同意|认定|认可|确认|推荐|研究|评估|评价)"
)
# What counts points or grades what is paid, and demands nothing.
GRADES = re.compile(
    r"(?:支付|报销|补助|补贴|首付)[^,，。;；]{0,8}\d|\d+(?:\.\d+)?%"
    r"|[积加计得扣减]\d+(?:\.\d+)?分|分值|[每各]满|按[^,，。;；]{1,12}(?:发放|计发|支付)|标准为"
)
REFUSES = re.compile(
    r"不予|不得|不能|不可以|不再|不参加|不享受|不纳入|不受理|不属于|禁止|取消|注销|退回|收回|停止|终止|不发给"
)
GRANTS = re.compile(
    r"(?:第[^条]{1,6}条)?\s*(?P<condition>[^。；;]{6,80}?)的?[，,](?:均|都|即|方|才|也)?"
    r"(?:可以|可(?!能)|准予|予以|给予|享受|纳入)"
)
PUNISHES = re.compile(
    "追回|撤销|暂停|驳回|处罚|处分|罚款|警告|通报|批评|追究|解除|腾退|清退|除名|辞退"
)
BUT = re.compile(r"但|其中|不过")
# What shuts out another benefit, wherever it stands.
EXCLUSIVE = re.compile(
    r"(?:不|只)(?:得|能|可|可以|应|予)?(?:同时|重复|叠加|兼得|累计)(?:[^,，。;；]{0,8}(?:享受|申请|申报|领取|享有|奖励|补贴|计算)|[。;；]|$)"
    r"|(?:就高|从高|择高|从优)(?:不重复|不叠加|原则|享受|执行)|不重复(?:享受|奖励|补贴|补助|资助|申报)"
    r"|(?:已|曾)(?:经)?(?:享受|获得|领取|申领|取得)[^。;；]{1,60}(?:不再|不予|不得|不能)|只能(?:享受|申请|选择)[^,，。;；]{0,6}[一1][次项种]"
)
ARTICLE = re.compile(r"\s*第[^条章节]{1,6}[条章节]")  # no item of a list of demands
# What is left of a sentence that demands nothing but a limit.
BOUNDS = re.compile(
    r"不(?:得|能|可|应)?(?:超过|高于|大于|多于|低于|少于|小于)|未超过|超过|高于|大于|低于|少于|小于|不低|至少|最低|年满|未满|不满|不足"
    r"|已满|满|达到|(?:及|或)?以[上下内]|之内|之间|含"
)
SAYS_NOTHING = re.compile(
    "申请人|申请者|本人|人员|应当|须|应|在|为|的|者|其|住房|建筑|人均|至|到|且"
)


def is_read(form: str, whole: Sequence[Limit]) -> bool:
    """Whether a sentence demands nothing else than limits: 年龄不超过45周岁; not 本市缴费满1年.

    Args:
        form: of the sentence, as `text.quantities.plain` gives it.
        whole: all of its limits.
    """
    if not whole:
        return False
    rest = form
    for limit in reversed(whole):
        rest = rest[: limit.start] + "，" + rest[limit.end :]
    for limit in whole:
        attribute = attributes()[limit.attribute.removesuffix(EACH_ONE)]
        for name in filter(None, (attribute.words, attribute.label)):
            rest = re.sub(name, "", rest)
    rest = BOUNDS.sub("", without_marker(rest))
    return not re.search(r"[\u4e00-\u9fff]", SAYS_NOTHING.sub("", rest))


def granted_if(sentence: str) -> str:
    """The condition of a sentence that grants something on it: 符合……的，可以……; "" for another, as
    for one that takes something away or punishes on it."""
    found = GRANTS.match(" ".join(without_marker(sentence).split()))
    if found is None or REFUSES.search(sentence) or PUNISHES.search(sentence):
        return ""
    return found["condition"].strip("，,")


def bars(text: str) -> bool:
    """Whether a sentence bars those of whom what it demands holds."""
    form = plain(text)
    found = limits(text)
    counted = [limit for limit in found if not limit.is_had] or found
    last = max((limit.end for limit in counted), default=0)
    return bool(REFUSES.search(BUT.split(form[last:])[0]))
