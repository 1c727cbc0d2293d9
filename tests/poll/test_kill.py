"""kill -9 in the middle of polls: nothing lost, nothing twice (RELIABILITY.md R1)."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aggregator.clock import now as real_now
from aggregator.desk import sources as desk
from aggregator.desk.sources import Wanted
from aggregator.store import items
from aggregator.store.database import Database

N_FEEDS = 30


def feed(number: int, n_items: int) -> str:
    entries = "".join(
        f"<item><guid isPermaLink='false'>{number}-{n}</guid><link>https://f{number}.example/{n}</link>"
        f"<title>Berita {n} dari media {number}</title><description>{'Isi berita. ' * 50}</description></item>"
        for n in range(n_items)
    )
    return f"<rss version='2.0'><channel><title>Media {number}</title>{entries}</channel></rss>"


@pytest.mark.parametrize("n_kills", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_no_item_is_lost_or_doubled_by_kills(database: Database, publisher: Any, tmp_path: Path, n_kills: int) -> None:
    with database.write() as connection:
        for number in range(N_FEEDS):
            desk.add(
                connection, "test", real_now(), Wanted(f"{publisher.origin}/{number}"), default_zone="Asia/Jakarta"
            )
    environment = {
        **os.environ, "KABAR_CONFIG": os.devnull, "KABAR_DATA": str(tmp_path), "KABAR__FETCH__HOST_GAP_S": "0",
        "KABAR_DATABASE_URL": database.url.render_as_string(hide_password=False), "KABAR__POLL__LEASE_S": "5",
        "KABAR__FETCH__ALLOW_ORIGINS": json.dumps([publisher.origin]), "KABAR__FETCH__HOST_CONCURRENCY": "16",
    }  # fmt: skip
    command = [sys.executable, "-m", "aggregator.cli", "poll", "--all", "--force"]
    chance = random.Random(7)
    for turn in range(n_kills):
        for number in range(N_FEEDS):
            publisher.serve(f"/{number}", feed(number, 5 + turn), ETag=f'"{turn}"')
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.6, 2.2))  # imports take the first half second; the polls come after it
        process.send_signal(signal.SIGKILL)
        process.wait()
    time.sleep(5.1)  # the leases of the last killed process end
    done = subprocess.run(
        [*command, "--json"], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(done.stdout)["totals"]["rejected"] == 0
    with database.read() as connection:
        held = [(one.item.feed_id, one.item.key) for one in items.listed(connection, limit=100_000)]
    served = {f"{number}-{n}" for number in range(N_FEEDS) for n in range(5 + n_kills - 1)}
    assert len(held) == len(set(held))
    assert {key for _, key in held} == served
