"""A question to an answer: the steps in their order, and what each of them took."""

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from policyqa.index.errors import PolicyQAError
from policyqa.index.metadata.dates import last_day
from policyqa.index.store.embedding import Embedder
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.store.vectors import Rows, Vectors
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.text.words import cutting, normalise, warm
from policyqa.index.types import Document, Metadata
from policyqa.qa.check.permalinks import Effort
from policyqa.qa.check.receipts import Claim, SentenceCheck
from policyqa.qa.check.receipts import checked as checked_claims
from policyqa.qa.compose.ambiguity import choices
from policyqa.qa.compose.circumstances import bears
from policyqa.qa.compose.composer import (
    Composer,
    chosen,
    cite,
    with_validity,
    without_replaced,
)
from policyqa.qa.compose.composing import composed, of_itself
from policyqa.qa.compose.contacts import advice, contact, nearest
from policyqa.qa.compose.examples import example_questions
from policyqa.qa.compose.itself import asked_itself
from policyqa.qa.compose.missing import is_answered
from policyqa.qa.compose.named import sections_named
from policyqa.qa.compose.suggestions import suggested
from policyqa.qa.conversation.conversation import EARLIER, Conversation, Earlier, Memory
from policyqa.qa.conversation.items import pointed_at
from policyqa.qa.conversation.resolver import PreviousQuestion, Resolved, Resolver
from policyqa.qa.corpus import Citable, Corpus
from policyqa.qa.eligibility import facts
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.replies import is_reply
from policyqa.qa.eligibility.telling import remembered
from policyqa.qa.errors import QuestionError
from policyqa.qa.explaining import Explanation, Settled, explained, unsearched
from policyqa.qa.found import Found
from policyqa.qa.llm.language_model import Writer
from policyqa.qa.llm.rewriting import rewritten
from policyqa.qa.question.asked import Asked, understood
from policyqa.qa.question.clusters import clustered
from policyqa.qa.question.filters import admits, lapsed
from policyqa.qa.question.glossary import phrases, with_chinese
from policyqa.qa.question.lexicon import Lexicon
from policyqa.qa.question.query import normalise_query
from policyqa.qa.question.scope import is_out_of_scope, is_talk
from policyqa.qa.question.spelling import Speller
from policyqa.qa.retrieve import retrieval
from policyqa.qa.retrieve.confidence import confidence, features
from policyqa.qa.retrieve.evidence import Evidence, Quote, find
from policyqa.qa.retrieve.questions import answered
from policyqa.qa.retrieve.reading import Marks, ReadingStage
from policyqa.qa.retrieve.rows import without_other_rows
from policyqa.qa.retrieve.ruling import Ruler
from policyqa.qa.rules import checked
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import (
    MAX_HISTORY_TURNS,
    Answer,
    AnswerSentence,
    Citation,
    Contact,
    Hit,
    LeftOut,
    Note,
    Question,
    Reason,
    Timings,
    Turn,
)
from policyqa.qa.wording import SMALL_TALK

logger = logging.getLogger(__name__)

PLACES = 3
ITEM_CHARS = 40  # of an item that is asked about, enough to find it
CITED = 2  # documents of an answer that later questions look back on
Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass
class Clock:
    """Milliseconds by stage; each `lap` ends one."""

    started: float = field(default_factory=time.perf_counter)
    laps: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._last = self.started

    def lap(self, stage: str) -> None:
        """Count the time since the last lap as this stage's."""
        now = time.perf_counter()
        self.laps[stage] = self.laps.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings(self) -> Timings:
        """The stages, and the total since the start."""
        total = (time.perf_counter() - self.started) * 1000
        rounded = {stage: round(ms, 3) for stage, ms in self.laps.items()}
        return Timings(total=round(total, 3), **rounded)


def _in_office_words(method: Method) -> Method:
    """Cuts questions as the texts of the index were cut, in whatever thread it is called."""

    @wraps(method)
    def inner(self: "Assistant", *args: Any, **kwargs: Any) -> Any:
        with cutting(self.index.manifest.office.terms):
            return method(self, *args, **kwargs)

    return cast(Method, inner)


