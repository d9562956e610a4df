"""What can go wrong in the service; the root is `index.errors.PolicyQAError`.

PolicyQAError
├── StoreError           the database of answers and feedback cannot be opened, read or written
└── AccountError         an account, a password or a log-in of the office is refused
"""

from policyqa.index.errors import PolicyQAError


class StoreError(PolicyQAError):
    """The database of answers and feedback cannot be opened, read or written. Correct its address,
    or make room for it; answers are given without it."""


class AccountError(PolicyQAError):
    """An account, a password or a log-in of the office is refused. The message says what would be
    taken."""
