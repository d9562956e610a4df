"""What people who tell their circumstances get: the right verdict, a wrong one or none; the clauses
that decide; what is asked back; and whether one fact across a limit turns the verdict."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from policyqa.eval.judge.evaluate import Progress
from policyqa.eval.runs.readings import Figure, figures_table, is_of, mean
from policyqa.eval.sets.circumstances import RULINGS, Person
from policyqa.index.types import Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.compose.circumstances import BACK
from policyqa.qa.types import Answer, Question

OUTCOMES = ("错", "对", "没说死")


class Ruled(Value):
    """One person and what came. `said` is the verdict, "" for none; `wrong` that it says the
    opposite, or settles what is not settled; `decided` that a clause that decides is cited;
    `asked_back` that something is asked, of those who leave something out."""

    person: Person
    said: str
    silent: bool
    right: bool
    wrong: bool
    decided: bool | None
    asked_back: bool | None


def ruled(person: Person, answer: Answer) -> Ruled:
    """How one answer did."""
    silent = answer.status != "answered"
    said = "" if silent else RULINGS.get(answer.verdict, "")
    quotes = [c.quote for c in answer.citations if c.source == person.source]
    settled = said in ("符合", "不符合")
    return Ruled(
        person=person,
        said=said,
        silent=silent,
        right=said == person.verdict,
        wrong=settled and said != person.verdict,
        decided=any(is_of(b, quotes) for b in person.because) if person.because else None,
        asked_back=any(n.kind in BACK for n in answer.notes) if person.missing else None,
    )


def rows(
    assistant: Assistant, people: Sequence[Person], *, progress: Progress | None = None
) -> Iterator[Ruled]:
    """Every person answered, in order."""
    for n, person in enumerate(people, start=1):
        question = Question(id=person.id, question=person.question)
        yield ruled(person, assistant.ask(question))
        if progress:
            progress("提问", n, len(people))


def figures(found: Sequence[Ruled]) -> Mapping[str, Figure]:
    """Shares with n. A pair changes where both verdicts are said and differ as they should, and
    stays where both are said and are the same."""
    pairs = dict.fromkeys(row.person.pair for row in found if row.person.pair)
    both = [[row for row in found if row.person.pair == name] for name in pairs]
    crossing = [pair for pair in both if pair[0].person.changes]
    staying = [pair for pair in both if not pair[0].person.changes]
    return {
        "verdict_right": mean([row.right for row in found]),
        "verdict_wrong": mean([row.wrong for row in found]),
        "silent": mean([row.silent for row in found]),
        "deciding_said": mean([row.decided for row in found]),
        "asked_back": mean([row.asked_back for row in found]),
        "pairs_change": mean([all(row.right for row in pair) for pair in crossing]),
        "pairs_stay": mean([len({r.said for r in p} - {""}) == 1 for p in staying]),
    }


LABELS = {
    "verdict_right": "判断正确", "verdict_wrong": "判断错误", "silent": "没有作答",
    "deciding_said": "引到起决定作用的条款", "asked_back": "缺事实时反问",
    "pairs_change": "跨过界限，判断跟着变", "pairs_stay": "没跨过界限，判断不变",
}  # fmt: skip


def table(found: Mapping[str, Mapping[str, Figure]]) -> str:
    """A table of figures, a column a set."""
    return figures_table(found, LABELS)


def kinds(found: Mapping[str, Sequence[Ruled]]) -> str:
    """A table of what was said in place of what, with counts a set: wrong verdicts first, the most
    frequent before the others; then what was right, and what was left unsaid."""
    counts = {name: Counter(map(_kind, rows)) for name, rows in found.items()}
    order = Counter[tuple[int, str, str]]()
    for each in counts.values():
        order.update(each)
    lines = [
        f"| {' | '.join(['', '应当是', '说成', *found])} |",
        "|---" * (3 + len(found)) + "|",
    ]
    for kind, _ in sorted(order.items(), key=lambda each: (each[0][0], -each[1])):
        cells = [OUTCOMES[kind[0]], *kind[1:], *(str(each[kind]) for each in counts.values())]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _kind(row: Ruled) -> tuple[int, str, str]:
    """The place of its outcome in `OUTCOMES`, what was right, and what was said."""
    said = row.said or ("没有作答" if row.silent else "没有判断")
    return 0 if row.wrong else 1 if row.right else 2, row.person.verdict, said
