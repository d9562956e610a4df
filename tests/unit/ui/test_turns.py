"""Whose turn it is: a client who asks much waits for itself alone."""

from threading import Event

import pytest

from policyqa.qa.settings import ServerSettings
from policyqa.ui.clients import Rate, origin
from policyqa.ui.errors import TryLater
from policyqa.ui.turns import AT_ONCE, Turns

FEW = ServerSettings(asks_per_minute=1000, waiting=5, waiting_each=3)


def busy(turns: Turns) -> Event:
    """Keep all threads at work until the event is set; wait until they are."""
    go = Event()
    for _ in range(AT_ONCE):
        begun = Event()
        turns.submit("busy", lambda begun=begun: (begun.set(), go.wait(10)))
        assert begun.wait(10)
    return go


def test_clients_are_answered_by_turns() -> None:
    turns, done = Turns(FEW), list[str]()
    go = busy(turns)
    turns._threads._max_workers = 1  # no more than those at work
    coming = [turns.submit("a", done.append, f"a{n}") for n in range(3)]
    coming += [turns.submit("b", done.append, "b0")]
    assert set(turns._waiting) == {"a", "b"}
    for _ in range(4):
        turns._next()  # as a thread would
    assert done == ["a0", "b0", "a1", "a2"]
    go.set()


def test_a_client_has_so_many_waiting_and_all_together_so_many() -> None:
    turns = Turns(FEW)
    go = busy(turns)
    mine = [turns.submit("a", str) for _ in range(3)]
    with pytest.raises(TryLater, match="您还有 3 个问题在等") as refused:
        turns.submit("a", str)
    assert refused.value.status == 429
    others = [turns.submit(who, str) for who in "bc"]
    with pytest.raises(TryLater, match="提问的人太多") as refused:
        turns.submit("d", str)
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "5"})
    go.set()
    assert [each.result(10) for each in (*mine, *others)] == [""] * 5
    assert turns.submit("a", str).result(10) == ""


def test_a_client_asks_so_often_in_a_minute() -> None:
    turns = Turns(ServerSettings(asks_per_minute=2))
    for _ in range(2):
        turns.submit("a", str).result(10)
    with pytest.raises(TryLater, match=r"问得太频繁了，请 [0-9]+ 秒后再问") as refused:
        turns.submit("a", str)
    assert 1 <= refused.value.retry_s <= 60
    assert turns.submit("b", str).result(10) == ""


def test_what_fails_fails_for_who_asked_and_the_next_is_answered() -> None:
    turns = Turns(FEW)

    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        turns.submit("a", fail).result(10)
    assert turns.submit("a", str).result(10) == ""


def test_who_is_gone_before_the_answer_costs_nothing() -> None:
    turns, done = Turns(FEW), list[str]()
    go = busy(turns)
    turns.submit("a", done.append, "a").cancel()
    last = turns.submit("a", done.append, "b")
    go.set()
    last.result(10)
    assert done == ["b"]


@pytest.mark.parametrize(("host", "counted"), [
    ("192.0.2.7", "192.0.2.7"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ("fe80::1%eth0", "fe80::/64"),
    ("testclient", "testclient"),
    ("", "unknown"),
])  # fmt: skip
def test_an_address_is_counted_as_one_client(host: str, counted: str) -> None:
    assert origin(host) == counted


def test_a_count_is_for_each_and_forgotten_on_demand() -> None:
    rate = Rate(1, 60)
    assert rate.wait_s("a") == 0
    assert 1 <= rate.wait_s("a") <= 60
    assert rate.wait_s("b") == 0
    rate.forget("a")
    assert rate.wait_s("a") == 0
