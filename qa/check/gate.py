"""The gate: whether what a sentence says stands in the text that it cites.

Every sentence of every answer passes it, whoever wrote it. It reads words and numbers only, so it
is the same tomorrow and can be checked by hand; what fails is not said.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from policyqa.index.text.marks import is_place
from policyqa.index.text.numerals import HAN
from policyqa.index.text.quantities import Quantity, plain, quantities
from policyqa.index.text.words import is_verb, normalise, words
from policyqa.index.types import Value
from policyqa.qa.question.query import function_words

Fault = Literal[
    "", "mark", "quantity", "bound", "period", "joint", "name", "negation", "subject", "words"
]

JOINING_WORDS = "joining_words.txt"
MIN_SUPPORT = 0.4  # share of the sentence's content that must stand in the cited text
CONTENT = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
NUMERAL = re.compile(f"[0-9]|[{HAN}万亿几多个年月日第]+$")
TITLE = re.compile("《([^《》]{2,80})》")
QUOTED = re.compile("[“「『]([^“”「」『』]{2,40})[”」』]")
# Words of negation, and not the same characters in 不仅, 未来, 无论, 非常 or in a bound (不超过).
NEGATION = re.compile(
    r"不(?!仅|断|同|少于|但|管|论|超过|低于|高于|多于|大于|小于|短于|足|满|到|久|妨|过(?![0-9关期])"
    r"|(?:得|能|会|可|可以|应|宜)(?:超过|低于|高于|少于|多于|大于|小于|短于|超出)|再(?=低于|高于))"
    r"|(?<![没])未(?!来|满|超过|必)|没有|没(?=到|通过|能|按)|(?<![毫])无(?!论|偿|缝|锡|人机|忧|障碍|疑|线|息)"
    r"|(?<![除并若])非(?!常|洲|遗|公有|凡|全日制|营利)|禁止|严禁|勿|免予|并非|毫无"
)
# What may stand between a negation and what it negates.
MODAL = re.compile(
    "^(?:得|可以|可|能够|能|予以|予|会|宜|应当|应|准|再|须|必|需要|需|要|被|在|有|是|属于|允许|另外|另|用来|用于"
    "|用|作为|担任|算进|计入|纳入|通过|任何)+"
)
UNLIMITED = re.compile(r"不限(?:制)?|(?:没有|无|不受|不设)[^,。;，；]{0,8}?(?:限制|上限)")
TWICE = re.compile("不再?不(?!得|能)|不得不|没有不")
TOGETHER = re.compile("^(?:与|和|同|跟)[^,。;]{1,14}?(?=同时|重复|叠加|兼得|兼享|累计)")
# What stands between the name of a thing and its number and says nothing of which thing it is.
FILLERS = re.compile(
    "(?:不(?:得|能)?(?:超过|低于|少于|高于)|最高|最低|最长|最多|至少|可以|可|每人|每月|每年|每个月|一次性|给予|发放|奖励|资助"
    "|补贴|补助|标准|分别|为|是|达到?|有|共|约|近|超过?|突破|则|各|再|另|至|到|增|计|按|的|:)+$"
)
SUBJECT = re.compile(
    "[\u4e00-\u9fffA-Za-z0-9·]{2,24}?(?=可|应|须|需|由|为|是|享受|不|未|达|自|在|按|给|将|已|从|最|能|仍|且|的|,|，|:|：)"
)
# How often something is given or counted, each with what says the same.
PERIODS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in (
        ("每日", "每[日天]|按[日天]|[/／][日天]|日均"),
        ("每周", "每周|按周|每星期"),
        ("每月", "每个?月|按月|逐月|月度|[/／]月|各月|月(?:补贴|租金|工资|薪|缴|领|均)|当月"),
        ("每季", "每个?季|按季|季度|[/／]季"),
        ("每半年", "每半年|按半年|半年(?:发|领|一)"),
        (
            "每年",
            "每个?年|按年|逐年|年度|[/／]年|各年|每满?一年|年(?:补贴|租金|薪|均|审)|当年|每学年",
        ),
        ("每学期", "每学期|按学期"),
        ("一次性", "一次性|一次(?:发|付|给|领|缴)|仅一次|分期|一次"),
        ("连续", "连续|不间断|持续"),
        ("累计", "累计|合计|总共|累积|加起来|共"),
    )
}
# A text that limits anything at all; what it limits may stand far from the word.
LIMITED = re.compile(
    "最[高低长短多少大小]|至[多少]|不[得能]?(?:超过|低于|高于|少于|多于|满|足)|以[上下内]|限|封顶|起"
    "|大于|小于|多于|少于|高于|低于|超过|满|内"
)
BOUND_CHARS = 2  # of a bound beside its number: 满三年, 50万元以上
CLAUSE_ENDS = ",;。\n"
# A clause that begins with 或, and what else says that one of several is enough.
EITHER_CLAUSE = re.compile("[,;]而?或者?")
ENOUGH = re.compile("或|还是|要么|之一|任一|任意|其中一|、")
# What joins two things, and the first two characters of the second.
JOINED = re.compile(
    "(?:(?P<either>或者?是?|还是|要么)|(?P<both>并且|且|并|以及|及|和|与|同时)|(?P<clause>[,，；;])|、)"
    "[,，]?(?:须|必须|应当?|要|在|有|由)?(?P<next>[\u4e00-\u9fffA-Za-z0-9]{2})"
)
MIN_SUBJECT = 0.5
MIN_FOREIGN = 4  # characters that a subject must have beyond its text to be another
ASIDE = re.compile("^(?:与|和|同|跟)(?:(?!同时|重复|叠加|累计)[^,。;]){1,14}$")
CLAUSE_MARKS = ",，。;；:：!！?？、.)）"
CLAUSE_END = re.compile("[,，。;；!！?？]")
SCOPE_CHARS = 16
OPPOSITE_BOUNDS = frozenset(
    {
        frozenset({"at_most", "at_least"}),
        frozenset({"at_most", "more"}),
        frozenset({"at_least", "less"}),
        frozenset({"more", "less"}),
    }
)
# What may as well be counted with 个.
COUNTABLE = frozenset(
    ["项", "家", "种", "类", "条", "件", "支", "场", "批", "座", "处", "款", "门", "套", "档", "人"]
)


class Finding(Value):
    """What the gate says of one sentence: `fault` is "" where it may stay, `detail` what of it
    does not stand in the cited text; `support` is the share of its content that does."""

    fault: Fault = ""
    detail: str = ""
    support: float = 1.0

    @property
    def passed(self) -> bool:
        """Whether the sentence may be said."""
        return not self.fault


def check(
    sentence: str, quotes: Sequence[str], *, context: str = "", min_support: float = MIN_SUPPORT
) -> Finding:
    """Whether a sentence says only what its cited texts say.

    Args:
        sentence: without its marks.
        quotes: the cited texts.
        context: titles, headings and issuers of the cited documents. Names and words may stand
            there, numbers and negations may not.
        min_support: of the content, in [0, 1].
    """
    if not quotes:
        return Finding(fault="mark", detail="没有出处", support=0.0)
    if any(_is_part(sentence, quote) for quote in quotes) or _is_row(sentence, quotes):
        return Finding()
    cited = "\n".join(quotes)
    for fault, found in (
        ("quantity", missing_quantities(sentence, cited)),
        ("quantity", displaced_quantities(sentence, cited)),
        ("bound", opposite_bounds(sentence, cited)),
        ("period", other_periods(sentence, f"{cited}\n{context}")),
        ("joint", other_joints(sentence, cited)),
        ("name", missing_names(sentence, f"{cited}\n{context}")),
        ("negation", turned_negations(sentence, quotes)),
        ("subject", foreign_subject(sentence, f"{cited}\n{context}")),
    ):
        if found:
            return Finding.model_validate({"fault": fault, "detail": "、".join(found)[:80]})
    support, lost = content_support(sentence, f"{cited}\n{context}")
    if support < min_support:
        detail = "、".join(lost)[:80]
        return Finding(fault="words", detail=detail, support=round(support, 3))
    return Finding(support=round(support, 3))


def _is_part(sentence: str, quote: str) -> bool:
    """Whether a sentence is a part of a quote word by word, from the beginning of a clause to the
    end of one: 享受补贴 is no part of 不享受补贴, nor 5年 of 15年."""
    said, held = (_closed(text) for text in (sentence, quote))
    said = said.rstrip(CLAUSE_MARKS)
    at = held.find(said)
    if at < 0 or not said:
        return False
    before, after = held[at - 1 : at] if at else "", held[at + len(said) :][:1]
    return before in CLAUSE_MARKS and after in CLAUSE_MARKS


def _is_row(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether a sentence gives cells of a table's row, each with the label of its own column and
    in their order (层次：硕士；补贴：5万元): the row is all quotes but one, the header."""
    said = [_closed(pair) for pair in sentence.rstrip("。").split("；")]
    for head in quotes:
        labels = head.split("\t")
        cells = "".join(quote for quote in quotes if quote is not head).split("\t")
        if len(cells) < 2 or len(labels) < len(cells):
            continue
        pairs = zip(labels[-len(cells) :], cells, strict=True)
        held = iter([_closed(f"{label}：{cell}" if label else cell) for label, cell in pairs])
        if all(each in held for each in said):
            return True
    return False


