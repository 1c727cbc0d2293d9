"""Profiles: what each source usually brings, as the quarantine rules count it. One small row a source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.rules.quarantine import Profile, Trait, released
from aggregator.store import meta, schema
from aggregator.store.database import Connection

_DIGITS = 3  # of counts; more would only make the rows longer


@dataclass(frozen=True, slots=True)
class Watched:
    """A source as the guard finds it: its profile, None before its first items, and whether it is in quarantine."""

    profile: Profile | None
    is_quarantined: bool


def load(connection: Connection, source_ids: Iterable[int]) -> dict[int, Watched]:
    """Return these sources by id, as they stand in this transaction."""
    source, held = schema.source, schema.source_profile
    query = sa.select(source.c.id, source.c.quarantined_at, held.c.profile).where(source.c.id.in_(set(source_ids)))
    query = query.outerjoin(held, held.c.source_id == source.c.id)
    return {
        source_id: Watched(_unpack(profile) if profile else None, quarantined_at is not None)
        for source_id, quarantined_at, profile in connection.execute(query)
    }


def save(connection: Connection, profiles: Mapping[int, Profile]) -> None:
    """Keep profiles by source id, in the order of ids, so that two writers wait for each other instead of for ever."""
    if not profiles:
        return
    statement = meta.insert(connection, schema.source_profile)
    statement = statement.on_conflict_do_update(
        index_elements=["source_id"], set_={"profile": statement.excluded.profile}
    )
    connection.execute(statement, [{"source_id": one, "profile": _pack(profiles[one])} for one in sorted(profiles)])


def begin_anew(connection: Connection, source_id: int, now: datetime, kinds: Iterable[str]) -> None:
    """Forget what a source used to bring; a person let these kinds of reasons pass."""
    held = load(connection, [source_id])[source_id].profile or Profile(now, now)
    save(connection, {source_id: released(held, kinds, now)})


def _pack(profile: Profile) -> list[Any]:
    return [
        schema.to_micros(profile.since), schema.to_micros(profile.at), round(profile.day_n, _DIGITS),
        round(profile.usual_n, _DIGITS), {name: round(n, _DIGITS) for name, n in profile.languages.items()},
        {name: round(n, _DIGITS) for name, n in profile.domains.items()}, round(profile.gambling_n, _DIGITS),
        round(profile.total_n, _DIGITS), [[one.language, one.domain, int(one.is_gambling)] for one in profile.window],
        sorted(profile.accepted),
    ]  # fmt: skip


def _unpack(value: list[Any]) -> Profile:
    since, at, day_n, usual_n, languages, domains, gambling_n, total_n, window, accepted = value
    return Profile(
        since=schema.from_micros(since), at=schema.from_micros(at), day_n=day_n, usual_n=usual_n, languages=languages,
        domains=domains, gambling_n=gambling_n, total_n=total_n,
        window=tuple(Trait(language, domain, bool(is_gambling)) for language, domain, is_gambling in window),
        accepted=frozenset(accepted),
    )  # fmt: skip
