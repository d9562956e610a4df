"""A visitor of the page: a browser tab that remembers every address it asked."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page

from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import Reviews


@dataclass(frozen=True)
class Site:
    """A running server: its address, what it keeps, the accounts and reviews of its desk, and the
    folder of the evaluations that it tells of."""

    url: str
    records: Records
    accounts: Accounts
    runs: Path

    @property
    def reviews(self) -> Reviews:
        return Reviews(self.accounts.engine)


@dataclass
class Visitor:
    """One browser tab, the addresses that it asked, and what its console complained of."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Remember what the tab does from now on."""
        page = self.page
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, said: ConsoleMessage) -> None:
        # A browser calls every refusal an error; the tests that are about one look at its page.
        if said.type == "error" and "(Forbidden)" not in said.text:
            self.errors.append(said.text)

    def ask(self, question: str) -> None:
        """Ask and wait until the answer stands with its sources or its verdict."""
        replies = self.page.locator("#chat .answer").count()
        self.page.fill("#question textarea", question)
        self.page.keyboard.press("Enter")
        reply = self.page.locator("#chat .answer").nth(replies)
        done = ".answered:has(.sources):not(:has(.unsaid)), .abstained, .error"
        reply.and_(self.page.locator(done)).wait_for()
        self.page.wait_for_timeout(500)

    def foreign(self) -> list[str]:
        """The requests that went to any other host."""
        own = urlsplit(self.url).netloc
        web = [url for url in self.requests if urlsplit(url).scheme not in ("data", "blob")]
        return [url for url in web if urlsplit(url).netloc != own]


def until(ready: Callable[[], bool], timeout_s: float = 20) -> None:
    """Wait for something that becomes true soon.

    Raises:
        TimeoutError: it did not.
    """
    end = time.monotonic() + timeout_s
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"not ready after {timeout_s} s")
        time.sleep(0.05)
