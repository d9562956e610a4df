"""How often log-in may be tried: counted before any password is looked at, which is slow.

Nobody can keep another out by it: an address that asks too often waits itself; a name that is tried
too often, from wherever, is slowed down to a try a minute for each address.
"""

import math

from policyqa.ui.clients import Rate
from policyqa.ui.errors import KeptOut

NAME_TRIES, NAME_S = 20, 600
SLOW_S = 60
TOO_OFTEN = "试得太频繁了，请 {} 秒后再试。"


class Tries:
    """The tries of one service.

    Args:
        per_minute: what an address may try, whatever the names.
    """

    def __init__(self, per_minute: int) -> None:
        self._of_address = Rate(per_minute, 60)
        self._of_name = Rate(NAME_TRIES, NAME_S)
        self._slowly = Rate(1, SLOW_S)

    def count(self, name: str, address: str) -> None:
        """Count a try.

        Raises:
            KeptOut: it is one too many; it says when the next is taken.
        """
        wait_s = self._of_address.wait_s(address)
        if not wait_s and self._of_name.wait_s(name):
            wait_s = self._slowly.wait_s(name, address)
        if wait_s:
            raise KeptOut(TOO_OFTEN.format(math.ceil(wait_s)), wait_s)

    def fitted(self, name: str) -> None:
        """What was tried under a name counts no more, since somebody has got in."""
        self._of_name.forget(name)
