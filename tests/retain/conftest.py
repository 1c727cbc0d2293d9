"""A press without HTTP: documents made up and saved as the poller saves them."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from aggregator.config import PollConfig
from aggregator.desk import sources as desk
from aggregator.desk.sources import Wanted
from aggregator.model.answer import Answer
from aggregator.model.document import Document, FoundItem, Hints
from aggregator.model.item import DateFrom
from aggregator.model.poll import Poll
from aggregator.poll import jobs
from aggregator.poll.save import save_polls
from aggregator.rules import answers
from aggregator.rules.aftermath import Finished
from aggregator.store import regions
from aggregator.store.database import Database

TEXT = "<p>" + "Warga memperbaiki tanggul sungai bersama petugas sejak pagi. " * 20 + "</p>"


def found(number: int, at: datetime, *, host: str = "warta.example", text: str = TEXT) -> FoundItem:
    """Return the item of a number: the same number is the same article."""
    url = f"{host}/berita/{number}"
    return FoundItem(
        guid=f"https://{url}", url=f"https://{url}", canonical_url=url, title=f"Tanggul nomor {number} diperbaiki",
        summary_html=text[:300], content_html=text, excerpt=text[3:203], byline=(), categories=("daerah",),
        image_url="", language="id", published_at=at, date_from=DateFrom.FEED, date_text="",
    )  # fmt: skip


class Press:
    """Sources with one feed each, whose documents a test makes up."""

    def __init__(self, database: Database) -> None:
        self.database, self.config = database, PollConfig()
        with database.read() as connection:
            self.tree = regions.tree(connection)

    def subscribe(self, n: int, now: datetime) -> list[int]:
        """Add n sources and return the ids of their feeds."""
        with self.database.write() as connection:
            wanted = [Wanted(f"https://media{number}.example/feed", region="jatim/lumajang") for number in range(n)]
            return [desk.add(connection, "test", now, one, default_zone="Asia/Jakarta").feed_id for one in wanted]

    def poll(self, documents: dict[int, Sequence[FoundItem]], now: datetime) -> list[Poll]:
        """Save what these feeds' documents hold, as one group."""
        claimed = jobs.claim(self.database, documents, now, lease_s=600)
        done = []
        for job in claimed:
            items = tuple(documents[job.feed.id])
            document = Document("rss20", "Media", "", "id", items, Hints())
            answer = Answer(job.feed.url, job.feed.url, 200, {}, b"", 5, 1000)
            body_hash = repr([(item.guid, item.content_html[:100]) for item in items]).encode()
            one = Finished(job.feed, now, False, answers.OK, answer, document=document, body_hash=body_hash, ms=5)
            done.append((one, job.source))
        return save_polls(self.database, done, self.tree, self.config)


@pytest.fixture
def press_of() -> Callable[[Database], Press]:
    """Return a function from a database to a press that fills it."""
    return Press


@pytest.fixture
def item_of() -> Callable[..., FoundItem]:
    """Return the function that makes the item of a number."""
    return found