class Assistant:
    """Answers from one index; safe to share between threads, since nothing of it changes.

    `corpus` are its documents.
    """

    def __init__(
        self,
        index: SearchIndex,
        embedder: Embedder,
        weights: Mapping[str, float],
        settings: AnswerSettings,
        reading: ReadingStage | None = None,
        writer: Writer | None = None,
        without: Collection[str] = (),
        resolver: Resolver | None = None,
        ruler: Ruler | None = None,
    ) -> None:
        """`without` names families of rules (`qa.rules`) that take no part; `resolver` says what a
        question means after others, the one before it where there is none; `ruler` what a rule
        means for a question, where a reader found the rule.

        Raises:
            SettingsError: one of them is none.
        """
        self._without = checked(without)
        self.index = index
        self.embedder = embedder
        self._weights = weights
        self._speller = Speller(index.words, index.bigrams)
        office = index.manifest.office
        self._english = phrases(office.english)
        self._shares = tuple(map(normalise, office.shares))
        self._settings = settings
        self._reading = reading
        self._writer = writer
        self._resolver = resolver or PreviousQuestion()
        self._ruler = ruler if reading else None
        self._memory = Memory()
        self.corpus = Corpus.of(index)
        with cutting(office.terms):
            self._lexicon = Lexicon.learned((each.text for each in index.documents), office.names)
            warm()

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Questions that ask the same in other words, by their places (`question.clusters`)."""
        return clustered(questions, self.embedder)

    def examples(self) -> tuple[str, ...]:
        """Questions that the documents answer, for a reader to start with."""
        return example_questions(self.index, self._answers)

    def _answers(self, question: str, **asked: Any) -> bool:
        return self.ask(Question(question=question, **asked)).status == "answered"

    @_in_office_words
    def ask(
        self, question: Question, *, said: Callable[[AnswerSentence], None] | None = None
    ) -> Answer:
        """Answer, or say why not. A question that makes no sense gives status "error".

        Args:
            question: and what was said before it.
            said: is given each sentence of a language model as soon as the gate has passed it; the
                answer that is returned may be another one, where too little was left of the
                model's.
        """
        clock = Clock()
        answer, found = self._from_documents(question, clock)
        self._memory.keep(_place_in(question, _questions(question)), _earlier(answer))
        if self._writer and found and answer.status == "answered":
            evidence = self._evidence_for_model(question, found)
            answer = rewritten(answer, self._writer, evidence, said)
            clock.lap("model")
        answer = answer.model_copy(update={"timings_ms": clock.timings()})
        if found:
            _log(answer)
        return answer

    @_in_office_words
    def search(self, question: Question) -> tuple[Hit, ...]:
        """The passages that an answer would rest on, best first, without the answer; none for what
        is not searched for.

        Raises:
            QuestionError: nothing in the question can be searched.
        """
        asked = self.asked_of(question)
        if _unsearched(asked):
            return ()
        found = self._found(asked, question, Clock(), self._hidden(question)[1])
        return retrieval.hits_of(self.index, found.ranking, question.k)

    def _from_documents(self, question: Question, clock: Clock) -> tuple[Answer, Found | None]:
        """The answer in the documents' own words, and what it rests on; None where nothing was
        looked for, or it failed."""
        try:
            asked = self.asked_of(question)
        except QuestionError as error:
            return self._failed(question, "", "bad_question", error, clock), None
        if silent := _unsearched(asked):
            return self._unasked(question, asked.text, *silent, clock), None
        try:
            narrowed, hidden = self._hidden(question)
            found = self._found(asked, question, clock, hidden)
        except PolicyQAError as error:
            return self._failed(question, asked.text, "failed", error, clock), None
        parts = self._parts(question, found, clock, hidden)
        answer = self._answer(question, found, self._left_out(found, narrowed), parts)
        clock.lap("answer")
        return answer, found

    @_in_office_words
    def asked_of(self, question: Question) -> Asked:
        """The question as it is searched: normalised, spelt as the documents do, completed by what
        was said before, and with the Chinese words of an English one.

        Raises:
            QuestionError: nothing in it can be searched.
        """
        query = normalise_query(question.question)
        if is_reply(query) and (earlier := _replied_to(question)):
            asked = self.asked_of(earlier)
            told = (*_questions(question), query)
            forget = frozenset(question.forget)
            return replace(asked, told=told, forget=forget)
        if "spelling" not in self._without:
            query = self._speller.corrected(query)
        alone = self.understood(Resolved(query))
        told = _questions(question)
        if not told or alone.wants & {"order", *SMALL_TALK} or "followups" in self._without:
            return alone
        before = self._conversation(question)
        if not before.turns:
            return replace(alone, told=told, forget=frozenset(question.forget))
        asked = self._after(query, before)
        return replace(asked, told=told, forget=frozenset(question.forget))

    def _after(self, query: str, before: Conversation) -> Asked:
        """What a question means after other turns."""
        item = pointed_at(query, before.items)
        meant = Resolved(f"{item} {query}") if item else self._resolver.resolve(query, before)
        asked = self.understood(meant)
        return replace(
            asked,
            completed=meant.text != query,
            cited=meant.cited,
            wants=asked.wants - {"bare"},  # what was said before names it
            parts=(),  # parts of a follow-up would each have to be completed
        )

    def _conversation(self, question: Question) -> Conversation:
        """The last turns before a question; those that are not remembered are answered again."""
        asked = _questions(question)
        first = max(0, len(asked) - EARLIER)
        turns = (self._turn(question, asked, n, first) for n in range(first, len(asked)))
        return Conversation(turns=tuple(turn for turn in turns if turn.question))

    def _turn(self, question: Question, asked: Sequence[str], n: int, first: int) -> Earlier:
        """The n-th turn, answered after those from the first that is looked back on."""
        one = _as_asked(question, asked[n], asked[first:n])
        place = _place_in(one, asked[:n])
        kept = self._memory.at(place)
        if kept is None:
            kept = _earlier(self._from_documents(one, Clock())[0])
            self._memory.keep(place, kept)
        return kept

    @_in_office_words
    def understood(self, meant: Resolved) -> Asked:
        """What is meant as it is searched, with the rarity of its words in these documents."""
        glossary = "glossary" not in self._without
        asked = understood(
            with_chinese(meant.text, self._english) if glossary else meant.text,
            own=meant.own,
            known_words=self.index.words,
            known_bigrams=self.index.bigrams,
            without=self._without,
            shares=self._shares,
        )
        return replace(asked, vector=meant.vector)

    @_in_office_words
    def explain(self, question: Question, *, expect: str = "") -> Explanation:
        """The answer to a question, and how it came about.

        Args:
            question: and what was said before it.
            expect: words that ought to be said: it is told what became of them.

        Raises:
            QuestionError: nothing in the question can be searched.
        """
        asked, answer = self.asked_of(question), self.ask(question)
        threshold = self._settings.threshold
        if _unsearched(asked):
            return unsearched(answer, threshold=threshold, expect=expect)
        _, hidden = self._hidden(question)
        found = self._found(asked, question, Clock(), hidden)
        return explained(
            self.index,
            answer,
            found,
            parts=tuple(self._each_part(question, found, Clock(), hidden).values()),
            hidden=hidden,
            threshold=threshold,
            settled_by=self._settled_by(question, found) if answer.status == "answered" else "",
            expect=expect,
        )

    @_in_office_words
    def verify(
        self, claims: Sequence[Claim], documents: Iterable[Document], effort: Effort | None = None
    ) -> tuple[SentenceCheck, ...]:
        """Whether sentences have their proof in documents (`check.receipts.checked`)."""
        return checked_claims(claims, documents, effort)

    def _settled_by(self, question: Question, found: Found) -> Settled:
        """Why something is said to a question."""
        corpus = self._citable(question)
        if asked_itself(found.asked, corpus):
            return "document"
        if found.picked and found.confidence >= self._settings.threshold:
            return "confidence"
        if bears(found.asked, found.picked, corpus):
            return "conditions"
        return "heading" if sections_named(found.asked, found.evidence) else "part"

    def _hidden(self, question: Question) -> tuple[Rows, Rows]:
        """Rows of the passages that the question's filters leave out, and of all that are left
        out, those that ended before its day too."""
        narrowed = self._rows_of(lambda about: not admits(question, about))
        ended = self._rows_of(lambda about: lapsed(question, about))
        return narrowed, np.union1d(narrowed, ended)

    def _found(self, asked: Asked, question: Question, clock: Clock, hidden: Rows) -> Found:
        """What a question brought up."""
        vector = self.vector_of(asked)
        clock.lap("embed")
        rows = hidden if len(hidden) else None
        return self.find(asked, vector, clock, hidden=rows, day=day_of(question))

    def _parts(
        self, question: Question, found: Found, clock: Clock, hidden: Rows
    ) -> Mapping[str, Found]:
        """What each part of a question brings up by itself and surely, by its words."""
        each = self._each_part(question, found, clock, hidden)
        return {text: brought for text, brought in each.items() if self._is_sure(brought)}

    def _each_part(
        self, question: Question, found: Found, clock: Clock, hidden: Rows
    ) -> Mapping[str, Found]:
        """What each part of a question brings up by itself, by its words: the first as it stands,
        each further one as a turn after it. Nothing for a question of one part."""
        asked, every = found.asked, {}
        first, *later = asked.parts or (None,)
        if first is None:
            return {}
        cited = found.picked if self._is_sure(found) else ()
        before = Conversation(turns=(_turn_of(first.whole, cited),))
        readings = [self.understood(Resolved(first.whole))]
        readings += [self._after(part.whole, before) for part in later]
        for part, one in zip(asked.parts, readings, strict=True):
            own = replace(one, told=asked.told, forget=asked.forget)
            every[part.text] = self._found(own, question, clock, hidden)
        return every

    def _is_sure(self, found: Found) -> bool:
        return bool(found.picked) and found.confidence >= self._settings.threshold

    def vector_of(self, asked: Asked) -> Vectors:
        """Of what is asked, shape (dimension,)."""
        return self.embedder.encode_query(asked.text) if asked.vector is None else asked.vector

    @_in_office_words
    def find(
        self,
        asked: Asked,
        vector: Vectors,
        clock: Clock | None = None,
        *,
        hidden: Rows | None = None,
        day: str = "",
    ) -> Found:
        """Everything that an answer to a question would rest on.

        Args:
            asked: one reading of it.
            vector: of its text.
            clock: counts the time of retrieval.
            hidden: rows of passages to leave out, as if the documents did not have them: those
                that a day or filters keep out, or (for calibration) those with the answer.
            day: ISO, on which a rule must hold not to stand behind its successor; "" is today.
        """
        clock = clock or Clock()
        names = self._lexicon.other_names(asked.text) if asked.uses("other_names") else ()
        also = " ".join(names)
        signals = retrieval.signals_of(self.index, asked, vector, also=also)
        ranking = retrieval.rank(self.index, asked, signals, self._weights, hidden=hidden)
        evidence = find(self.index, ranking, asked, leads=self._reading is not None)
        marks: Marks = {}
        if self._reading and evidence:
            marks = self._reading.read(self.index, ranking, asked)
            ranking = self._reading.ordered(self.index, ranking, marks)
            evidence = self._reading.marked(self.index, ranking, evidence, marks)
        evidence = answered(evidence, asked)
        evidence = without_other_rows(evidence, asked, self.corpus.passages_by_id)
        if asked.uses("replaced"):
            evidence = without_replaced(evidence, asked, self.corpus.replaced(day or _today()))
        clock.lap("retrieve")
        picked = chosen(evidence, asked, self._settings)
        values = features(self.index, ranking, evidence, picked, asked, marks)
        return Found(asked, signals, ranking, marks, evidence, picked, values, confidence(values))

    def _rows_of(self, wanted: Callable[[Metadata], bool]) -> Rows:
        """Passages of the documents that are wanted, ascending."""
        held = [wanted(document.metadata) for document in self.index.documents]
        return np.flatnonzero(np.array(held, dtype=bool)[self.index.document_of])

    def _left_out(self, found: Found, hidden: Rows) -> LeftOut:
        """What would have been among the nearest, had it been asked."""
        if not len(hidden):
            return LeftOut()
        ranking = retrieval.rank(self.index, found.asked, found.signals, self._weights)
        nearest = retrieval.hits_of(self.index, ranking, PLACES)
        missed = tuple(nearest[n] for n in range(len(nearest)) if ranking.rows[n] in hidden)
        return LeftOut(documents=len(np.unique(self.index.document_of[hidden])), hits=missed)

    def _answer(
        self, question: Question, found: Found, left_out: LeftOut, parts: Mapping[str, Found]
    ) -> Answer:
        shared = self._shared(question, found, left_out)
        asked, corpus = found.asked, self._citable(question)
        if not self._is_sure(found) and (alone := _alone(asked, parts)):
            found = replace(alone, asked=asked)
        itself = asked_itself(asked, corpus)
        if itself and not itself.quote:
            return self._silent(found, shared)
        sureness = max(found.confidence, *(each.confidence for each in parts.values()), 0.0)
        doubtful = sureness < self._settings.doubtful and itself is None
        unsure = found.confidence < self._settings.threshold and itself is None
        if unsure and bears(asked, found.picked, corpus):
            unsure = False
        if unsure and (named := sections_named(asked, found.evidence)):
            found, unsure, doubtful = replace(found, picked=named), False, False
        if (not found.picked and not itself) or unsure or self._settings.threshold == 1:
            return _noted(asked, shared) or self._silent(found, shared)
        in_force = _in_force(found.evidence, corpus, asked)
        if not itself and (among := choices(in_force, asked)):
            return _which_one(among, shared)
        day = day_of(question)
        composer = Composer(
            self.corpus.passage_of,
            lambda document: self.corpus.validity(document, day),
            resolve=asked.uses("deixis"),
        )
        own = _own_answers(asked, parts)
        draft = (
            of_itself(itself, composer)
            if itself
            else composed(asked, found.picked, found.evidence, corpus, composer, self._ruler, own)
        )
        if not composer.sentences:
            return self._silent(found, shared)
        if doubtful and not draft.conditions:
            draft.notes.insert(0, Note(kind="doubtful"))
        return Answer(
            status="answered",
            reason=None,
            answer=draft.text(question.question),
            sentences=tuple(composer.sentences),
            citations=tuple(composer.citations),
            verdict=draft.verdict,
            completeness=draft.completeness,
            missing=tuple(draft.missing),
            notes=tuple(draft.notes),
            compared=tuple(draft.compared) if len(draft.compared) > 1 else (),
            compared_by=draft.compared_by if len(draft.compared) > 1 else "",
            conditions=tuple(draft.conditions),
            choices=draft.choices,
            **shared,
        )

    def _shared(self, question: Question, found: Found, left_out: LeftOut) -> dict[str, Any]:
        """What an answer has, whatever it says."""
        return {
            "id": question.id,
            "question": question.question,
            "query": found.asked.text,
            "understood": found.asked.text if _leans(question, found.asked) else "",
            "hits": retrieval.hits_of(self.index, found.ranking, question.k),
            "confidence": round(found.confidence, 4),
            "told": remembered(_remembered(found.asked)),
            "forget": question.forget,
            "as_of": question.as_of,
            "filters": question.filters,
            "left_out": left_out,
            "corpus": self.corpus.fingerprint,
        }

    def _silent(self, found: Found, shared: Mapping[str, Any]) -> Answer:
        """A reasoned silence, with what is nearest and who may know more."""
        whom = contact(found.evidence, self.corpus.passages_by_id)
        reason, notes = _abstention(found, shared["hits"], whom)
        near = reason == "no_evidence"
        return Answer(
            status="abstained",
            reason=reason,
            answer=_said(notes),
            notes=notes,
            nearest=nearest(found.evidence) if near else (),
            contact=whom if near else None,
            **shared,
        )

    def suggestions(self, answer: Answer) -> tuple[str, ...]:
        """At most three questions that may be asked next, each of which is answered. They are
        looked for after the answer, since each is asked like any other."""
        cited = dict.fromkeys(citation.doc_id for citation in answer.citations)
        documents = [self.corpus.by_id[name] for name in cited if name in self.corpus.by_id]

        def answers(text: str) -> bool:
            return self._answers(text, as_of=answer.as_of, filters=answer.filters)

        return suggested(answer, documents, self.corpus.passages, answers)

    def _citable(self, question: Question) -> Citable:
        """What an answer may cite: what is to be asked."""
        there = {
            name: document
            for name, document in self.corpus.by_id.items()
            if admits(question, document.metadata) and not lapsed(question, document.metadata)
        }
        replaced = self.corpus.replaced(day_of(question))
        return Citable(there, self.corpus.passages_by_id, replaced)

    def _evidence_for_model(self, question: Question, found: Found) -> tuple[Citation, ...]:
        """The best sentences, numbered from 1: those that the documents' own answer says first."""
        ordered = [*found.picked, *(e for e in found.evidence if e not in found.picked)]
        usable = [e for e in ordered if not e.contradicts][: self._settings.evidence]
        citations: list[Citation] = []
        for evidence in usable:
            span = (evidence.sentence.start, evidence.sentence.end)
            passage_id = self.corpus.passage_of(evidence.document.doc_id, span)
            citation = cite(evidence.quote, span, len(citations) + 1, passage_id)
            held = self.corpus.validity(evidence.document, day_of(question))
            citations.append(with_validity(citation, held))
        return tuple(citations)

    def _unasked(
        self, question: Question, query: str, reason: Reason, note: Note, clock: Clock
    ) -> Answer:
        """An abstention for which nothing was looked for."""
        return Answer(
            status="abstained",
            reason=reason,
            answer=note.text,
            notes=(note,),
            **self._plain(question, query, clock),
        )

    def _failed(
        self, question: Question, query: str, reason: Reason, error: PolicyQAError, clock: Clock
    ) -> Answer:
        shared = self._plain(question, query, clock)
        return Answer(status="error", reason=reason, answer=str(error), **shared)

    def _plain(self, question: Question, query: str, clock: Clock) -> dict[str, Any]:
        """What an answer has where nothing was found."""
        return {
            "id": question.id,
            "question": question.question,
            "query": query,
            "as_of": question.as_of,
            "filters": question.filters,
            "timings_ms": clock.timings(),
            "corpus": self.corpus.fingerprint,
        }


