"""HTML of feeds: cleaned by one allow-list, and read as plain text."""

import html
import re
from functools import lru_cache

import nh3

from aggregator.text.characters import one_line, visible
from aggregator.text.urls import resolve

CLEANER_VERSION = 1  # raised when the rules change, so that stored texts are cleaned again
MAX_HTML_BYTES = 500_000
MAX_TITLE_CHARS = 500
MAX_MAILTO_CHARS = 320  # RFC 3696 section 3

_MAX_RAW_CHARS = 1_000_000
_MAX_TEXT_CHARS = 100_000
_MAX_PASSES = 6
_MAX_DEPTH = 100  # the HTML parser's time grows with the square of the depth

_ALLOWED = {"p", "br", "a", "em", "strong", "ul", "ol", "li", "blockquote"}
_WITH_CONTENT = {
    "script", "style", "iframe", "object", "embed", "applet", "noscript", "noembed", "noframes", "template", "textarea",
    "title", "svg", "math", "select", "button", "xmp", "plaintext", "audio", "video", "canvas", "frameset", "datalist",
    "portal", "fencedframe",
}  # fmt: skip
_BLOCKS = (
    "div|h[1-6]|section|article|header|footer|figure|figcaption|main|aside|center|address|details|summary|pre|dl|dt|dd"
    "|table|thead|tbody|tfoot|tr|td|th|caption"
)
_RENAMED = {"b": "strong", "i": "em"} | dict.fromkeys(_BLOCKS.replace("h[1-6]", "h1|h2|h3|h4|h5|h6").split("|"), "p")
_RENAMED_TAG = re.compile(rf"(</?)({'|'.join(_RENAMED)})>")
_NESTED_START, _NESTED_END = re.compile(r"<p>(?:\s*+<p>)++"), re.compile(r"</p>(?:\s*+</p>)++")
_HREF = re.compile(r"<a href=\"([^\"]*)\"(?: rel=\"[^\"]*\")?>")
_EMPTY = re.compile(r"<(p|em|strong|li|ul|ol|blockquote|a)(?: [^<>]*)?>(?:\s|&nbsp;|<br>)*</\1>")
_OUTPUT_TAG = re.compile(r"<(/?)(\w+)")
_FORBIDDEN_INSIDE = {
    "p": {"p"}, "ul": {"p"}, "ol": {"p"}, "blockquote": {"p"}, "li": {"p"}, "a": {"a"}, "em": set(), "strong": set(),
}  # fmt: skip
_LEADING_BREAKS = re.compile(r"(<(?:p|li|blockquote)>)(?:\s|&nbsp;|<br>)++")
_BREAKS = re.compile(r"(<br>)\s*+(<br>)?(?:\s|<br>)*+(</?(?:p|ul|ol|li|blockquote)>)?")

_BLOCK_TAG = re.compile(rf"</?(?:p|br|hr|ul|ol|li|blockquote|img|{_BLOCKS})\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_KNOWN_TAG = re.compile(
    rf"</?(?:a|b|i|u|s|p|br|hr|em|img|sup|sub|span|font|small|big|strong|strike|mark|del|ins|abbr|cite|code|q|ul|ol|li"
    rf"|blockquote|nobr|wbr|script|style|iframe|svg|{_BLOCKS})(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:br|img|hr|p|li|td|tr|wbr|input|source|meta|link|col)[\s/>])[a-zA-Z]", re.IGNORECASE
)
_RAW_CONTENT = re.compile(r"<(?:script|style|iframe|svg|math|template|textarea|xmp|noscript|!--)", re.IGNORECASE)


def clean(markup: str, base_url: str) -> str:
    """Return the HTML with nothing but p, br, a, em, strong, ul, ol, li and blockquote, safe to show.

    Links are http, https or mailto, relative ones resolved at `base_url`. Cleaning the result again changes nothing;
    it is 500 kB at most. Bold and italic become strong and em, other blocks paragraphs.
    """
    text = visible(markup[:_MAX_RAW_CHARS]).strip()
    if "<" not in text and "&" not in text and ">" not in text:
        return _within_limit(text)
    if _is_deep(text):
        return _as_text(text)
    text = _with_our_names(_cleaner(base_url, first=True).clean(text))
    for _ in range(_MAX_PASSES):
        tidy = _within_limit(_tidied(visible(text)))
        if _is_stable(tidy) or (text := _cleaner(base_url).clean(tidy)) == tidy:
            linked = _with_good_links(tidy)
            return linked if _within_limit(linked) == linked else _as_text(linked)
    return _as_text(text)  # never seen to be needed, but it must end


def mended(markup: str) -> str:
    """Return cleaned HTML, from which pieces were cut, as cleaned HTML: nothing left open, no empty element."""
    tidy = _tidied(markup)
    return tidy if _is_stable(tidy) else clean(tidy, "")


def plain(markup: str) -> str:
    """Return the text of HTML on one line: blocks end in a space, references are decoded, doubly escaped ones too."""
    return _words(clean(markup, "") if _RAW_CONTENT.search(markup) else markup)


def title_text(value: str) -> str:
    """Return a title, name or category as text on one line, without tags, 500 characters at most."""
    value = value[: MAX_TITLE_CHARS * 20]
    if "<" in value or "&" in value:
        value = _KNOWN_TAG.sub("", _decoded(_KNOWN_TAG.sub("", value)))
    return shorten(one_line(value), MAX_TITLE_CHARS)


