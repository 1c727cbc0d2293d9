"""Each document of tests/feeds says beside it, in NAME.json, what we must make of it; fields it leaves out are free."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.documents import parse
from aggregator.errors import FeedError
from aggregator.model.document import Document

FOLDER = Path(__file__).resolve().parent.parent / "feeds"
NAMES = sorted(path.stem for path in FOLDER.glob("*.xml"))


def read(name: str, expected: dict[str, Any], now: datetime) -> Document:
    body = (FOLDER / f"{name}.xml").read_bytes()
    return parse.read(body, expected.get("headers", {}), expected["url"], expected.get("zone", "Asia/Jakarta"), now)


def as_json(value: Any) -> Any:
    """Return a field of a document as NAME.json spells it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [as_json(part) for part in value]
    return value


def fields(noun: Any, names: list[str]) -> dict[str, Any]:
    found = {name: as_json(value) for name, value in asdict(noun).items() if name in names}
    if "byline" in found:
        found["byline"] = [[credit["role"], credit["name"]] for credit in found["byline"]]
    if "warnings" in found:
        found["warnings"] = [warning["kind"] for warning in found["warnings"]]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_document_becomes_what_is_written_beside_it(name: str, now: datetime) -> None:
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    if "error" in expected:
        with pytest.raises(FeedError) as caught:
            read(name, expected, now)
        assert {"kind": caught.value.reason.kind, "parts": dict(caught.value.reason.parts)} == expected["error"]
        return
    document = read(name, expected, now)
    assert fields(document, list(expected.get("document", ()))) == expected.get("document", {})
    found = [fields(item, list(wanted)) for item, wanted in zip(document.items, expected["items"], strict=True)]
    assert found == expected["items"]


def test_every_document_says_what_it_shows() -> None:
    assert all(json.loads((FOLDER / f"{name}.json").read_text())["shows"] for name in NAMES)