def _questions(question: Question) -> tuple[str, ...]:
    """What was asked before, normalised, oldest first."""
    asked = (turn.content for turn in question.history if turn.role == "user")
    return tuple(filter(None, map(_plain, asked)))


def _plain(text: str) -> str:
    try:
        return normalise_query(text)
    except QuestionError:
        return ""


def _leans(question: Question, asked: Asked) -> bool:
    """Whether a question is taken otherwise than it stands, by what was said before."""
    return asked.completed or is_reply(question.question)


def _replied_to(question: Question) -> Question | None:
    """The question whose condition is answered: the last turn that is no reply itself."""
    asked = _questions(question)
    at = next((n for n in range(len(asked) - 1, -1, -1) if not is_reply(asked[n])), None)
    return None if at is None else _as_asked(question, asked[at], asked[:at])


def _as_asked(question: Question, text: str, before: Sequence[str]) -> Question:
    """Another question of the same conversation, for the same day and documents."""
    history = tuple(Turn(role="user", content=each) for each in before[-MAX_HISTORY_TURNS:])
    return Question(question=text, history=history, as_of=question.as_of, filters=question.filters)


def _place_in(question: Question, before: Sequence[str]) -> str:
    """Tells a turn after others, for the same day and documents, from every other; no longer for a
    long conversation than for a short one."""
    text = question.question
    asked = [_plain(text) or text, list(before), question.as_of, question.filters.model_dump()]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _remembered(asked: Asked) -> list[Fact]:
    return facts.remembered(asked.told, asked.own or asked.text, forget=asked.forget)


