import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import archive, farm, pages, peers, polling
from benchmarks.peers import Missing

N_FEEDS = 3


@pytest.fixture
def farm_program(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the benchmarks at the shared farm."""
    monkeypatch.setenv("KABAR_SHARED", str(shared))


@pytest.mark.usefixtures("farm_program")
def test_polling_prints_each_regime_of_kabar_with_what_its_polls_came_to(capsys: pytest.CaptureFixture[str]) -> None:
    costs = polling.run(N_FEEDS, only_kabar=True, tick_s=0.2)
    assert list(costs) == [("kabar", name) for name in ("cold", "new", "304", "touched")]
    assert costs["kabar", "cold"].said["new"] > 10 * N_FEEDS
    assert N_FEEDS <= costs["kabar", "new"].said["new"] <= 2 * N_FEEDS
    assert costs["kabar", "304"].said["not_modified"] == N_FEEDS
    assert costs["kabar", "touched"].said["new"] == 0
    assert all(cost.cpu_s > 0 and cost.wall_s > 0 for cost in costs.values())
    printed = capsys.readouterr().out
    assert f"polling {N_FEEDS} feeds" in printed
    assert "lag p99" in printed


@pytest.mark.usefixtures("farm_program")
def test_newsboat_and_the_limit_are_measured_on_the_same_farm(
    tmp_path: Path, require_program: Callable[[str, str], str]
) -> None:
    require_program("newsboat", "newsboat")
    program = farm.script()
    assert program is not None
    with farm.running(program, N_FEEDS) as running:
        found = [peers.newsboat(tmp_path / "newsboat", running), peers.limit(tmp_path / "limit", running)]
        present = [peer for peer in found if not isinstance(peer, Missing)]
        costs = polling.measured(running, present)
        for peer in present:
            peer.close()
    assert {name for name, _ in costs} == {"newsboat", "limit"}
    assert costs["limit", "304"].said == {"read": 0}
    assert costs["limit", "touched"].said == {"read": N_FEEDS}
    assert all(cost.wall_s > 0 for cost in costs.values())


def test_without_the_farm_polling_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KABAR_SHARED", str(tmp_path))
    assert polling.run(N_FEEDS) == {}
    assert "KABAR_SHARED" in capsys.readouterr().out


def test_pages_prints_rates_and_rendering_times() -> None:
    figures = pages.run(archive.N_SOURCES * 2, seconds=0.2, n_rendered=2)
    assert [figure.name for figure in figures] == [
        "front page, cached (200)", "merged feed, cached (200)", "merged feed, 304 (304)", "front page, rendered, p99",
        "region page, rendered, p99", "merged feed, rendered, p99",
    ]  # fmt: skip
    assert all(figure.value > 0 for figure in figures)


def test_the_command_names_its_benchmarks_and_refuses_others() -> None:
    command = [sys.executable, "-m", "benchmarks", "pollling"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, cwd=farm.ROOT)
    assert refused.returncode == 2
    assert "pollling" in refused.stderr
