"""The Indonesian catalogue holds every message of engine and web, with the same placeholders."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from aggregator import wording
from aggregator.model.reason import Reason
from aggregator.store.database import Database
from tests.web.build import AppOf
from web.excerpts import shortened
from web.links import slug
from web.times import relative

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"encoding": "utf-8", "trimmed": "true", "silent": "false"}}


def _messages() -> Iterator[str | tuple[str, ...]]:
    for folder in ("aggregator", "web"):
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, method_map=METHODS, options_map=OPTIONS):
            yield message if isinstance(message, str) else tuple(message)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    path = ROOT / "aggregator" / "translations" / "id" / "LC_MESSAGES" / "kabar.po"
    return read_po(io.BytesIO(path.read_bytes()), locale="id", abort_invalid=True)


def test_every_message_is_translated_with_its_placeholders(catalogue: Catalog) -> None:
    messages = set(_messages())
    assert len(messages) > 200
    for message in messages:
        key = message if isinstance(message, str) else message[0]
        found = catalogue.get(key)
        assert found is not None, key
        assert found.string, key
        text = found.string if isinstance(found.string, str) else found.string[0]
        wanted = message if isinstance(message, str) else message[-1]
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(wanted)), key


def test_every_reason_has_an_indonesian_sentence(catalogue: Catalog) -> None:
    for kind, message in wording.SENTENCES.items():
        assert catalogue.get(message) is not None, kind
    assert wording.sentence(Reason("refused", {"host": "a.example"}), "id") == "peladen menolak sambungan"


def test_no_translation_is_left_over(catalogue: Catalog) -> None:
    # The extraction of Python 3.11 does not look into f-strings, so what it misses is looked for as text.
    used = {message if isinstance(message, str) else message[0] for message in _messages()}
    held = {str(one.id if isinstance(one.id, str) else one.id[0]) for one in catalogue if one.id}
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "web").glob("*.py"))
    assert {message for message in held - used if f'"{message}"' not in sources} == set()


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("satu dua tiga", 280, "satu dua tiga"),
        ("satu dua tiga", 9, "satu dua…"),
        ("satu dua tiga", 10, "satu dua…"),
        ("satu, dua", 7, "satu…"),
        ("panjangsekali", 5, "panj…"),
        ("satu", 0, ""),
        ("satu", 1, ""),
        ("  satu\n dua ", 280, "satu dua"),
        ("", 280, ""),
    ],
)
def test_shortened(text: str, limit: int, shown: str) -> None:
    assert shortened(text, limit) == shown
    assert len(shortened(text, limit)) <= max(limit, 0)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Jembatan Kali Rejali dibuka", "jembatan-kali-rejali-dibuka"),
        ("  Harga naik 20%!  ", "harga-naik-20"),
        ("Café à Jember", "cafe-a-jember"),
        ("افتتاح", "berita"),
        ("", "berita"),
        ("kata " * 40, "-".join(["kata"] * 16)),
        ("x" * 200, "x" * 80),
    ],
)
def test_slug(title: str, expected: str) -> None:
    assert slug(title) == expected


NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "indonesian", "english"),
    [
        (timedelta(seconds=-5), "baru saja", "just now"),
        (timedelta(seconds=59), "baru saja", "just now"),
        (timedelta(minutes=1), "1 menit lalu", "1 minute ago"),
        (timedelta(minutes=40), "40 menit lalu", "40 minutes ago"),
        (timedelta(hours=2), "2 jam lalu", "2 hours ago"),
        (timedelta(days=3), "3 hari lalu", "3 days ago"),
        (timedelta(days=8), "", ""),
    ],
)
def test_relative_times(app_of: AppOf, empty: Database, ago: timedelta, indonesian: str, english: str) -> None:
    app = app_of(empty)
    with app.test_request_context("/"):
        assert relative(NOW - ago, NOW) == indonesian
    with app.test_request_context("/en/"):
        assert relative(NOW - ago, NOW) == english
