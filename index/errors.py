"""The root of everything that can go wrong, and what can go wrong with files and the index.

PolicyQAError            `qa.errors`, `ui.errors` and `eval.errors` hang theirs under it
├── ModelError           the embedding model cannot be unpacked or loaded
├── SourceError          the source folder, its catalogue or its words cannot be used
│   ├── NameTaken        another file of the source folder has this name
│   └── UnreadableFile   one file has no text that can be read; the others go on
│       ├── UnsupportedFile  it is no document, or of a kind that is not read
│       └── MissingTool      a program or package that it needs is not installed
└── IndexError_          the stored index cannot be used
    ├── IndexMissing     nothing has been indexed yet
    ├── IndexDamaged     a file of the index is absent, altered or cut short
    ├── IndexMismatch    made with another model, chunker or version
    └── IndexBusy        another process is indexing into the same folder
"""


class PolicyQAError(Exception):
    """Root of the tree. The message is one line for a person: what was found, what to do."""


class ModelError(PolicyQAError):
    """The embedding model cannot be unpacked or loaded. Reinstall, or set another model."""


class SourceError(PolicyQAError):
    """The source folder, its catalogue or its words cannot be used. Correct the path or the named
    entry."""


class NameTaken(SourceError):
    """Another file of the source folder has this name. Replace that one, or rename this one."""


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