def _closed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def missing_quantities(sentence: str, cited: str) -> list[str]:
    """The quantities of a sentence that no cited text has, as written."""
    held = quantities(cited, articles=True)
    keys = {each.key for each in held}
    keys |= {(each.value, "个") for each in held if each.unit in COUNTABLE}
    said = TITLE.sub("", sentence)  # its numbers belong to its name, which is looked for whole
    form = plain(said)
    lost = []
    for each in quantities(said):
        if each.key not in keys and not _in_cells(each, held, cited):
            lost.append(form[each.start : each.end].strip())
    return lost


def _in_cells(quantity: Quantity, held: Sequence[Quantity], cited: str) -> bool:
    """Whether a table has the number in a cell and its unit in another or in a label."""
    if "\t" not in cited and "：" not in cited:
        return not quantity.unit and any(q.bare == quantity.bare for q in held)
    bare = any(q.bare == quantity.bare and not q.unit for q in held)
    wanted = quantity.scale + quantity.unit
    cells = re.split(r"[\t\n；：:;（）()/]", plain(cited))
    return bare and (not wanted or any(cell.strip().startswith(wanted) for cell in cells))


def opposite_bounds(sentence: str, cited: str) -> list[str]:
    """The quantities that a sentence bounds otherwise than its cited text does, or that it states
    as they are where the text says at most."""
    form, said = plain(sentence), quantities(sentence)
    held = quantities(cited, articles=True)
    lost = []
    for each in said:
        there = {q.bound for q in held if q.key == each.key}
        if each.bound and there == {""} and not _is_limited(cited, each, held):
            lost.append(form[max(0, each.start - 6) : each.end + 3].strip())
            continue
        here = {q.bound for q in said if q.key == each.key}
        agree = here & there - {""} or (each.bound == "" and "" in there)
        if there and not agree and all(_differ(each.bound, b) for b in there - {""} or there):
            lost.append(form[max(0, each.start - 6) : each.end + 3].strip())
    return lost


