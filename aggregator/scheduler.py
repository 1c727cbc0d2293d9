"""APScheduler's ticks, no logic: every few seconds what is due is claimed and handed to the poller."""

import threading
from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator import retain
from aggregator.clock import Clock
from aggregator.config import Config
from aggregator.errors import DatabaseError
from aggregator.log import log
from aggregator.poll import jobs
from aggregator.poll.pipeline import Poller
from aggregator.store import meta
from aggregator.store.database import Database

PULSE_S = 60  # how often the database is told that ticks come
RETAIN_S = 600  # how often what has passed its time is looked for; with nothing to do it costs three look-ups


def run(database: Database, config: Config, clock: Clock, stop: threading.Event, *, drain_s: float = 8.0) -> None:
    """Tick until `stop` is set, then give polls under way `drain_s` seconds and return.

    A tick claims what the poller has room for and returns at once, so a slow feed delays no other. Missed ticks are
    coalesced (POLLING.md rule 24); what is due stands in the database.
    """
    poller = Poller(database, config, clock)
    ticker = BackgroundScheduler(executors={"default": ThreadPoolExecutor(2)}, timezone="UTC")
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    ticker.add_job(
        _quietly(lambda: tick(database, poller, config, clock)), "interval", seconds=config.poll.tick_s, **options
    )
    ticker.add_job(_quietly(lambda: pulse(database, clock)), "interval", seconds=PULSE_S, **options)
    ticker.add_job(
        _quietly(lambda: retain.retain(database, config.retain, clock())), "interval", seconds=RETAIN_S, **options
    )
    pulse(database, clock)
    tick(database, poller, config, clock)
    ticker.start()
    log.info("scheduler_started", tick_s=config.poll.tick_s, in_flight=config.poll.in_flight)
    try:
        stop.wait()
    finally:
        ticker.shutdown(wait=True)
        poller.close(drain_s=drain_s)
        log.info("scheduler_stopped")


def tick(database: Database, poller: Poller, config: Config, clock: Clock) -> int:
    """Claim due feeds for the room that the poller has, hand them on, and return how many."""
    if not poller.n_free:
        return 0
    due = jobs.claim_due(database, clock(), limit=poller.n_free, lease_s=config.poll.lease_s)
    if due:
        poller.submit(due)
    return len(due)


def pulse(database: Database, clock: Clock) -> None:
    """Note that ticks come, for /readyz."""
    with database.write() as connection:
        meta.put(connection, meta.LAST_TICK, clock().isoformat())


def _quietly(job: Callable[[], object]) -> Callable[[], None]:
    """Return a tick that survives a database that does not answer: the next one tries again."""

    def run_job() -> None:
        try:
            job()
        except DatabaseError as error:
            log.warning("tick_missed", kind=error.reason.kind, **error.reason.parts)

    return run_job
