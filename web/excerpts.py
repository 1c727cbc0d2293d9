"""What of an item may be shown, by its publisher's policy."""

from aggregator.model.item import Byline
from aggregator.store.reading import ListedItem

MAX_CHARS = 280


def excerpt(listed: ListedItem, max_chars: int = MAX_CHARS) -> str:
    """Return the plain text that may be shown under a title, cut at a word; "" where the policy allows none."""
    policy = listed.source.policy
    return "" if policy.link_only else shortened(listed.item.excerpt, min(policy.excerpt_chars, max_chars))


def byline(listed: ListedItem) -> tuple[Byline, ...]:
    """Return the people that may be named: none where only title and link are allowed."""
    return () if listed.source.policy.link_only else listed.item.byline


def shortened(text: str, max_chars: int) -> str:
    """Return text of at most max_chars characters; what is cut ends with an ellipsis, after a whole word."""
    text = " ".join(text.split())
    if len(text) <= max_chars:
        return text
    if max_chars < 2:
        return ""
    head = text[: max_chars - 1]
    # Unless the cut falls between words, the last word is only a part.
    if not text[max_chars - 1].isspace() and " " in head:
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;:-–—([“‘\"'") + "…"
