r"""How well the gate tells what a cited text says from what it does not.

    python -m policyqa.eval.sets.falsehoods eval/datasets/gate/dev.jsonl \\
        --output eval/results/gate-dev.json

Each line is a true sentence with the text that it cites: `{"id", "source", "context", "quote",
"neighbour", "sentence", "style"}`, written by people. Of each, false ones are made by rule: a
number, a unit or a year changed, a negation put in or taken out, the subject swapped for one of
another sentence, the citation moved to a neighbour. Prints how many of each are caught, and how
many true ones are lost. No rule knows anything of the gate.
"""

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from policyqa.index.text.numerals import ARABIC
from policyqa.index.text.words import cut
from policyqa.index.types import Value
from policyqa.qa.check.gate import MIN_SUPPORT, check

SEED = 20261123
FIGURE = re.compile(ARABIC)
UNIT = re.compile(
    r"(?<=\d)\s*(万元|亿元|元|个月|年(?!度|底|末|初|[\u4e00-\u9fff]?\d)|日|天|人次|人|名|%|岁|项|次|家)"
)
YEAR_SAID = re.compile(r"(?<!\d)(20\d\d)(?=\s*年)")
OTHER_UNITS = {
    "万元": ("元", "亿元"), "亿元": ("万元",), "元": ("万元",), "个月": ("年", "天"),
    "年": ("个月",),
    "日": ("个月",), "天": ("个月",), "人次": ("人",), "人": ("万人", "人次"), "名": ("万名",),
    "%": ("个百分点", "‰"), "岁": ("年",), "项": ("家",), "次": ("年",), "家": ("万家",),
}  # fmt: skip
NEGATIVE = re.compile(
    r"不得|不能|不可以|不可|不予|不再|不享受|没有|未(?!来|满)|不(?=受|需|要|发|影响|退|补)"
)
VERBS = re.compile(
    r"可以|可|能够|给予|享受|发放|支持|纳入|承担|提供|须|需要|应当?|包括|设立|建立|达到?|为|实行"
)
PERIODS = {
    "每月": ("每年", "一次性"), "每年": ("每月", "一次性"), "一次性": ("每年", "每月"),
    "每季度": ("每月", "每年"), "每学期": ("每月", "每年"), "按月": ("按年", "一次性"),
    "每个月": ("每年",), "每半年": ("每月", "每年"), "按年": ("按月",), "按季度": ("按月", "按年"),
}  # fmt: skip
JOINTS = {"或者": ("并且", "和"), "或": ("和", "且"), "并且": ("或者",), "且": ("或",)}
# A number with a unit that nothing before or after it bounds.
FREE_NUMBER = re.compile(
    r"(?<![\d.第〔至到过于高低少多达限前后约满足])\d+(?:\.\d+)?(?=\s*(?:万元|元|个月|年|天|日|个工作日|岁|周岁|名|人|%))"
    r"(?!\s*(?:万元|元|个月|年|天|日|个工作日|岁|周岁|名|人|%)(?:[\u4e00-\u9fff]?(?:以[上下内]|内|至|-|底|度|\d)))"
)
BOUNDS = re.compile(
    r"最[高多长低]|至[多少]|不[得能]?(?:超过|低于|少于)|[以之]|封顶|[月年近]\s*$|[^\W\d]月"
)
Rule = Callable[[str, random.Random], Iterator[str]]


class Truth(Value):
    """One true sentence and the text that it rests on."""

    id: str
    source: str
    context: str = ""
    quote: str
    neighbour: str
    sentence: str
    style: str


class Falsehood(Value):
    """A sentence with what it would cite; `kind` is the rule that made it, "true" for none."""

    of: str
    kind: str
    sentence: str
    quote: str
    context: str


def falsehoods(truths: Sequence[Truth], *, seed: int = SEED) -> Iterator[Falsehood]:
    """The false sentences of each rule, several of one where a sentence has several numbers."""
    chance = random.Random(seed)
    subjects = [subject for truth in truths if (subject := subject_of(truth.sentence))]
    for truth in truths:
        for kind, rule in RULES.items():
            for false in rule(truth.sentence, chance):
                if false != truth.sentence:
                    yield _made(truth, kind, false)
        swapped = _swapped(truth, subjects, chance)
        if swapped:
            yield _made(truth, "subject", swapped)
        yield _made(truth, "citation", truth.sentence, quote=truth.neighbour)


def _made(truth: Truth, kind: str, sentence: str, *, quote: str = "") -> Falsehood:
    return Falsehood(
        of=truth.id,
        kind=kind,
        sentence=sentence,
        quote=quote or truth.quote,
        context=truth.context,
    )


def _numbers(sentence: str, chance: random.Random) -> Iterator[str]:
    """Each number but a year made another, at most four."""
    places = [m for m in FIGURE.finditer(sentence) if not YEAR_SAID.match(sentence, m.start())]
    for match in places[:4]:
        value = float(match.group())
        other = value
        while other == value:
            other = round(value * chance.choice((0.5, 1.5, 2, 3)) + chance.choice((0, 1)), 1)
        shown = str(int(other)) if other == int(other) else str(other)
        yield sentence[: match.start()] + shown + sentence[match.end() :]


def _units(sentence: str, chance: random.Random) -> Iterator[str]:
    """Each unit made another, at most three."""
    for match in list(UNIT.finditer(sentence))[:3]:
        other = chance.choice(OTHER_UNITS[match[1]])
        yield sentence[: match.start(1)] + other + sentence[match.end(1) :]


