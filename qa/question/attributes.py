"""What is asked of a thing (its conditions, materials, steps, amount), as headings name it."""

import re
from functools import lru_cache

from policyqa.index.structure.parsing import SECTION_SEPARATOR

# One line a kind: what a question calls it, and the headings under which it stands.
KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(heading))
    for asked, heading in (
        ("材料|资料|证件|手续", "材料|资料|要件"),
        ("条件|资格|要求|哪些人|什么人|谁(可以|能)|对象", "条件|资格|要求|对象|范围"),
        (
            "流程|程序|步骤|环节|几步|一步一步|怎么(办|申|报|领|走|补)|如何(办|申|报|领|补)|咋个?(办|申)",
            "流程|程序|步骤|环节|办理方式|申报方式|补办",
        ),
        (
            "标准|多少钱|多少(万)?元|金额|额度|能领多少|补(贴|助)多少",
            "标准|金额|额度|补贴|资助|奖励",
        ),
        ("时间|什么时候|何时|几号|截止|期限|多久", "时间|期限|时限|日期"),
        ("地点|地址|在哪|哪里(办|交|领)", "地点|地址|窗口"),
        ("电话|热线|联系|咨询", "电话|联系|咨询"),
        ("收费|要钱|费用", "收费|费用"),
        ("措施|举措|做法", "措施|举措|做法"),
        ("服务|待遇|权益|福利|优惠", "服务|待遇|权益|福利|优惠|保障"),
        ("支持|政策|扶持", "支持|政策|扶持|保障"),
        ("任务|重点", "任务|重点"),
        ("目标|指标", "目标|指标"),
        ("问题|困难|不足|短板", "问题|困难|不足|短板|挑战"),
        ("成效|成果|成就", "成效|成果|成就|亮点"),
        ("原则", "原则"),
        ("情况|情形", "情形|情况"),
        ("活动", "活动"),
        ("职责|义务|责任", "职责|义务|责任|管理|监督"),
    )
)  # fmt: skip


# Kinds of which a list under one is no answer to another: materials, conditions, steps.
APART = KINDS[:3]


@lru_cache(maxsize=1024)
def is_of_other_kind(query: str, lead: str) -> bool:
    """Whether what introduces a list (应当具备下列条件) announces another kind of thing than the
    question asks for (材料)."""
    asked = [heading for words, heading in APART if words.search(query)]
    named = [heading for _, heading in APART if heading.search(lead)]
    return bool(asked and named) and not set(asked) & set(named)


@lru_cache(maxsize=1024)
def asked_kinds(query: str) -> tuple[re.Pattern[str], ...]:
    """The headings under which what a question asks for may stand; () where it names no kind."""
    return tuple(heading for asked, heading in KINDS if asked.search(query))


def heading_agreement(query: str, section: str) -> float:
    """1 when the last heading over a text is of a kind that the question asks for, else 0."""
    heading = section.split(SECTION_SEPARATOR)[-1]
    return float(any(kind.search(heading) for kind in asked_kinds(query)))
