"""The hostile bench: every case ends as it must, beside all the others, in every output that is public."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.trial import Trial

CASES_FILE = Path(os.environ.get("KABAR_SHARED", Path(__file__).parents[2] / ".." / "shared")) / "hostile/cases.json"
MAX_MB = 600  # of all processes together, as beside healthy feeds
CASES: list[dict[str, Any]] = json.loads(CASES_FILE.read_text()) if CASES_FILE.is_file() else []


@pytest.mark.parametrize("path", [case["path"] for case in CASES])
def test_a_hostile_feed_ends_as_it_must(trial: Trial, path: str) -> None:
    complaints = trial.complaints[path]
    assert not complaints, "\n".join(complaints)


def test_every_case_was_judged(trial: Trial) -> None:
    assert len(trial.complaints) == len(CASES) > 200


def test_pages_and_feeds_of_all_sources_are_whole_and_safe(trial: Trial) -> None:
    assert trial.shared == []


def test_nobody_reaches_the_canary(trial: Trial) -> None:
    assert trial.n_canary == 0


def test_all_cases_together_stay_within_the_memory_of_a_small_machine(trial: Trial) -> None:
    """What a case may cost by itself is measured where it is alone: test_isolation.py."""
    print(f"idle {trial.idle_mb:.0f} MB, peak {trial.peak_mb:.0f} MB, rounds of {trial.seconds_by_round} s")
    assert trial.peak_mb <= MAX_MB, trial.peak_by_process


def test_no_log_tells_of_a_bug(trial: Trial) -> None:
    assert "Traceback" not in trial.log
    assert "_broke" not in trial.log  # poll_broke, save_broke: an exception that nobody expected