def shorten(text: str, chars: int) -> str:
    """Return the text, cut after a word and ended by "…" when it is longer than so many characters."""
    if len(text) <= chars:
        return text
    if chars < 2:
        return "…"[:chars]
    cut = text[:chars]
    head, blank, _ = cut.rpartition(" ")
    if not blank or len(head) < chars // 2:  # a script without blanks, or one endless word
        head = cut[:-1]
    return head.rstrip(" ,;:–—-([{\"'“‘") + "…"


def _is_deep(text: str) -> bool:
    if text.count("<") <= _MAX_DEPTH:
        return False
    depth = 0
    for closing in _NESTING_TAG.findall(text):
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > _MAX_DEPTH:
            return True
    return False


def _with_our_names(text: str) -> str:
    """Return cleaned HTML with strong for b, em for i, a paragraph for any other block (one, where they are nested)."""
    renamed = _RENAMED_TAG.sub(lambda found: f"{found[1]}{_RENAMED[found[2]]}>", text)
    return renamed if renamed == text else _NESTED_END.sub("</p>", _NESTED_START.sub("<p>", renamed))


def _as_text(markup: str) -> str:
    return html.escape(_words(markup)[:_MAX_TEXT_CHARS], quote=False)


def _words(markup: str) -> str:
    if "<" in markup:
        markup = _TAG.sub("", _BLOCK_TAG.sub(" ", markup))
    return one_line(_decoded(markup))


def _with_good_links(text: str) -> str:
    return _HREF.sub(_good_link, text) if "<a " in text else text


def _good_link(found: re.Match[str]) -> str:
    """Return the start of a link whose address is spelled as all of ours are, of one that leads nowhere without it."""
    href = html.unescape(found[1]).strip()
    if href[:7].lower() == "mailto:":
        address = href if len(href) <= MAX_MAILTO_CHARS and href.isprintable() else ""
    else:
        address = resolve("", href)
    return f'<a href="{_attribute(address)}" rel="noopener nofollow">' if address else "<a>"


def _attribute(value: str) -> str:
    """Return a value as the cleaner writes it in an attribute."""
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _is_stable(text: str) -> bool:
    """Return whether cleaning this output again would change nothing, as far as its nesting shows; False: perhaps.

    Nothing but allowed elements, each closed by its own end tag, and none that HTML's parser moves out of another: no
    block in a paragraph, no link in a link, list items in lists only (HTML Standard, section 13.2.6.4.7).
    """
    if "<" not in text:
        return True
    stack: list[str] = []
    for closing, name in _OUTPUT_TAG.findall(text):
        if closing:
            if not stack or stack.pop() != name:
                return False
        elif name in _FORBIDDEN_INSIDE:
            parent = stack[-1] if stack else ""
            if not _FORBIDDEN_INSIDE[name].isdisjoint(stack) or (name == "li") != (parent in ("ul", "ol")):
                return False
            stack.append(name)
        elif name != "br":
            return False
    return not stack


def _tidied(text: str) -> str:
    """Return the HTML without empty elements and needless line breaks."""
    text, before = text.replace("\r", "\n"), ""
    while text != before and "<" in text:
        before = text
        text = _EMPTY.sub("", _LEADING_BREAKS.sub(r"\1", text))
        if "<br>" in text:
            text = _without_outer_breaks(_BREAKS.sub(_fewer_breaks, text))
    return text.strip()


def _within_limit(text: str) -> str:
    """Return the HTML, cut when it is too long; what is then left open the next pass closes."""
    if len(text) < MAX_HTML_BYTES // 4 or len(text.encode()) <= MAX_HTML_BYTES:
        return text
    text = text.encode()[: MAX_HTML_BYTES - 1000].decode(errors="ignore")
    for start, end in (("<", ">"), ("&", ";")):  # not within a tag or a reference
        if text.rfind(start) > text.rfind(end):
            text = text[: text.rfind(start)]
    return text


def _fewer_breaks(found: re.Match[str]) -> str:
    """Return what a run of line breaks becomes: nothing before a block's edge, else two at most."""
    first, second, edge = found.groups()
    return edge or first + (second or "")


def _without_outer_breaks(text: str) -> str:
    text = text.strip()
    while text.startswith("<br>"):
        text = text[4:].lstrip()
    while text.endswith("<br>"):
        text = text[:-4].rstrip()
    return text


@lru_cache(maxsize=128)
def _cleaner(base_url: str, *, first: bool = False) -> nh3.Cleaner:
    """Return the cleaner; the first one of a text also keeps what is renamed after it."""
    return nh3.Cleaner(
        tags=_ALLOWED | _RENAMED.keys() if first else _ALLOWED,
        clean_content_tags=_WITH_CONTENT,
        attributes={"a": {"href"}, "*": set()},
        link_rel=None,  # written by _good_link
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base_url) if base_url else "deny",
    )


def _decoded(text: str) -> str:
    """Return the text with its character references decoded; twice where a feed has escaped them twice."""
    if "&" not in text:
        return text
    text = html.unescape(text)
    return html.unescape(text) if _REFERENCE.search(text) else text
