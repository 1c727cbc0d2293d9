"""The text of a document's bytes, whatever its server and its own first line say of the encoding."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"%PDF-",
    b"RIFF",
    b"\x00\x00\x01\x00",
    b"BZh",
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_REFUSED = frozenset({"utf-7", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
# What servers and editors write without looking: no evidence against what the bytes themselves say.
_CARELESS = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252"})
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252"}  # as browsers do
# XML allows none of these, nor does any text need them.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_text(body: bytes, content_type: str = "") -> str:
    """Return the characters of a document, without byte order mark and without those that XML forbids; never fails.

    A byte order mark decides; then UTF-8 where the bytes are just that; then what document and server declare; then
    UTF-8 where most of it is, else windows-1252. Encodings that can hide markup (UTF-7) are never used.
    """
    return _UNWANTED.sub("", _decoded(body, content_type))


def declared_names(body: bytes, content_type: str) -> tuple[str, str]:
    """Return the encodings that a server and an XML declaration name, "" where one names none, as it is known here.

    A name that nobody knows is given back as written.
    """
    header, inside = _HEADER.search(content_type), _DECLARATION.search(body, 0, 1024)
    return _normal(header[1] if header else ""), _normal(inside[1].decode("ascii") if inside else "")


def is_binary(body: bytes) -> bool:
    """Return whether these bytes are no text in any encoding: a picture, an archive, a font."""
    if body.startswith(_MAGIC):
        return True
    sample = _decoded(body[:2048], "")
    return len(_UNWANTED.findall(sample)) > len(sample) / 20


def _decoded(body: bytes, content_type: str) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark) and not (name == "utf-16-le" and body[2:4] == b"\0\0"):
            return body[len(mark) :].decode(name, "replace")
    wide = _wide(body[:64])
    if wide:
        return body.decode(wide, "replace")
    declared = _declared(body, content_type)
    if body.isascii():
        shifting = [name for name in declared if name.startswith(("iso2022", "hz"))]
        return body.decode(shifting[0] if shifting else "ascii", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for name in declared:
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    text = body.decode("utf-8", "replace")
    n_bad = text.count("\ufffd")
    n_beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if n_beyond_ascii > 2 * n_bad else body.decode("cp1252", "replace")


def _wide(head: bytes) -> str:
    """Return the encoding of more than one byte a letter that the zero bytes of a first line show, "" for none."""
    if len(head) < 8 or b"\0" not in head:
        return ""
    zeros = [index % 4 for index, byte in enumerate(head[: len(head) // 4 * 4]) if byte == 0]
    share = len(zeros) / len(head)
    if share > 0.6:
        return "utf-32-le" if 0 not in zeros else "utf-32-be" if 3 not in zeros else ""
    if share > 0.4:
        return "utf-16-le" if not {0, 2} & set(zeros) else "utf-16-be" if not {1, 3} & set(zeros) else ""
    return ""


def _normal(name: str) -> str:
    try:
        return codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return name.lower()


def _declared(body: bytes, content_type: str) -> list[str]:
    """Return the usable encodings that document and server name, the more telling first."""
    names = []
    header = _HEADER.search(content_type)
    inside = _DECLARATION.search(body, 0, 1024) or _META.search(body, 0, 4096)
    for found in (header and header[1], inside and inside[1].decode("ascii")):
        try:
            name = codecs.lookup(found).name if found else ""
        except (LookupError, ValueError):
            continue
        if name and name not in _REFUSED:
            names.append(name)
    names.sort(key=lambda name: name in _CARELESS)
    return [_WIDER.get(name, name) for name in names if name != "utf-8"]