def _is_limited(cited: str, said: Quantity, held: Sequence[Quantity]) -> bool:
    """Whether a clause of the text that has the quantity limits anything."""
    form = list(plain(cited))
    for other in held:  # what bounds a number of another unit limits nothing else
        if other.bound and other.unit != said.unit:
            blank = slice(max(0, other.start - BOUND_CHARS), other.end + BOUND_CHARS)
            form[blank] = [c if c in CLAUSE_ENDS else " " for c in form[blank]]
    clauses = (_clause("".join(form), q.start, q.end) for q in held if q.key == said.key)
    return any(LIMITED.search(clause) for clause in clauses)


def _clause(form: str, start: int, end: int) -> str:
    before = max(form.rfind(mark, 0, start) for mark in CLAUSE_ENDS)
    after = [at for mark in CLAUSE_ENDS if (at := form.find(mark, end)) >= 0]
    return form[before + 1 : min(after, default=len(form))]


def _differ(said: str, held: str) -> bool:
    if not said:
        return held in ("at_most", "less")
    return frozenset({said, held}) in OPPOSITE_BOUNDS


def other_periods(sentence: str, cited: str) -> list[str]:
    """How often something is given (每月, 一次性) or how it is counted (连续, 累计), where the text
    says nothing of the kind."""
    said = (name for name in PERIODS if name in sentence or PERIODS[name].match(sentence))
    return [name for name in said if not PERIODS[name].search(cited)]


