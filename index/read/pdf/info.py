"""What a PDF says of itself: its title, where that is one."""

import re

import pypdfium2 as pdfium

from policyqa.index.read.pdf.glyphs import IS_HAN, is_rubbish

MIN_TITLE_CHARS = 4
MAX_TITLE_CHARS = 120
NO_TITLE = re.compile(
    r"^Microsoft\s|^(?:untitled|无标题|未命名|新建|文档|document|slide|print|幻灯片)\s*\d*$"
    r"|\.(?:docx?|wps|pdf|xlsx?|pptx?|rtf|txt|html?|indd|cdr|tex|dvi|fbd|ps|jpe?g|tiff?|png)\b"
    r"|^(?:https?|file):|^[A-Za-z]:\\|^[\W\d_]*$"
    r"|^\S{2,12}[〔\[（(]\d{4}[〕\]）)]第?\d+号$",
    re.IGNORECASE,
)
FILE_NAME = re.compile(r"^[\w.()（）-]*[_]\S*$|(?:终稿|定稿|最终版|修改稿|副本|v\d)", re.IGNORECASE)
SITE = re.compile(r"\s*(?:_|\s[-–—|]\s|\|).*$")


WEB_TOOLS = re.compile(r"Mozilla/|Skia/PDF|Chrom|wkhtmltopdf|WeasyPrint|Firefox|Safari")


def is_web_print(document: pdfium.PdfDocument) -> bool:
    """Whether a browser made the file, by its own word."""
    said = (document.get_metadata_value(key) for key in ("Creator", "Producer"))
    return any(WEB_TOOLS.search(value) for value in said)


def title_of(document: pdfium.PdfDocument, *, printed: bool) -> str:
    """The title in the document's information, or nothing where it is a file's name or rubbish.

    Args:
        printed: made by a browser from a web page, whose title ends with the names of its site.
    """
    title = " ".join(document.get_metadata_value("Title").replace("\x00", "").split())
    title = SITE.sub("", title) if printed else title
    if not MIN_TITLE_CHARS <= len(title) <= MAX_TITLE_CHARS or is_rubbish(title):
        return ""
    if NO_TITLE.search(title) or (not printed and FILE_NAME.search(title)):
        return ""
    return title if len(IS_HAN.findall(title)) > 1 or " " in title else ""
