"""Characters that no text of a feed may carry: controls, bidi overrides, tags, fillers, half surrogate pairs."""

import re
import unicodedata

# Joiners (U+200C, U+200D) stay: Persian, Hindi and emoji need them; so do the harmless direction marks.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\U0001fffe\U0001ffff\U000e0000-\U000e0fff\U0010fffe\U0010ffff]"
)
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_MARKS = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
                    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip


def visible(text: str) -> str:
    """Return the text without characters that hide, reorder or break text."""
    if text.isascii():
        return text.translate(_CONTROLS)
    # A quick look first: most texts have nothing that the interpreter calls unprintable but these.
    if text.replace("\n", " ").replace("\xa0", " ").replace("\t", " ").isprintable():
        return text
    return _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """Return visible text in NFC on one line, every run of blanks (no-break ones too) a single space.

    Four combining marks a letter at most; "" when nothing but joiners and direction marks would be left.
    """
    line = " ".join(visible(text).split())
    if line.isascii():
        return line
    line = _MARKS.sub(r"\1", unicodedata.normalize("NFC", line))
    return line if line.strip("\u200c\u200d\u200e\u200f \ufe0e\ufe0f") else ""
