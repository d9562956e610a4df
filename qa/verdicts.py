"""可以, 不可以 or 视条件而定: what a sentence says to a question whether something may be."""

import re
from collections.abc import Iterator
from typing import Literal

from index.words import bigrams, normalise

Verdict = Literal["", "可以", "不可以", "视条件而定"]

ASKS = re.compile(
    r"(能不能|可不可以|可否|能否|是否(可|能|允许|享受|有资格|符合|属于)|行不行|有没有资格|允不允许|算不算)"
    r"|(?<!只)(能|可以|可|允许|享受|有资格|适用)[^?,，。多几哪什怎]{1,40}(吗|么|嘛|不)[?。!]?$"
    r"|[^?]{2,}(可以|行|能行|允许)(吗|么|嘛|不)[?。!]?$|^(can|may|is it possible|am i)\b",
    re.I,
)
OPEN = re.compile("哪些|什么|多少|怎么|如何|几[个年月天次项种]|谁|哪里|何时")
CLAUSE = re.compile("[^,，;；。!！:：]+")
REFUSES = re.compile(
    r"不(?:得|能|可(?!缺|或)|可以|予|再|允许|享受|纳入|属于|列入|受理|适用|给予|支持|具备|作为|参加|参与|发放|兑现|重复)"
    r"|禁止|严禁|除外|无权|无资格|均不"
)
ALLOWS = re.compile(
    r"(?<!不)(?:可(?!能|持续|靠|行|见|谓)|可以|能够|允许|均?可|有权|享受|享有|予以|给予|纳入|适用|鼓励|无需|不受|不限|不影响)"
)
CONDITION = re.compile(
    r"符合|满足|具备|经[^,，。]{1,20}(?:批准|同意|认定|审核|评审|评估|考核|公示|确认|核实|推荐)|须|需(?!求|要的)|应当?(?!届|用|急|对)"
    r"|前提|除[^,，。]{1,30}外|如|若|满[\d一二三四五六七八九十]|以上|以下|以内|之内|仅限|限于|的,(?:可|给予|予以|均|能|按)|的可"
    r"|特殊情况|但|且(?=[^,，。]{0,12}(?:满|未|有|无))|未(?:曾|在|享|取)"
)
NEGATED_QUESTION = re.compile(r"不能|不可以(?!吗)|不得|会不会(被|取消)|要不要|需不需要")


def asks_verdict(query: str) -> bool:
    """Whether a question asks if something may be done, had or counted in."""
    plain = normalise(query)
    if NEGATED_QUESTION.search(plain) and not re.search("能不能|可不可以", plain):
        return False
    found = ASKS.search(plain)
    return found is not None and not OPEN.search(plain[found.start() :])


def verdict(query: str, sentence: str) -> Verdict:
    """What a sentence answers; "" where it does not say.

    Only the clause that has most of the question's words, or the one after it, may speak: a
    refusal there is a refusal; a permission is one of conditions when the sentence names any.
    """
    plain = normalise(sentence)
    clauses = [m.group() for m in CLAUSE.finditer(plain)]
    if not clauses:
        return ""
    asked = set(bigrams(query))
    shares = [len(asked & set(bigrams(clause))) for clause in clauses]
    best = max(range(len(clauses)), key=lambda n: shares[n])
    if not shares[best]:
        return ""
    for clause in _near(clauses, best):
        if REFUSES.search(clause):
            return "不可以"
        if ALLOWS.search(clause):
            return "视条件而定" if CONDITION.search(plain) else "可以"
    return ""


def _near(clauses: list[str], best: int) -> Iterator[str]:
    """The clause that fits best, then the one after it, which may hold its predicate."""
    yield from clauses[best : best + 2]