def _years(sentence: str, chance: random.Random) -> Iterator[str]:
    """Each year made another, at most two."""
    for match in list(YEAR_SAID.finditer(sentence))[:2]:
        other = int(match[1]) + chance.choice((-2, -1, 1, 2))
        yield sentence[: match.start(1)] + str(other) + sentence[match.end(1) :]


def _negated(sentence: str, chance: random.Random) -> Iterator[str]:
    """A negation put in before a verb, or one taken out."""
    held = NEGATIVE.search(sentence)
    if held:
        without = "" if held.group() in ("未", "不") else "可以"
        yield sentence[: held.start()] + without + sentence[held.end() :]
    verbs = [
        m for m in VERBS.finditer(sentence) if sentence[m.start() - 1 : m.start()] not in "不未"
    ]
    if verbs:
        at = chance.choice(verbs)
        word = {"可以": "不可以", "可": "不可", "须": "无须", "需要": "不需要"}.get(at.group())
        yield sentence[: at.start()] + (word or f"不{at.group()}") + sentence[at.end() :]


def _replaced(pairs: Mapping[str, Sequence[str]]) -> Rule:
    """The rule that makes each of some words another one, at most two of a sentence."""
    pattern = re.compile("|".join(sorted(pairs, key=len, reverse=True)))

    def rule(sentence: str, chance: random.Random) -> Iterator[str]:
        for match in list(pattern.finditer(sentence))[:2]:
            other = chance.choice(pairs[match.group()])
            yield sentence[: match.start()] + other + sentence[match.end() :]

    return rule


def _bounded(sentence: str, chance: random.Random) -> Iterator[str]:
    """A bound put before a number that has none, at most two of a sentence."""
    free = [
        match
        for match in FREE_NUMBER.finditer(sentence)
        if not YEAR_SAID.match(sentence, match.start())
        and not BOUNDS.search(sentence[max(0, match.start() - 10) : match.start()])
    ]
    for match in free[:2]:
        word = chance.choice(("至少", "最高", "不超过", "不低于"))
        yield sentence[: match.start()] + word + sentence[match.start() :]


RULES: dict[str, Rule] = {
    "number": _numbers,
    "unit": _units,
    "year": _years,
    "negation": _negated,
    "period": _replaced(PERIODS),
    "run": _replaced({"连续": ("累计",), "累计": ("连续",)}),
    "joint": _replaced(JOINTS),
    "bound": _bounded,
}


def subject_of(sentence: str) -> str:
    """What a sentence begins with, up to its first verb; "" where that is short."""
    match = re.match(
        r"[\u4e00-\u9fff“”《》]{4,16}?(?=可|应|须|需|由|为|是|享受|的|不|未|达|自|在)", sentence
    )
    return match.group() if match else ""


def _swapped(truth: Truth, subjects: Sequence[str], chance: random.Random) -> str:
    """The sentence about another subject, one that its text does not name."""
    own = subject_of(truth.sentence)
    if not own:
        return ""
    held = truth.quote + truth.sentence + truth.context
    others = [s for s in subjects if not any(w in held for w in cut(s) if len(w) > 1)]
    return chance.choice(others) + truth.sentence[len(own) :] if others else ""


def measured(truths: Sequence[Truth], *, min_support: float = MIN_SUPPORT) -> dict[str, Any]:
    """Shares of the true lost and of each kind of false ones caught, with their numbers."""
    made = list(falsehoods(truths))
    caught: dict[str, list[bool]] = defaultdict(list)
    by_fault: Counter[str] = Counter()
    for each in made:
        finding = check(each.sentence, [each.quote], context=each.context, min_support=min_support)
        caught[each.kind].append(not finding.passed)
    lost = []
    for truth in truths:
        finding = check(
            truth.sentence, [truth.quote], context=truth.context, min_support=min_support
        )
        lost.append(not finding.passed)
        by_fault[finding.fault] += 1
    exact = [c for kind in ("number", "unit", "year") for c in caught[kind]]
    kinds = caught.keys() - {"number", "unit", "year"}
    others = [c for kind in sorted(kinds) for c in caught[kind]]
    return {
        "min_support": min_support,
        "true": len(truths),
        "true_lost": _share(lost),
        "lost_by": {fault: n for fault, n in by_fault.items() if fault},
        "false": len(made),
        "caught_number_unit_year": _share(exact),
        "caught_others": _share(others),
        "caught": {k: {"share": _share(v), "n": len(v)} for k, v in sorted(caught.items())},
    }


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def load(path: Path) -> list[Truth]:
    """The true sentences of a file."""
    lines = path.read_text("utf-8").splitlines()
    return [Truth.model_validate_json(line) for line in lines if line.strip()]


def missed(truths: Sequence[Truth], *, min_support: float = MIN_SUPPORT) -> Iterator[Falsehood]:
    """The false sentences that pass."""
    for each in falsehoods(truths):
        if check(each.sentence, [each.quote], context=each.context, min_support=min_support).passed:
            yield each


def main() -> None:
    """Print the table, and write it where it is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--min-support", type=float, nargs="*", default=[MIN_SUPPORT])
    parser.add_argument("--missed", action="store_true", help="print the false ones that pass")
    arguments = parser.parse_args()
    truths = load(arguments.file)
    found = [measured(truths, min_support=least) for least in arguments.min_support]
    if arguments.missed:
        for each in missed(truths, min_support=arguments.min_support[0]):
            print(each.kind, each.of, each.sentence, "|", each.quote)
    for row in found:
        print(json.dumps(row, ensure_ascii=False))
    if arguments.output:
        text = json.dumps(found[0], ensure_ascii=False, indent=1) + "\n"
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