def other_joints(sentence: str, cited: str) -> list[str]:
    """What a sentence joins with 或 where its text demands it too (且, a further clause), and what
    it joins with 且, 和 where its text has 或."""
    held: dict[str, set[str]] = defaultdict(set)
    for how, following in _joints(cited):
        held[following].add(how)
    lost = [] if ENOUGH.search(cited) else EITHER_CLAUSE.findall(plain(sentence))
    for how, following in _joints(sentence):
        there = held.get(following, set())
        widens = how == "either" and there and there <= {"both", "clause"}
        narrows = how == "both" and "either" in there and not there & {"both", "list"}
        if widens or narrows:
            lost.append(following)
    return lost


def _joints(text: str) -> Iterator[tuple[str, str]]:
    """How each part of a text is joined to the one before it (either, both, a further clause, a
    list), and the first two characters of it."""
    form, at = re.sub(r"\s", "", plain(text)), 0
    while match := JOINED.search(form, at):
        how = next((n for n in ("either", "both", "clause") if match[n]), "list")
        yield how, match["next"]
        at = match.end("next") - 2


def displaced_quantities(sentence: str, cited: str) -> list[str]:
    """The quantities of a sentence that its cited text has, but of something else: 硕士10万元 where
    it says 博士10万元, 硕士5万元."""
    held = [(label, q.key) for label, q in _labelled(cited) if label]
    lost = []
    said = list(_labelled(sentence))
    repeated = Counter((label, quantity.unit) for label, quantity in said)
    for label, quantity in said:
        if repeated[label, quantity.unit] > 1:  # A类免租五年，B类免租三年: it is no label
            continue
        there = {key for other, key in held if other == label and key[1] == quantity.unit}
        if label and there and quantity.key not in there:
            lost.append(f"{label}{quantity.bare}{quantity.scale}{quantity.unit}")
    return lost


def _labelled(text: str) -> Iterator[tuple[str, Quantity]]:
    """Each quantity with the two characters before it, bounds and verbs left out."""
    form = plain(text)
    for quantity in quantities(text):
        before = FILLERS.sub(
            "", re.sub(r"[ ]", "", form[max(0, quantity.start - 14) : quantity.start])
        )
        label = before[-2:]
        yield (label if re.fullmatch("[\u4e00-\u9fff]{2}|[A-Z]类|[A-Z]", label) else ""), quantity


def foreign_subject(sentence: str, cited: str) -> list[str]:
    """The words of a sentence's subject, where most of them do not stand in its text."""
    found = SUBJECT.match(_unquoted(sentence))
    if not found:
        return []
    support, lost = content_support(found.group(), cited)
    return lost if support < MIN_SUBJECT and len("".join(lost)) >= MIN_FOREIGN else []


def _unquoted(text: str) -> str:
    return re.sub(r"[\s“”\"《》]", "", text)


def missing_names(sentence: str, cited: str) -> list[str]:
    """Quoted titles and names, places and Latin words of a sentence that the text lacks."""
    held = _squeezed(cited)
    named = [*TITLE.findall(sentence), *QUOTED.findall(sentence)]
    named += [w for w in words(sentence) if _is_name(w)]
    return [name for name in dict.fromkeys(named) if _squeezed(name) not in held]


def _is_name(word: str) -> bool:
    return is_place(word) or (word.isascii() and word.isalpha() and len(word) > 1)


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", normalise(text))


def turned_negations(sentence: str, quotes: Sequence[str]) -> list[str]:
    """What a sentence negates and its cited texts do not, and the other way round."""
    said, cited = _joined(sentence), [_joined(quote) for quote in quotes]
    wrong = [f"不{n.after}" for n in _negations(said) if not _is_negated_in(cited, n)]
    wrong += [m.group() for m in TWICE.finditer(said) if m.group() not in "".join(cited)]
    for text in cited:
        for negation in _negations(text):
            if not negation.after:
                continue
            if _is_affirmed(negation.scope[:3], said, cited):
                wrong.append(negation.after)
            elif negation.after not in said and _is_left_out(negation, said):
                wrong.append(negation.scope)
    return wrong


