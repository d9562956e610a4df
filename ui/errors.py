"""What can go wrong in the service; the root is `index.errors.PolicyQAError`.

PolicyQAError
├── StoreError           the database of answers and feedback cannot be opened, read or written
├── BackupError          a backup cannot be written, or a file that should be one is none
├── AccountError         an account, a password or a log-in of the office is refused
├── TokenError           a token of a program cannot be made or revoked as asked, or may not
├── RequestError         a request under `/v1` is not as OpenAI's API has it
└── TryLater             too much is asked at once, or by one client
    └── KeptOut          too many tries to log in (an AccountError, too)
"""

import math

from policyqa.index.errors import PolicyQAError


class StoreError(PolicyQAError):
    """The database of answers and feedback cannot be opened, read or written. Correct its address,
    or make room for it; answers are given without it."""


class BackupError(PolicyQAError):
    """A backup cannot be written, or a file that should be one is none. The message says what to
    do; nothing was changed."""


class AccountError(PolicyQAError):
    """An account, a password or a log-in of the office is refused. The message says what would be
    taken."""


class TokenError(PolicyQAError):
    """A token of a program cannot be made or revoked as asked, or may not do what it is shown for.
    The message says what would be taken."""


class RequestError(PolicyQAError):
    """A request under `/v1` is not as OpenAI's API has it, or asks for what is not there. Send it
    otherwise.

    Args:
        words: what is said to whoever asks.
        param: the parameter at fault.
        code: OpenAI's word for the fault.
        status: of HTTP.
    """

    def __init__(
        self, words: str, param: str | None = None, code: str | None = None, *, status: int = 400
    ) -> None:
        super().__init__(words)
        self.param = param
        self.code = code
        self.status = status


class TryLater(PolicyQAError):
    """Too much is asked at once, or by one client. Ask again after `retry_s` seconds.

    Args:
        words: what is said to whoever asks.
        retry_s: the seconds to wait, at least 1.
        status: of HTTP: 429 where the client asks too much, 503 where all do.
    """

    def __init__(self, words: str, retry_s: float, status: int = 429) -> None:
        super().__init__(words)
        self.retry_s = max(1, math.ceil(retry_s))
        self.status = status

    @property
    def headers(self) -> dict[str, str]:
        """What the reply says of when to come again."""
        return {"Retry-After": str(self.retry_s)}


class KeptOut(TryLater, AccountError):
    """Too many tries to log in, under a name or from an address. Wait; from another address one
    gets in."""
