"""Who is credited with an item, by the feed's author fields and by credit lines: rather nobody than a wrong name."""

import re
from collections.abc import Iterator

from aggregator.model.item import Byline
from aggregator.text.markup import plain, shorten, title_text

MAX_NAMES = 6
MAX_NAME_CHARS = 100

_ROLES = {
    "author": "penulis author writer autor auteur oleh",
    "reporter": "reporter pewarta jurnalis wartawan laporan",
    "editor": "editor penyunting redaktur",
    "contributor": "kontributor contributor koresponden",
    "photographer": "fotografer photographer",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}
# Words that stand before a name in a credit line; "oleh" and the like stand before anything.
_SIGNS = ("reporter", "pewarta", "jurnalis", "wartawan", "penulis", "editor", "penyunting", "redaktur", "kontributor",
          "fotografer", "(antara", "(afp", "(reuters", "(xinhua")  # fmt: skip
_AGENCIES = {
    "antara": "ANTARA", "antara news": "ANTARA", "lkbn antara": "ANTARA", "antaranews": "ANTARA", "reuters": "Reuters",
    "afp": "AFP", "ap": "AP", "associated press": "AP", "xinhua": "Xinhua", "bernama": "Bernama", "kyodo": "Kyodo",
    "anadolu": "Anadolu", "dpa": "dpa", "efe": "EFE", "lusa": "Lusa",
}  # fmt: skip
_NOBODY = frozenset({
    "admin", "administrator", "root", "user", "webmaster", "editor", "redaksi", "redaktur", "reporter", "penulis",
    "author", "tim redaksi", "anonymous", "unknown", "super user", "wordpress", "noreply", "no-reply",
})  # fmt: skip

_ROLE = "|".join(_ROLE_OF)
_STOP = rf"(?!(?:{_ROLE}|foto|sumber|source|copyright|hak cipta|baca|artikel|tags?|topik)\b)"
_PART = rf"{_STOP}(?-i:[A-Z])[\w.'’-]*"
_LABEL = re.compile(r"\b(\w++)(?:\s+[Ff]oto)?\s*:\s*")
_NAME = re.compile(rf"{_PART}(?:\s+(?:{_PART}|bin|binti|van|de|el|al)){{0,4}}", re.IGNORECASE)
_FIELD_CREDIT = re.compile(rf"\b({_ROLE})\s*:\s*", re.IGNORECASE)
_AGENCY_MARK = re.compile(r"\(\s*(ANTARA|Antara|AFP|Reuters|Xinhua)(?:\s?News)?\s*\)")
_EMAIL_AND_NAME = re.compile(r"^\S+@\S+\s*\((.+)\)$")
_NAME_AND_EMAIL = re.compile(r"^(.+?)\s*[<(]\s*\S+@\S+\s*[>)]$")
_BETWEEN_NAMES = re.compile(r"\s*;\s*|\s+(?:dan|and|und|et|&)\s+", re.IGNORECASE)
_FULL_NAME = re.compile(r"(?-i:[A-Z])[\w'’-]+(?:\s(?-i:[A-Z])[\w'’-]+){1,3}")
_HEAD_CHARS, _TAIL_CHARS = 400, 1200  # where credit lines stand


def bylines(author: str, text: str) -> tuple[Byline, ...]:
    """Return who is credited, each role and name once, six at most: the author fields first, then lines of the text.

    `author` may hold several names, roles ("Reporter: A, Editor: B") or an address with a name; `text` may be HTML.
    """
    found: dict[tuple[str, str], Byline] = {}
    for role, raw in (*_of_field(title_text(author)), *_of_text(text)):
        name = shorten(title_text(raw).strip(" ,;:|/-–()"), MAX_NAME_CHARS)
        folded = name.casefold()
        if folded in _AGENCIES:
            byline = Byline("agency", _AGENCIES[folded])
        elif len(name) < 2 or folded in _NOBODY or "@" in name or "://" in name or not any(map(str.isalpha, name)):
            continue
        else:
            byline = Byline(role, name)
        found.setdefault((byline.role, byline.name.casefold()), byline)
    return tuple(found.values())[:MAX_NAMES]


def _of_field(author: str) -> Iterator[tuple[str, str]]:
    for field in filter(None, author.split("; ")):
        if _FIELD_CREDIT.search(field):
            pieces = _FIELD_CREDIT.split(field)
            yield from ((_ROLE_OF[role.lower()], name) for role, name in zip(pieces[1::2], pieces[2::2], strict=True))
            continue
        for part in _BETWEEN_NAMES.split(field):
            yield from (("author", name) for name in _names(part.strip()))


def _names(part: str) -> list[str]:
    """Return the names in a part without "and": commas divide full names, but not a name from its degrees."""
    found = _EMAIL_AND_NAME.match(part) or _NAME_AND_EMAIL.match(part)
    if found:
        return [found[1]]
    pieces = [piece.strip() for piece in part.split(",")]
    return pieces if len(pieces) > 1 and all(map(_FULL_NAME.fullmatch, pieces)) else [part]


def _of_text(text: str) -> Iterator[tuple[str, str]]:
    ends = (text,) if len(text) <= _HEAD_CHARS + _TAIL_CHARS else (text[:_HEAD_CHARS], text[-_TAIL_CHARS:])
    for end in ends:
        lower = end.lower()
        if not any(sign in lower for sign in _SIGNS):
            continue
        words = plain(end)
        if mark := _AGENCY_MARK.search(words):
            yield "agency", mark[1]
        for label in _LABEL.finditer(words):
            role = _ROLE_OF.get(label[1].lower())
            if role and (name := _NAME.match(words, label.end())):
                yield role, name[0]
