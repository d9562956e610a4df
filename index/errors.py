"""Everything that can go wrong in policyqa, in one tree.

PolicyQAError
├── SettingsError        a setting is unknown, out of bounds or contradictory
├── ModelError           the embedding model cannot be unpacked or loaded
├── SourceError          the source folder or its catalogue cannot be used
│   └── UnreadableFile   one file has no text that can be read; the others go on
│       ├── UnsupportedFile  it is no document, or of a kind that is not read
│       └── MissingTool      a program or package that it needs is not installed
├── IndexError_          the stored index cannot be used
│   ├── IndexMissing     nothing has been indexed yet
│   ├── IndexDamaged     a file of the index is absent, altered or cut short
│   ├── IndexMismatch    made with another model, chunker or version
│   └── IndexBusy        another process is indexing into the same folder
├── QuestionError        the question cannot be taken (empty, too long, no words)
├── PermalinkError       a text that should name a citation does not
├── ReceiptError         a file that should be a receipt of an answer is none
├── StoreError           the database of answers and feedback cannot be opened, read or written
├── AccountError         an account, a password or a log-in of the office is refused
├── DatasetError         a line of an evaluation data set is wrong
├── RunError             a kept evaluation is absent, unfinished, damaged or of something else
└── GateError            a figure is under its floor, or a floor was lowered without a reason
"""


class PolicyQAError(Exception):
    """Root of the tree. The message is one line for a person: what was found, what to do."""


class SettingsError(PolicyQAError):
    """A setting is unknown, out of bounds or contradictory. Correct the named variable."""


class ModelError(PolicyQAError):
    """The embedding model cannot be unpacked or loaded. Reinstall, or set another model."""


class SourceError(PolicyQAError):
    """The source folder or its catalogue cannot be used. Correct the path or the named entry."""


class UnreadableFile(SourceError):
    """One file has no text that can be read. It is named in the report; the others go on."""


class UnsupportedFile(UnreadableFile):
    """The file is no document, or of a kind that is not read. It is skipped and named."""


class MissingTool(UnreadableFile):
    """A program or a package that the file needs is not installed. Install what is named; the
    next indexing reads the file."""

    def __init__(self, message: str, tool: str) -> None:
        super().__init__(message)
        self.tool = tool

    def __reduce__(self) -> tuple[type["MissingTool"], tuple[str, str]]:
        return type(self), (str(self), self.tool)


class IndexError_(PolicyQAError):
    """The stored index cannot be used (underscore: `IndexError` is Python's)."""


class IndexMissing(IndexError_):
    """Nothing has been indexed here yet. Run `policyqa index`."""


class IndexDamaged(IndexError_):
    """A file of the index is absent, altered or cut short. Run `policyqa index` again."""


class IndexMismatch(IndexError_):
    """The index was made with another model, chunker or version. Run `policyqa index` again."""


class IndexBusy(IndexError_):
    """Another process is indexing into the same folder. Wait for it to end."""


class QuestionError(PolicyQAError):
    """The question cannot be taken: empty, too long, or without a word. Ask it differently."""


class NameTaken(SourceError):
    """Another file of the source folder has this name. Replace that one, or rename this one."""


class PermalinkError(PolicyQAError):
    """A text that should name a citation does not. Copy it whole out of an answer."""


class ReceiptError(PolicyQAError):
    """A file that should be a receipt of an answer is none. Name one that `ask --receipt` wrote."""


class StoreError(PolicyQAError):
    """The database of answers and feedback cannot be opened, read or written. Correct its address,
    or make room for it; answers are given without it."""


class AccountError(PolicyQAError):
    """An account, a password or a log-in of the office is refused. The message says what would be
    taken."""


class DatasetError(PolicyQAError):
    """A line of an evaluation data set is wrong. The message names the file and the line."""


class RunError(PolicyQAError):
    """A kept evaluation is absent, unfinished, damaged or of something else. Name another, continue
    it, or replace it."""


class GateError(PolicyQAError):
    """A figure is under its floor, or a floor was lowered without a reason. Mend what made it fall,
    or give the reason in the gate's file."""
