"""How long a reader waits for the first source, against the time of the ask itself.

A measurement, printed; the test only fails where waiting has become another thing altogether.
"""

import statistics
from collections.abc import Callable

import pytest

from policyqa.qa.assistant import Assistant
from tests.e2e.visitor import Site, Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.slow]
Visit = Callable[..., Visitor]

QUESTIONS = (
    "重庆英才计划设了哪几个专项?", "重庆高新区2020年领军人才有多少人?", "博士后留渝率是多少?",
    "英才大会引进了多少人才?", "人才公寓有多少套?", "科技副总每年选派多少人?",
    "卓越工程师有多少名?", "高新区人才目标是多少?", "火星上的人才补贴是多少?", "人才服务有哪些?",
)  # fmt: skip
WATCH = """() => {
    window.waited = [];
    const shown = () => document.querySelectorAll('#chat .sources, #chat .places').length;
    let asked = 0, before = shown();
    document.addEventListener('keydown', event => {
        if (event.key === 'Enter') { asked = performance.now(); before = shown(); }
    }, true);
    new MutationObserver(() => {
        if (asked && shown() > before) {
            window.waited.push(performance.now() - asked);
            asked = 0;
        }
    }).observe(document.body, {childList: true, subtree: true});
}"""


@pytest.fixture(scope="module")
def assistant(seeds_assistant: Assistant) -> Assistant:
    return seeds_assistant


def test_the_first_source_is_seen_about_as_soon_as_it_is_found(visit: Visit, site: Site) -> None:
    visitor = visit()
    page = visitor.page
    visitor.ask("重庆有多少院士?")  # the first ask loads what later ones have
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)
    ratios, more = [], []
    for question in QUESTIONS:
        visitor.ask(question)
        page.wait_for_timeout(2000)  # suggestions are looked for
        waited = page.evaluate("window.waited.at(-1)")
        asked = site.records.latest(count=1)[0].answer.timings_ms.total
        ratios.append(waited / asked)
        more.append(waited - asked)
    low, middle, high = statistics.quantiles(ratios, n=4)
    beyond = statistics.median(more)
    print(
        f"\nfirst source / ask: median {middle:.2f} (quartiles {low:.2f} to {high:.2f}), "
        f"{beyond:.0f} ms more than the ask; n={len(ratios)}"
    )
    assert middle < 2.5
