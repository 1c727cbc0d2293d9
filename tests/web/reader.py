"""Reads a page as a strict reader would: every element closed in order, nothing that the policy forbids."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a document in order; `faults` names what is not well-formed or not allowed."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) < len(attrs):
            self.faults.append(f"attribute twice on <{tag}>")
        self.faults += [f"{name}= on <{tag}>" for name in attributes if name == "style" or name.startswith("on")]
        if tag in ("script", "style", "iframe", "img", "object", "embed"):
            self.faults.append(f"<{tag}>")
        if tag == "p" and self._open and self._open[-1].name == "p":
            self.faults.append("<p> in <p>")
        element = Element(tag, attributes)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].name != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].name if self._open else 'nothing'}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, name: str, /, **attributes: str) -> list[Element]:
        """Return the elements of a name whose attributes have these values (class_ for class)."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            one
            for one in self.elements
            if one.name == name and all(one.attributes.get(key) == value for key, value in wanted.items())
        ]

    def links(self) -> list[str]:
        """Return where the page's links lead."""
        return [one.attributes["href"] for one in self.elements if one.name == "a" and "href" in one.attributes]


def read(body: bytes) -> Page:
    """Return a page; elements left open are faults."""
    page = Page()
    page.feed(body.decode())
    page.close()
    page.faults += [f"<{one.name}> left open" for one in page._open]
    return page
