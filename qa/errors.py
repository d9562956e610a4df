"""What can go wrong between a question and its answer; the root is `index.errors.PolicyQAError`.

PolicyQAError
├── SettingsError        a setting is unknown, out of bounds or contradictory
├── QuestionError        the question cannot be taken (empty, too long, no words)
├── PermalinkError       a text that should name a citation does not
├── ReceiptError         a file that should be a receipt of an answer is none
├── DatasetError         a line of a collection or of an evaluation data set is wrong
└── RunError             a kept evaluation is absent, unfinished, damaged or of something else
"""

from policyqa.index.errors import PolicyQAError


class SettingsError(PolicyQAError):
    """A setting is unknown, out of bounds or contradictory. Correct the named variable."""


class QuestionError(PolicyQAError):
    """The question cannot be taken: empty, too long, or without a word. Ask it differently."""


class PermalinkError(PolicyQAError):
    """A text that should name a citation does not. Copy it whole out of an answer."""


class ReceiptError(PolicyQAError):
    """A file that should be a receipt of an answer is none. Name one that `ask --receipt` wrote."""


class DatasetError(PolicyQAError):
    """A line of an evaluation data set is wrong. The message names the file and the line."""


class RunError(PolicyQAError):
    """A kept evaluation is absent, unfinished, damaged or of something else. Name another, continue
    it, or replace it."""
