"""What the documents are silent on: questions that ask the same, put together and counted. What
staff have given to somebody stays one, whatever is asked since."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from policyqa.ui.assistant import Assistant
from policyqa.ui.staff.desk import local_time
from policyqa.ui.staff.drafting import in_use
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.drafts import Drafts, Unanswered
from policyqa.ui.store.tasks import Task, Tasks

MAX_WORDINGS = 500
Show = Literal["all", "overdue", "mine", "unowned"]
SHOWN: dict[Show, str] = {
    "all": "全部", "overdue": "督办", "mine": "我负责的", "unowned": "无人负责",
}  # fmt: skip


class Office(NamedTuple):
    """What the pages of gaps are made from: who answers, what staff have written, who keeps the
    documents, what is given to whom."""

    assistant: Assistant
    drafts: Drafts
    librarian: Librarian
    tasks: Tasks
    accounts: Accounts


class Wording(NamedTuple):
    """A question in one wording, and every time that it was asked, the latest first. What is not
    kept any more has no time and does not count."""

    askings: Sequence[Unanswered]
    task: Task | None = None

    @property
    def id(self) -> str:
        return self.askings[0].id

    @property
    def question(self) -> str:
        return self.askings[0].question

    @property
    def times(self) -> int:
        return sum(bool(asked.time) for asked in self.askings)


class Group(NamedTuple):
    """Wordings that ask the same, and to whom they are given."""

    wordings: Sequence[Wording]
    task: Task | None = None

    @property
    def first(self) -> Wording:
        return self.wordings[0]

    @property
    def times(self) -> int:
        return sum(each.times for each in self.wordings)

    @property
    def reported(self) -> int:
        return sum(asked.reported for each in self.wordings for asked in each.askings)

    @property
    def days(self) -> list[tuple[str, int]]:
        """The days here (ISO) on which it was asked, the latest first, each with how often."""
        times = [asked.time for each in self.wordings for asked in each.askings if asked.time]
        return sorted(Counter(local_time(time)[:10] for time in times).items(), reverse=True)

    @property
    def owner(self) -> str:
        return self.task.owner if self.task else ""

    @property
    def due(self) -> str:
        return self.task.due if self.task else ""

    @property
    def overdue(self) -> bool:
        return self.task is not None and is_overdue(self.task)


def is_overdue(task: Task) -> bool:
    """Whether the day has passed here."""
    return bool(task.due) and task.due < date.today().isoformat()


def overdue(tasks: Sequence[Task]) -> list[Task]:
    """Those whose day has passed."""
    return [task for task in tasks if is_overdue(task)]


def groups_of(office: Office) -> tuple[list[Group], int]:
    """What has no answer: first what is overdue, the longest first, then what is asked most often.
    And how many wordings there are no places for: the oldest of which no reader asked for a
    document. Every open task is one group."""
    used = in_use(office.assistant, office.librarian.changes)
    answered = office.drafts.answered(used)
    tasks = office.tasks.open(answered)
    questions = office.drafts.unanswered(used)
    listed = {each.id for each in questions}
    by_id = {answer_id: task for task in tasks for answer_id in task.asked}
    older = [each for each in by_id if each not in listed and each not in answered]
    held = {each.id: each for each in office.drafts.those(older, used)}
    gone = {each: Unanswered(each, "", by_id[each].question, False) for each in older}
    every = _wordings([*questions, *(held.get(each, gone[each]) for each in older)], by_id)
    groups = _joined(every[:MAX_WORDINGS], office.assistant)
    groups.sort(key=lambda g: (not g.overdue, g.due if g.overdue else "", -g.times, -g.reported))
    return groups, max(0, len(every) - MAX_WORDINGS)


def filters(name: str, active: set[str]) -> dict[Show, Callable[[Group], bool]]:
    """What of the list an account may want to see; `active` are the accounts that can be used."""
    return {
        "all": lambda group: True,
        "overdue": lambda group: group.overdue,
        "mine": lambda group: group.owner == name,
        "unowned": lambda group: group.owner not in active,
    }


def _wordings(questions: Sequence[Unanswered], by_id: dict[str, Task]) -> list[Wording]:
    """The questions by their words: first one of each task, then what a reader asked for."""
    by_words = {_words(each): by_id[each.id] for each in reversed(questions) if each.id in by_id}
    found: dict[tuple[str, str], list[Unanswered]] = {}
    for each in questions:
        task = by_id.get(each.id) or by_words.get(_words(each))
        found.setdefault((_words(each), task.id if task else ""), []).append(each)
    every = [Wording(a, by_id.get(a[0].id) or by_words.get(_words(a[0]))) for a in found.values()]
    first = {each.task.id: each.id for each in reversed(every) if each.task}

    def place(each: Wording) -> int:
        if each.task and first[each.task.id] == each.id:
            return 0
        return 1 if any(asked.reported for asked in each.askings) else 2

    return sorted(every, key=place)


def _words(asked: Unanswered) -> str:
    return " ".join(asked.question.split())


def _joined(wordings: Sequence[Wording], assistant: Assistant) -> list[Group]:
    """Wordings that ask the same; those of a task together, and with them what asks the same and
    belongs to no task."""
    found: dict[str | int, list[int]] = {}
    tasks = {each.task.id: each.task for each in wordings if each.task}
    for number, places in enumerate(assistant.groups([each.question for each in wordings])):
        given = [task.id for n in sorted(places) if (task := wordings[n].task)]
        for n in places:
            own = wordings[n].task
            key = own.id if own else given[0] if given else number
            found.setdefault(key, []).append(n)
    return [
        Group(
            [wordings[n] for n in sorted(places)], tasks.get(key) if isinstance(key, str) else None
        )
        for key, places in found.items()
    ]