def _earlier(answer: Answer) -> Earlier:
    """What later questions need of an answer: nothing of one that was not searched, no documents of
    one that was silent."""
    if not answer.hits:
        return Earlier(question="")
    cited = ((each.doc_id, each.title) for each in answer.citations)
    listed = (each.text for each in answer.sentences if each.role in ("item", "step"))
    items = tuple(text[:ITEM_CHARS] for text in listed)
    return _turn_about(normalise_query(answer.question), cited, items)


def _turn_of(text: str, picked: Sequence[Evidence]) -> Earlier:
    """A part of a question as a turn before its other parts."""
    return _turn_about(text, ((e.document.doc_id, e.document.metadata.title) for e in picked))


def _turn_about(
    text: str, cited: Iterable[tuple[str, str]], items: tuple[str, ...] = ()
) -> Earlier:
    """A turn whose answer rests on documents, by id and title, the first of which count."""
    near = dict(list(dict(cited).items())[:CITED])
    return Earlier(question=text, documents=tuple(near), titles=tuple(near.values()), items=items)


def day_of(question: Question) -> str:
    """The day (ISO) that a question is asked for: today where it names none."""
    return last_day(question.as_of) if question.as_of else _today()


def _today() -> str:
    return date.today().isoformat()


def _noted(asked: Asked, shared: Mapping[str, Any]) -> Answer | None:
    """What somebody only tells is acknowledged where no rule speaks of it; None where he asks."""
    told = remembered(facts.tells_only(asked.own or asked.text)) if asked.told else ()
    if not told:
        return None
    note = Note(kind="noted", parts=("、".join(f"{each.label}{each.said}" for each in told),))
    return Answer(status="abstained", reason="ambiguous", answer=note.text, notes=(note,), **shared)


