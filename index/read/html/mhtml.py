"""Single-file web pages (.mht, and what Word and browsers save as .doc with a MIME head)."""

import email
import email.policy

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Extract, Limits
from policyqa.index.read.html import reader as html


def read(data: bytes, limits: Limits) -> Extract:
    """The first HTML part of the message. Raises UnreadableFile: there is none."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload.strip():
                return html.read(payload, limits)
    raise UnreadableFile("单文件网页里没有正文，请用浏览器打开后另存为“网页，仅 HTML”")
