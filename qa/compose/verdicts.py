"""可以, 不可以 or 视条件而定: what a sentence says to a question whether something may be."""

import re
from collections.abc import Sequence
from typing import Literal

from policyqa.index.text.marks import is_place
from policyqa.index.text.numerals import TENS
from policyqa.index.text.words import bigrams, normalise
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.forms import CLOSED
from policyqa.qa.wording import VERDICTS

Verdict = Literal["", "可以", "不可以", "视条件而定", "还不能判断", "符合"]

CLAUSE = re.compile("[^,，;；。!！:：]+")
REFUSES = re.compile(
    r"不(?:得|能|可(?!缺|或)|可以|予|再|允许|享受|纳入|属于|列入|受理|适用|给予|支持|具(?!体)|作为|参加|参与|发放|兑现|重复)"
    r"|禁止|严禁|除外|无权|无资格|均不"
)
ALLOWS = re.compile(
    r"(?<!不)(?:可(?!能|持续|靠|行|见|谓)|可以|能够|允许|有权|鼓励|无需|不受|不限|不影响)"
)
CONDITION = re.compile(
    r"符合|满足|具备|经[^,，。]{1,20}(?:批准|同意|认定|审核|评审|评估|考核|公示|确认|核实|推荐)|须|需(?!求|要的)|应当?(?!届|用|急|对)"
    rf"|前提|除[^,，。]{{1,30}}外|如|若|满[\d{TENS}]|以上|以下|以内|之内|仅限|限于|的,(?:可|给予|予以|均|能|按)|的可"
    r"|特殊情况|但|且(?=[^,，。]{0,12}(?:满|未|有|无))|未(?:曾|在|享|取)"
)
# Whom a question may be about beside the asker, and words of rules that mean several of them.
RELATIVES = (
    re.compile(r"岳|公公|婆婆|丈母|丈人|公婆"),
    re.compile(r"(?<!岳)[父爸妈娘](?!母)|父母|双亲|老人|爹"),
    re.compile(r"配偶|老公|老婆|爱人|丈夫|妻|夫妻|先生|太太|媳妇"),
    re.compile(r"子女|孩|儿|闺女|女儿|娃|宝宝|小子"),
    re.compile(r"兄|弟|姐|妹|哥"),
    re.compile(r"孙"),
)
FAMILY = re.compile(r"家属|亲属|家庭成员|家人|家庭|随迁人员|随行人员")
MIN_NAMED = 0.5  # share of what a question names that the sentence must have
LIMITS = re.compile(r"(?:^|[,，:：]|仅|只)限(?!期|额|制|时|度|量|价)|以外的[^,，。]{0,8}不")
REACH = 3  # clauses, the best one and those after it, that may hold the predicate
# Yes and no in the words of the question: of what asks whether something may be they stay 可以 and
# 不可以. By what the clause has that asks it, the first that fits.
AS_ASKED: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (re.compile(r"能|可以|可否|可不可|行|允许|享受|有资格|符合|够|得了"), ("可以", "不可以")),
    (re.compile(r"算"), ("算", "不算")),
    (
        re.compile(r"要|用(?![地人工途水电房于户品车])|必须|需|非得|[还都也先]得"),
        ("需要", "不需要"),
    ),
    (re.compile(r"有"), ("有", "没有")),
    (re.compile(""), ("是", "否")),
)
ASKING_CLAUSE = re.compile(r"[^,，。;；!！?？]+[?？,，。!]?")


def verdict_words(verdict: str, question: str) -> str:
    """A verdict as it stands before the answer to a question: 不需要 to 要交钱吗."""
    if verdict not in ("可以", "不可以"):
        return VERDICTS.get(verdict, verdict)
    clauses = [m.group() for m in ASKING_CLAUSE.finditer(normalise(question))]
    asking = next((each for each in clauses if CLOSED.search(each)), "可以")
    yes, no = next(words for form, words in AS_ASKED if form.search(asking))
    return yes if verdict == "可以" else no


def is_of_others(question: str, rules: Sequence[str]) -> bool:
    """Whether a question is about relatives of whom the rules say nothing: what they say of a
    spouse is no answer for parents."""
    said = "".join(rules)
    asked = [kind for kind in RELATIVES if kind.search(question)]
    return bool(asked) and not FAMILY.search(said) and not all(k.search(said) for k in asked)


def only_refuses(rules: Sequence[str]) -> bool:
    """Whether rules refuse something and allow nothing: no permission can rest on them."""
    said = normalise(" ".join(rules))
    return bool(REFUSES.search(said)) and not ALLOWS.search(said)


def weighed(found: Verdict, others: Sequence[str]) -> Verdict:
    """A refusal beside a sentence that says who may (限金卡持有人) is one of conditions."""
    if found == "不可以" and any(LIMITS.search(normalise(other)) for other in others):
        return "视条件而定"
    return found


def verdict(asked: Asked, sentence: str, *, context: str = "") -> Verdict:
    """What a sentence answers; "" where it does not say.

    The sentence must have most of what the question names; a question that brings a number of
    its own (43岁还能申请吗) is for the reader to compare. Only the clause that has most of the
    question, or one after it, may speak: a refusal there is a refusal; a permission is one of
    conditions when the sentence names any.

    Args:
        asked: the question.
        sentence: that may answer it.
        context: title and headings that it stands under, which name things too.
    """
    plain = normalise(sentence)
    clauses = [m.group() for m in CLAUSE.finditer(plain)]
    named = [word for word in asked.content if len(word) > 1 and not is_place(word)]
    around = f"{plain} {normalise(context)}"
    held = [word for word in named if word in around]
    if not clauses or asked.numbers or len(held) < MIN_NAMED * len(named):
        return ""
    pairs = set(asked.bigrams.every)
    shares = [len(pairs & set(bigrams(clause))) for clause in clauses]
    best = max(range(len(clauses)), key=lambda n: shares[n])
    for clause in clauses[best : best + REACH]:
        if REFUSES.search(clause):
            return "不可以"
        if ALLOWS.search(clause):
            return "视条件而定" if CONDITION.search(plain) else "可以"
    return ""
