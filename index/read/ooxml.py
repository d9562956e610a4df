"""The zip package of .docx and .xlsx: measured before it is unpacked, its XML parsed safely."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Limits

Element: TypeAlias = Any  # lxml ships no types

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAX_ENTRIES = 10_000
# Honest XML shrinks to a hundredth at most; small files may do what they like.
MAX_RATIO = 250
RATIO_COUNTS_ABOVE = 20 * 2**20
# ISO "strict" files differ from the usual ones in their namespaces only.
STRICT = (
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
)
# What `zipfile`, `zlib` and `lxml` raise on damaged input.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    etree.LxmlError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)


def is_encrypted(data: bytes) -> bool:
    """Whether this is an Office file behind a password: an OLE file that holds a package."""
    return data.startswith(OLE_MAGIC) and ENCRYPTED in data


@dataclass(frozen=True)
class Package:
    """An opened package. Parts are named as in the zip, without a leading slash, any case."""

    archive: zipfile.ZipFile
    names: Mapping[str, str]

    @classmethod
    def open(cls, data: bytes, limits: Limits) -> "Package":
        """Open without unpacking anything yet.

        Raises:
            UnreadableFile: behind a password, damaged, or too large once unpacked.
        """
        if is_encrypted(data):
            raise UnreadableFile("文件有密码保护，请先去掉密码再上传")
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE as error:
            raise UnreadableFile("文件已损坏或不完整，请用 Office 或 WPS 打开后重新保存") from error
        _check_size(archive, len(data), limits)
        names = {_key(info.filename): info.filename for info in archive.infolist()}
        return cls(archive, names)

    def bytes_of(self, name: str) -> bytes | None:
        """The part's bytes, None when there is no such part."""
        stored = self.names.get(_key(name))
        return None if stored is None else self.archive.read(stored)

    def xml(self, name: str) -> Element | None:
        """The part's root element, None when there is no such part or it is empty."""
        data = self.bytes_of(name)
        if not data or not data.strip():
            return None
        return parsed(data)

    def targets(self, name: str) -> dict[str, tuple[str, str]]:
        """What `name` ("" for the package) points to inside: kind and part by relationship id."""
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        return {
            item.get("Id", ""): (
                item.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, item.get("Target", ""))).lstrip("/"),
            )
            for item in (() if root is None else root.iter("{*}Relationship"))
            if item.get("TargetMode") != "External"
        }

    def related(self, name: str, kind: str) -> str:
        """The first part that `name` points to by a relationship of this kind, "" without."""
        return next((part for found, part in self.targets(name).values() if found == kind), "")


def parsed(data: bytes) -> Element:
    """XML to its root element: no entity is expanded, nothing is fetched."""
    for strict, usual in STRICT:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    return etree.fromstring(data, parser)


def local(node: Element) -> str:
    """The tag without its namespace, "" for what is no element."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _key(name: str) -> str:
    return re.sub(r"^/+", "", name.replace("\\", "/")).lower()


def _check_size(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile(f"压缩包里有 {len(entries)} 个文件，超过上限 {MAX_ENTRIES} 个")
    total = sum(info.file_size for info in entries)
    if total > limits.max_unpacked_bytes:
        raise UnreadableFile(
            f"解压后有 {total / 2**20:.0f} MB，"
            f"超过上限 {limits.max_unpacked_bytes // 2**20} MB，请拆成几个文件"
        )
    if total > RATIO_COUNTS_ABOVE and total > MAX_RATIO * packed:
        raise UnreadableFile(f"压缩比 {total // packed} 倍，疑似压缩炸弹，未解压")
