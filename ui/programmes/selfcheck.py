"""The self-check: a profile that stays in the browser's form, one question at a time, and what
follows for each programme. Nothing is kept."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from policyqa.index.conditions.catalogue import Attribute
from policyqa.qa.check.receipts import rendered
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.logic import Truth
from policyqa.qa.errors import QuestionError
from policyqa.qa.register.answering import asked, choices, counted_in, fact_of, reply_of
from policyqa.qa.register.asking import Ask, next_question
from policyqa.qa.register.checking import Engine, Profile, Verdict
from policyqa.qa.register.statement import statement_of
from policyqa.qa.register.sums import Sum, sum_of
from policyqa.qa.register.types import Exclusion, Programme
from policyqa.ui.chat.papers import policy
from policyqa.ui.clients import client_of
from policyqa.ui.errors import TryLater
from policyqa.ui.programmes.held import Held
from policyqa.ui.programmes.pages import HEADERS, page
from policyqa.ui.staff.sessions import plain
from policyqa.ui.turns import Turns

HERE = "/check"
REPLY = "r-"  # begins the name of a field for a condition by its own words
HASH_CHARS = 12
SKIP, MAX_SKIPPED = "skip", 200
REGION = "region"
ORDER = {"符合": 0, "还差": 1, "不符合": 2}


class Field(NamedTuple):
    """A field of the form: its name, what is asked, what was typed, what may be chosen (none: it is
    typed), and what it is counted in."""

    name: str
    label: str
    ask: str
    value: str
    choices: Sequence[str]
    unit: str


class Way(NamedTuple):
    """One of the programmes that are not to be had together: what it gives, the sum where that can
    be worked out, and whether it is more than each of the others."""

    programme: Programme
    given: str
    sum: Sum | None
    more: bool


class Choice(NamedTuple):
    """What is not to be had together: the cell that says so, and each of the ways."""

    cell: Exclusion
    ways: tuple[Way, ...]


class Told(NamedTuple):
    """What a form tells: the profile, the fields that were filled in, those that are not to be
    asked again (`skips`; their attributes and keys in `skipped`), and which cannot be read."""

    profile: Profile
    fields: tuple[Field, ...]
    skips: tuple[str, ...]
    skipped: tuple[str, ...]
    wrong: tuple[str, ...]


async def sent(request: Request) -> list[tuple[str, str]]:
    """The fields of a form in their order."""
    said = (await request.form()).multi_items()
    return [(name, plain(value)) for name, value in said if isinstance(value, str)]


Form = Sequence[tuple[str, str]]
Work = Callable[[Held, Form], Response]
Sent = Annotated[list[tuple[str, str]], Depends(sent)]


def build_check(held: Held, turns: Turns) -> APIRouter:
    """`GET /check` begins anew, `POST /check` goes on with what the form holds. To find the next
    question takes time like a question, so it waits for its turn like one."""
    router = APIRouter(prefix=HERE)

    async def in_turn(request: Request, work: Work, form: Form) -> Response:
        try:
            return await asyncio.wrap_future(turns.submit(client_of(request), work, held, form))
        except TryLater as late:
            reply = page("late.html", late.status, words=str(late))
            reply.headers.update(late.headers)
            return reply

    @router.get("")
    async def begin(request: Request) -> Response:
        return await in_turn(request, _shown, [])

    @router.post("")
    async def go_on(request: Request, form: Sent) -> Response:
        return await in_turn(request, _shown, form)

    @router.post("/receipt")
    async def keep(request: Request, form: Sent) -> Response:
        return await in_turn(request, _kept, form)

    return router


def _kept(held: Held, form: Sequence[tuple[str, str]]) -> Response:
    """The self-check as a receipt; nothing of it stays here."""
    now = held.now()
    told = told_by(form, now.engine)
    engine = now.engine.of_region(_region(form, _regions(now.engine)))
    verdicts = sorted(engine.verdicts(told.profile), key=_order)
    said = [f"{each.label} {each.value}" for each in told.fields]
    paper = rendered(statement_of(said, verdicts, now.standings), "html")
    return HTMLResponse(paper, headers={**HEADERS, "content-security-policy": policy(paper)})


def _regions(engine: Engine) -> list[str]:
    return sorted({each.programme.region for each in engine.checked} - {""})


def _region(form: Sequence[tuple[str, str]], regions: Sequence[str]) -> str:
    return next((value for name, value in form if name == REGION and value in regions), "")


def _shown(held: Held, form: Sequence[tuple[str, str]]) -> Response:
    every = held.now().engine
    regions = _regions(every)
    region = _region(form, regions)
    engine = every.of_region(region)
    told = told_by(form, every)
    ask = next_question(engine, told.profile, told.skipped)
    verdicts = sorted(engine.verdicts(told.profile), key=_order)
    return page(
        "check.html",
        400 if told.wrong else 200,
        told=told,
        question=_question(ask) if ask else None,
        verdicts=verdicts,
        counts={word: sum(each.word == word for each in verdicts) for word in ORDER},
        choices=_choices(verdicts),
        regions=regions,
        region=region,
    )


def _order(verdict: Verdict) -> tuple[int, bool, int]:
    """What may be had first, then what lacks least."""
    return ORDER[verdict.word], not verdict.standings, len(verdict.open)


def told_by(form: Sequence[tuple[str, str]], engine: Engine) -> Told:
    """What a form tells; fields that nobody knows are passed over, those that cannot be read are
    named and count as not known."""
    replies = {name_of(key): (key, words) for key, words in _conditions(engine).items()}
    facts: list[Fact] = []
    said: dict[str, Truth] = {}
    shown: list[Field] = []
    wrong: list[str] = []
    about = asked()
    for name, value in dict(form).items():
        if not value.strip():
            continue
        try:
            if name in about:
                shown.append(_field(name, about[name], value))
                if fact := fact_of(name, value):
                    facts.append(fact)
            elif name in replies:
                key, words = replies[name]
                shown.append(Field(name, words, words, value, ("是", "否"), ""))
                said[key] = reply_of(value)
        except QuestionError as error:
            wrong.append(str(error))
    known = {name: key for name, (key, _) in replies.items()} | {name: name for name in about}
    skips = tuple(dict.fromkeys(v for n, v in form if n == SKIP and v in known))[:MAX_SKIPPED]
    skipped = tuple(known[each] for each in skips)
    return Told(Profile(tuple(facts), said), tuple(shown), skips, skipped, tuple(wrong))


def _conditions(engine: Engine) -> Mapping[str, str]:
    return {each.key: each.words for checked in engine.checked for each in checked.asked}


def name_of(key: str) -> str:
    """The field of a condition."""
    return REPLY + hashlib.sha256(key.encode()).hexdigest()[:HASH_CHARS]


def _field(name: str, about: Attribute, value: str) -> Field:
    options = [*choices(about), "没有"] if about.scale else ["有", "没有"] * (about.unit == "有")
    return Field(name, about.label, about.ask, value, options, counted_in(about))


def _question(ask: Ask) -> Field:
    if ask.attribute:
        return _field(ask.attribute, asked()[ask.attribute], "")
    return Field(name_of(ask.key), ask.words, f"是不是这样：{ask.words}？", "", ("是", "否"), "")


def _choices(verdicts: Sequence[Verdict]) -> list[Choice]:
    """What is not to be had together among what may be had."""
    due = {each.programme.id: each for each in verdicts if each.met is True}
    found = []
    for verdict in due.values():
        for cell in verdict.programme.exclusions:
            others = [
                each
                for each in due.values()
                if each is not verdict
                and (each.programme.id in cell.others or each.programme.name in cell.text)
            ]
            among = [verdict, *others]
            if len(among) > 1:
                found.append(Choice(cell, tuple(_way(each) for each in among)))
    return [choice._replace(ways=_compared(choice.ways)) for choice in found]


def _way(verdict: Verdict) -> Way:
    given = "；".join(benefit.text for benefit in verdict.benefits)
    return Way(verdict.programme, given, sum_of(verdict.benefits), more=False)


def _compared(ways: Sequence[Way]) -> tuple[Way, ...]:
    """The ways with the one marked that gives most, where each has its sum and one gives more."""
    totals = [way.sum.total for way in ways if way.sum]
    if len(totals) < len(ways) or totals.count(max(totals)) > 1:
        return tuple(ways)
    return tuple(way._replace(more=bool(way.sum and way.sum.total == max(totals))) for way in ways)