def _is_affirmed(words: str, said: str, cited: Sequence[str]) -> bool:
    """Whether a sentence affirms what its texts only negate."""
    if len(words) < 2 or (len(words) == 2 and not is_verb(words)) or not _affirms(said, words):
        return False
    if any(words in other.scope for other in _negations(said)):
        return False
    return not any(_affirms(text, words) for text in cited)


def _is_left_out(negation: "Negation", said: str) -> bool:
    """Whether the sentence has the rest of a negated clause, and no negation for it."""
    rest = negation.scope[2:]
    pairs = [rest[n : n + 2] for n in range(len(rest) - 1)]
    if len(pairs) < 3 or sum(pair in said for pair in pairs) < 0.8 * len(pairs):
        return False
    return not any(pair in other.scope for other in _negations(said) for pair in pairs)


class Negation(Value):
    """One negation: what follows it at once, and the rest of its clause; both are "" where the
    clause ends with it (的不可以。)."""

    after: str
    scope: str


@lru_cache(maxsize=4096)
def _joined(text: str) -> str:
    """Without marks and spaces, and with one word for what has no limit."""
    return UNLIMITED.sub("任意", re.sub(r"[\s“”\"'《》（）()]", "", plain(text)))


@lru_cache(maxsize=4096)
def _negations(form: str) -> tuple[Negation, ...]:
    found = []
    for match in NEGATION.finditer(form):
        rest = CLAUSE_END.split(MODAL.sub("", form[match.end() :]), maxsplit=1)[0]
        rest = TOGETHER.sub("", rest)
        found.append(Negation(after=rest[:2], scope=rest[:SCOPE_CHARS]))
    return tuple(found)


def _is_negated_in(cited: Sequence[str], said: Negation) -> bool:
    """Whether the texts negate this too: the same words, or, where they have other words for it,
    something else with a part of its clause."""
    if not said.after:
        return any(not other.after for text in cited for other in _negations(text))
    if any(_negates(text, said.after) for text in cited):
        return True
    if any(_affirms(text, said.after) for text in cited):
        return False
    if any(other.after[:1] == said.after[:1] for text in cited for other in _negations(text)):
        return True
    pairs = {said.scope[n : n + 2] for n in range(len(said.scope) - 1)}
    return any(
        pair in other.scope for text in cited for other in _negations(text) for pair in pairs
    )


def _negates(form: str, words: str) -> bool:
    return any(_is_negated_at(form, place) for place in _places(form, words))


def _affirms(form: str, words: str) -> bool:
    return any(not _is_negated_at(form, place) for place in _places(form, words))


def _places(form: str, piece: str) -> Iterator[int]:
    place = form.find(piece)
    while place >= 0:
        yield place
        place = form.find(piece, place + 1)


def _is_negated_at(form: str, place: int) -> bool:
    """Whether a negation stands before this place, with modal words between at most."""
    start = max(0, place - 8)
    for match in NEGATION.finditer(form, start, len(form)):
        if match.end() > place:
            return False
        between = form[match.end() : place]
        if not ASIDE.sub("", MODAL.sub("", between)):
            return True
    return False


@cache
def joining_words() -> frozenset[str]:
    """Words with which a sentence is put together and which claim nothing of their own."""
    text = resources.files(__package__).joinpath(JOINING_WORDS).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


def content_support(sentence: str, cited: str) -> tuple[float, list[str]]:
    """Share of a sentence's content that stands in a text, by characters, and what does not.

    Content are its words that neither join nor ask; a word stands in the text as a whole, or
    counts half by its characters' bigrams.
    """
    held = _squeezed(cited)
    total, found, lost = Decimal(0), Decimal(0), []
    for word in dict.fromkeys(words(sentence)):
        if (
            word in joining_words()
            or word in function_words()
            or len(word) < 2
            or NUMERAL.match(word)
        ):
            continue
        weight = Decimal(len(word))
        total += weight
        if word in held:
            found += weight
        else:
            lost.append(word)
            pairs = [word[n : n + 2] for n in range(len(word) - 1)]
            if len(word) > 2:
                found += weight / 2 * sum(p in held for p in pairs) / len(pairs)
    return (float(found / total) if total else 1.0), lost