def _alone(asked: Asked, parts: Mapping[str, Found]) -> Found | None:
    """What the first part that is surely answered brought up; a side of a comparison is no answer
    to it."""
    sure = (parts[part.text] for part in asked.parts if part.text in parts and not part.side)
    return next(sure, None)


def _own_answers(asked: Asked, parts: Mapping[str, Found]) -> dict[str, Quote]:
    """Of what was found for each part alone the best that is of the kind it asks for."""
    found: dict[str, Quote] = {}
    for part in asked.parts:
        picked = parts[part.text].picked if part.text in parts else ()
        of_kind = [e for e in picked if is_answered(part, [e.text])]
        if of_kind:
            found[part.text] = max(of_kind, key=lambda e: e.score).quote
    return found


def _in_force(found: Sequence[Evidence], corpus: Citable, asked: Asked) -> list[Evidence]:
    """What is not of a replaced document, unless a year is asked for."""
    return [e for e in found if asked.years or e.document.doc_id not in corpus.replaced]


def _which_one(among: tuple[str, ...], shared: Mapping[str, Any]) -> Answer:
    """The question back to the reader, with what may be meant."""
    which = Note(kind="which_one", parts=("；".join(among),))
    return Answer(
        status="abstained",
        reason="ambiguous",
        answer=which.text,
        notes=(which,),
        choices=among,
        **shared,
    )


