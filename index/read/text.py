"""Plain text and RTF; what their lines mean is found out by `index.text.cleaning`."""

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.encoding import decode
from policyqa.index.read.extract import Extract, Limits, Plain
from policyqa.index.read.saved import without_contents, without_site


def read(data: bytes, limits: Limits) -> Extract:
    """A text file of any encoding. Raises UnreadableFile: binary, empty, or too long."""
    return _plain(decode(data), limits)


def read_rtf(data: bytes, limits: Limits) -> Extract:
    """The text of a Rich Text file. Raises UnreadableFile: damaged, empty, or too long."""
    from striprtf.striprtf import rtf_to_text

    try:
        text: str = rtf_to_text(data.decode("latin-1"), errors="replace")
    except (ValueError, LookupError, IndexError, RecursionError, AttributeError) as error:
        raise UnreadableFile("RTF 文件已损坏，请用 Word 打开后另存为 .docx") from error
    return _plain(text, limits)


def _plain(text: str, limits: Limits) -> Extract:
    if len(text) > limits.max_chars:
        raise UnreadableFile(f"文字 {len(text)} 字，超过上限 {limits.max_chars} 字，请拆分")
    if not text.strip():
        raise UnreadableFile("文件是空的")
    return Extract((Plain(without_contents(without_site(text))),))
