"""Our own outage: when the fault is ours, no feed is blamed, and polling pauses until somebody answers."""

from collections.abc import Sequence

from aggregator.errors import FeedError
from aggregator.fetch import guard
from aggregator.fetch.client import Client
from aggregator.log import log
from aggregator.model.feed import Feed
from aggregator.rules.aftermath import Finished
from aggregator.rules.outage import OURS, WINDOW, Witnesses
from aggregator.text.urls import host_of

PROBE_EVERY_S = 30.0


class Outage:
    """Hears every finished poll and says when the fault is ours (POLLING.md rule 20).

    Feeds whose last poll succeeded are witnesses, those of allowed origins never: they stand on our own machine.
    """

    def __init__(self, allow_origins: Sequence[str]) -> None:
        self._allow_origins = allow_origins
        self._witnesses = Witnesses()
        self._blamed: dict[int, Feed] = {}  # healthy feeds as they were before a failure that may be our fault
        self._probe_url = ""
        self.is_on = False

    def swallows(self, done: Finished) -> bool:
        """Hear a finished poll, and return whether it must not count against its feed. It may begin the outage."""
        feed = done.feed
        if guard.allowed_origin(feed.url, self._allow_origins):
            return False
        failed = done.answer is None and done.verdict.reason is not None and done.verdict.reason.kind in OURS
        if done.answer is not None or not self._probe_url:
            self._probe_url = feed.url
        if feed.failures == 0 and feed.last_success_at is not None:
            self._witnesses.hear(host_of(feed.url), failed=failed)
            if failed and not self.is_on:
                self._blamed = {**dict(list(self._blamed.items())[-WINDOW:]), feed.id: feed}
        if not self.is_on and failed and self._witnesses.blame_us:
            self.is_on = True
            log.error("own_outage_began", feeds=len(self._blamed))
        return self.is_on and failed

    def pardoned(self) -> list[Feed]:
        """Return, once, the feeds that were blamed before the outage was known, as they were before."""
        pardoned, self._blamed = list(self._blamed.values()), {}
        return pardoned

    async def ends(self, client: Client) -> bool:
        """Ask the host that answered last; any answer ends the outage."""
        try:
            await client.get(self._probe_url)
        except FeedError as error:
            if error.reason.kind in OURS:
                return False
        self.is_on = False
        self._witnesses.forget()
        log.info("own_outage_ended")
        return True