def _unsearched(asked: Asked) -> tuple[Reason, Note] | None:
    """Why a question is not even looked for, and what is said to it; None where it is."""
    for kind in SMALL_TALK:
        if kind in asked.wants:
            return "out_of_scope", Note(kind=kind)
    if "order" in asked.wants:
        return "refused", Note(kind="refused")
    if "bare" in asked.wants:
        return "ambiguous", Note(kind="unclear")
    return None


def _abstention(
    found: Found, hits: Sequence[Hit], whom: Contact | None
) -> tuple[Reason, tuple[Note, ...]]:
    """Why there is no answer, and what a reader can do next: where to look, whom to ask."""
    if is_talk(found.asked, found.features["unknown"]):
        return "out_of_scope", (Note(kind="talk"),)
    if found.asked.uses("out_of_scope") and is_out_of_scope(found.features):
        return "out_of_scope", (Note(kind="out_of_scope"), Note(kind="next_step"))
    places = list(dict.fromkeys(_place(hit) for hit in hits))[:PLACES]
    look = (Note(kind="near", parts=("、".join(places),)),) if places else ()
    return "no_evidence", (Note(kind="no_evidence"), *look, *advice(whom))


def _said(notes: Sequence[Note]) -> str:
    return "".join(note.text for note in notes)


def _place(hit: Hit) -> str:
    section = hit.section.split(SECTION_SEPARATOR)[-1]
    return f"《{hit.title}》" + (f"“{section}”" if section and section != hit.title else "")


SAFE_ID = re.compile(r"[^\w.-]")


def _log(answer: Answer) -> None:
    times = answer.timings_ms
    logger.info(
        "id=%s status=%s citations=%d hits=%d embed=%.1f retrieve=%.1f answer=%.1f total=%.1f ms",
        SAFE_ID.sub("_", answer.id[:40]) or "-",
        answer.status,
        len(answer.citations),
        len(answer.hits),
        times.embed,
        times.retrieve,
        times.answer,
        times.total,
    )
