"""The guard over one transaction's polls: a source that is no longer itself is held back until a person decides."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aggregator.log import log
from aggregator.model.audit import AuditRow
from aggregator.model.reason import Reason
from aggregator.model.source import Source
from aggregator.rules import quarantine
from aggregator.rules.aftermath import Finished
from aggregator.rules.quarantine import Look, Profile
from aggregator.store import audit, profiles, sources
from aggregator.store.database import Connection
from aggregator.store.items import NewItem
from aggregator.text.urls import host_of, registrable_domain

ACTOR = "kabar"


class Watch:
    """Judges the new items of each poll. Profiles are read once for all sources and written once at the end."""

    def __init__(self, connection: Connection, source_ids: Iterable[int]) -> None:
        self._connection = connection
        self._watched = profiles.load(connection, source_ids)
        self._learnt: dict[int, Profile] = {}

    def is_held(self, source_id: int) -> bool:
        """Return whether a source is in quarantine now."""
        return self._watched[source_id].is_quarantined

    def holds_back(self, done: Finished, source: Source, new: Sequence[NewItem], *, by_date: bool) -> bool:
        """Return whether a poll's new items, oldest first, stay out of every output: their source is in quarantine.

        A poll that shows the source to be no longer itself puts it there, with an audit row.
        """
        if self.is_held(source.id):
            return True
        watched = self._watched[source.id]
        before = watched.profile or Profile(done.at, done.at)
        after, reasons = quarantine.observe(before, _look(done, source, new, by_date=by_date))
        self._learnt[source.id] = after
        self._watched[source.id] = replace(watched, profile=after, is_quarantined=bool(reasons))
        if reasons:
            self._quarantine(done, source, reasons)
        return bool(reasons)

    def save(self) -> None:
        """Keep what was learnt; last in the transaction."""
        profiles.save(self._connection, self._learnt)

    def _quarantine(self, done: Finished, source: Source, reasons: Sequence[Reason]) -> None:
        sources.quarantine(self._connection, source.id, done.at, reasons)
        why = {reason.kind: dict(reason.parts) for reason in reasons}
        audit.add(
            self._connection,
            AuditRow(
                done.at, ACTOR, "source.quarantine", f"source:{source.slug}", {}, {"feed": done.feed.id, "why": why}
            ),
        )
        log.warning("source_quarantined", source=source.slug, feed=done.feed.id, kinds=sorted(why))


def _look(done: Finished, source: Source, new: Sequence[NewItem], *, by_date: bool) -> Look:
    home = {registrable_domain(host_of(url)) for url in (done.feed.url, source.site_url)}
    return Look(
        at=done.at,
        traits=[quarantine.trait_of(one.found) for one in new[-quarantine.MAX_TRAITS :]],
        n_new=len(new),
        titles=done.document.titles if done.document else (),
        home=frozenset(home),
        is_first=done.feed.last_success_at is None,
        is_spread=by_date,
    )
