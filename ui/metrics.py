"""Numbers of the service for Prometheus: how many questions, why silent, how long, what waits."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from policyqa.index.types import Document
from policyqa.qa.check.permalinks import Effort
from policyqa.qa.check.receipts import Claim, SentenceCheck
from policyqa.qa.corpus import Corpus
from policyqa.qa.explaining import Explanation
from policyqa.qa.types import Answer, Hit, Question
from policyqa.ui.assistant import Assistant
from policyqa.ui.turns import Turns

STAGES = ("embed", "retrieve", "answer", "total")
SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
NOT_HERE = "这里不给这些数字；谁可以读见 POLICYQA_SERVER__METRICS。"


class Metrics:
    """The numbers of one service, from its start on."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        name = "policyqa_questions"
        self._asked = Counter(name, "问了几个问题", ["status"], registry=self._registry)
        name = "policyqa_silences"
        self._silent = Counter(name, "没有回答的，按缘由", ["reason"], registry=self._registry)
        name = "policyqa_stage_seconds"
        self._stages = Histogram(
            name, "各步用了几秒", ["stage"], buckets=SECONDS, registry=self._registry
        )

    def watch(self, assistant: Assistant, turns: Turns) -> None:
        """Tell of the queue and of the index in force, too."""
        self._registry.register(_Now(assistant, turns))

    def count(self, answer: Answer) -> None:
        """Count an answer that was given."""
        self._asked.labels(answer.status).inc()
        if answer.status != "answered":
            self._silent.labels(answer.reason or "").inc()
        for stage in STAGES:
            self._stages.labels(stage).observe(getattr(answer.timings_ms, stage) / 1000)

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self._registry)

    def reply(self, request: Request, readers: str) -> Response:
        """The numbers for whoever may read them by its address."""
        if not may_read(request, readers):
            return PlainTextResponse(NOT_HERE, 403)
        return self.page()

    def page(self) -> Response:
        """The numbers."""
        return Response(self.text(), media_type=CONTENT_TYPE_LATEST)


def may_read(request: Request, readers: str) -> bool:
    """Whether an address is among those that may read. Who comes through a proxy that is not set
    looks as if he came from it, so that he may not."""
    server = request.app.state.settings
    if not server.proxies and any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    networks = (ip_network(each.strip(), strict=False) for each in readers.split(",") if each)
    return any(address in network for network in networks)


class _Now(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, assistant: Assistant, turns: Turns) -> None:
        self._assistant = assistant
        self._turns = turns

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("policyqa_waiting", "几个问题在排队", value=self._turns.waiting)
        corpus = self._assistant.corpus
        name, words = "policyqa_index_documents", "现在的索引（指纹）有几份文件"
        index = GaugeMetricFamily(name, words, labels=["fingerprint"])
        index.add_metric([corpus.fingerprint], len(corpus.documents()))
        yield index


class CountedAssistant:
    """See `ui.assistant.Assistant`; every answer is counted.

    Args:
        assistant: who answers.
        metrics: where it is counted.
    """

    def __init__(self, assistant: Assistant, metrics: Metrics) -> None:
        self._assistant = assistant
        self._metrics = metrics

    @property
    def corpus(self) -> Corpus:
        """See `Assistant`."""
        return self._assistant.corpus

    def ask(self, question: Question) -> Answer:
        """See `Assistant`."""
        answer = self._assistant.ask(question)
        self._metrics.count(answer)
        return answer

    def search(self, question: Question) -> tuple[Hit, ...]:
        """See `Assistant`."""
        return self._assistant.search(question)

    def explain(self, question: Question, *, expect: str = "") -> Explanation:
        """See `Assistant`."""
        return self._assistant.explain(question, expect=expect)

    def verify(
        self, claims: Sequence[Claim], documents: Iterable[Document], effort: Effort | None = None
    ) -> tuple[SentenceCheck, ...]:
        """See `Assistant`."""
        return self._assistant.verify(claims, documents, effort)

    def suggestions(self, answer: Answer) -> tuple[str, ...]:
        """See `Assistant`."""
        return self._assistant.suggestions(answer)

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """See `Assistant`."""
        return self._assistant.groups(questions)

    def examples(self) -> tuple[str, ...]:
        """See `Assistant`."""
        return self._assistant.examples()
