"""A first look at a document's text, linear in its length: where it starts, how deep it is, where to stop reading."""

import re
from collections import Counter
from dataclasses import dataclass
from html.entities import name2codepoint

from aggregator.errors import HostileError

MAX_DEPTH = 200
MAX_ATTRIBUTES = 256
MAX_ITEMS = 1000
MAX_CHILDREN = 4000  # of one element, items apart: feedparser's time grows with the square of an item's categories

_MAX_DOCTYPE_CHARS = 16_384  # one that ends later is refused

_PROLOG_MARK = re.compile(r"<(?:(!--)|(!DOCTYPE(\s+html\b)?)|([A-Za-z_:][^\s<>/\"'=]*))", re.IGNORECASE)
_DOCTYPE_TOKEN = re.compile(r"<!--.*?-->|<\?.*?\?>|(<!ENTITY)|\"[^\"]*\"|'[^']*'|([\[\]>])", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(?:(!--)|(!\[CDATA\[)|(/)?([A-Za-z_:][^\s<>/\"'=]*)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+))")
_ATTRIBUTE = re.compile(r"[^\s\"'=<>/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]*))?")
_VOID = frozenset({"br", "img", "hr", "input", "wbr", "area", "meta", "col", "embed", "param", "track"})
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ODD_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_REFERENCE = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31})|#[xX]([0-9a-fA-F]{1,8})|#(\d{1,9}));|&")
_ITEM_NAMES = frozenset({"item", "entry"})


@dataclass(frozen=True, slots=True)
class Root:
    """Where the root element starts, its name as written, and whether a DOCTYPE says HTML. No root: name ""."""

    start: int
    name: str
    is_html: bool


def find_root(text: str) -> Root:
    """Return the root element; whatever precedes it (blanks, junk, comments, a DOCTYPE) needs no further reading.

    Raises HostileError when a DOCTYPE declares an entity, or never ends.
    """
    position, is_html = 0, False
    while found := _PROLOG_MARK.search(text, position):
        comment, doctype, html, name = found.groups()
        if name:
            return Root(found.start(), name, is_html)
        if doctype:
            position = _end_of_doctype(text, found.end())
            is_html = is_html or html is not None
        elif comment:
            position = text.find("-->", found.end())
            if position < 0:
                break
    return Root(len(text), "", is_html)


def bounded(text: str) -> tuple[str, int]:
    """Return the text of a root element, ended after its 1,000th item, and how many items were cut off.

    Raises HostileError for elements nested deeper than 200, for more than 256 attributes on one, and for one that
    holds more than 4,000 others.
    """
    position, n_items, n_children = 0, 0, [0] * (MAX_DEPTH + 1)
    stack: list[str] = []
    is_open: Counter[str] = Counter()
    endless = set()  # sections whose end was searched for in vain: not to be searched for again
    while found := _TAG.search(text, position):
        comment, _, closing, name, rest = found.groups()
        position = found.end()
        if not name:
            mark = "-->" if comment else "]]>"
            end = -1 if mark in endless else text.find(mark, position)
            position = max(end, position)
            endless.update([mark] if end < 0 else [])
        elif closing:
            _close(name, stack, is_open)
            if name.rpartition(":")[2].lower() in _ITEM_NAMES:
                n_items += 1
                n_children[len(stack)] -= 1
            if n_items == MAX_ITEMS and (n_cut := len(_ITEM.findall(text, position))):
                return text[:position] + ">" + "".join(f"</{name}>" for name in reversed(stack)), n_cut
        else:
            _check_attributes(rest)
            n_children[len(stack)] += 1
            if n_children[len(stack)] > MAX_CHILDREN:
                raise HostileError("too_many_elements", limit=MAX_CHILDREN)
            if not rest.endswith("/") and name.lower() not in _VOID:
                stack.append(name)
                is_open[name] += 1
                if len(stack) > MAX_DEPTH:
                    raise HostileError("too_deep", limit=MAX_DEPTH)
                n_children[len(stack)] = 0
    return text, 0


def has_odd_references(text: str) -> bool:
    """Return whether an ampersand stands for itself or for something that only HTML defines."""
    return _ODD_REFERENCE.search(text) is not None


def with_good_references(text: str) -> str:
    """Return the text with every reference one that XML knows: bare ampersands escaped, HTML's names as characters.

    References to characters that do not exist, such as half a surrogate pair, are left out; CDATA is left alone.
    """
    first, *sections = text.split("<![CDATA[")
    parts = [_REFERENCE.sub(_good_reference, first)]
    for section in sections:
        data, end, rest = section.partition("]]>")
        parts.append(f"<![CDATA[{data}{end}{_REFERENCE.sub(_good_reference, rest)}")
    return "".join(parts)


def _good_reference(found: re.Match[str]) -> str:
    name, hexadecimal, decimal = found.groups()
    if name:
        character = chr(name2codepoint[name]) if name in name2codepoint else ""
        return found[0] if name in _XML_NAMES else character or f"&amp;{name};"
    if not (hexadecimal or decimal):
        return "&amp;"
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    exists = code in (9, 10, 13) or 31 < code < 0xD800 or 0xDFFF < code < 0xFFFE or 0xFFFF < code <= 0x10FFFF
    return found[0] if exists else ""


def _close(name: str, stack: list[str], is_open: Counter[str]) -> None:
    """Take an element off the stack, with those inside it that nobody closed; a stray end tag changes nothing."""
    while is_open[name]:
        last = stack.pop()
        is_open[last] -= 1
        if last == name:
            return


def _check_attributes(rest: str) -> None:
    if len(rest) > 2 * MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(rest)) > MAX_ATTRIBUTES:
        raise HostileError("too_many_attributes", limit=MAX_ATTRIBUTES)


def _end_of_doctype(text: str, position: int) -> int:
    depth = 0
    for token in _DOCTYPE_TOKEN.finditer(text, position, position + _MAX_DOCTYPE_CHARS):
        entity, mark = token.groups()
        if entity:
            break
        if mark == "[":
            depth += 1
        elif mark == "]":
            depth -= 1
        elif mark == ">" and depth <= 0:
            return token.end()
    raise HostileError("declares_entities")
