"""What polling costs: CPU and wall per 1,000 feeds in four regimes, beside others on the same farm in the same run."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks import peers, processes
from benchmarks.farm import Farm, running, script
from benchmarks.peers import Missing, Peer

LAG_FEEDS_PER_S = 35.0  # three times what 10,000 feeds at 15 minutes make fall due
LAG_TICK_S = 5.0
MEMORY_GOAL_MB = 200


@dataclass(frozen=True, slots=True)
class Regime:
    """What the farm does before a round: publish `new` items a feed, or only touch it."""

    name: str
    new: float = 0.0
    touch: bool = False


# 304 comes before touched: reader keeps an old ETag after a touched answer, and would never see a 304.
REGIMES = (Regime("cold"), Regime("new", new=1.5), Regime("304"), Regime("touched", touch=True))
# (regime, peer, the most that Kabar may cost as a share of that peer, the goal as it is said)
GOALS = (
    ("cold", "newsboat", 1.0, "1"), ("new", "newsboat", 1 / 8, "1/8"), ("new", "reader", 1 / 16, "1/16"),
    ("new", "limit", 2.0, "2"), ("touched", "newsboat", 1 / 20, "1/20"), ("304", "reader", 1 / 10, "1/10"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """One round: CPU and wall seconds per 1,000 feeds, and what the program says of it."""

    cpu_s: float
    wall_s: float
    said: Any


Costs = dict[tuple[str, str], Cost]  # by peer and regime


def run(n_feeds: int, *, only_kabar: bool = False, tick_s: float = LAG_TICK_S) -> Costs:
    """Print the table for a farm of `n_feeds`, and return its figures; nothing is measured without the farm."""
    program = script()
    if program is None:
        print("polling: the feed farm is missing; set KABAR_SHARED to the folder that holds bench/feedfarm.py")
        return {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kabar-bench-")))
        farm = stack.enter_context(running(program, n_feeds))
        ours, kabar = peers.kabar(folder / "kabar", farm)
        stack.callback(ours.close)
        found = [ours] if only_kabar else [ours, *_others(folder, farm)]
        for peer in found[1:]:
            stack.callback(peer.close)
        peak = processes.Peak(kabar.pid)
        costs = measured(farm, found)
        peak.close()
        lag_ms = kabar.ask(f"lag {n_feeds / LAG_FEEDS_PER_S} {tick_s}")
    _print_table(n_feeds, found, costs)
    _print_goals(costs)
    print(f"memory of poller and parsers, peak: {peak.mb:.0f} MB (goal {MEMORY_GOAL_MB})")
    print(
        f"lag p99, {LAG_FEEDS_PER_S:.0f} feeds due a second, a tick each {tick_s:g} s: {lag_ms / 1000:.1f} s (goal 5)"
    )
    return costs


def measured(farm: Farm, found: Sequence[Peer]) -> Costs:
    """Return what each peer's round costs in each regime; the farm stands still while all of them take their turn."""
    costs: Costs = {}
    for regime in REGIMES:
        if regime.new or regime.touch:
            farm.tick(regime.new, touch=regime.touch)
        for peer in found:
            peer.prepare()
            cpu_before, began = peers.cost_s(peer), time.monotonic()
            said = peer.round()
            wall_s, cpu_s = time.monotonic() - began, peers.cost_s(peer) - cpu_before
            costs[peer.name, regime.name] = Cost(cpu_s * 1000 / farm.n_feeds, wall_s * 1000 / farm.n_feeds, said)
    return costs


def _others(folder: Path, farm: Farm) -> list[Peer]:
    """Return the peers that are here; the missing ones are named."""
    candidates = [
        peers.limit(folder / "limit", farm),
        peers.newsboat(folder / "newsboat", farm),
        peers.reader(folder / "reader", farm, user_cache_path("kabar-bench")),
        *peers.unmeasured(),
    ]
    for one in candidates:
        if isinstance(one, Missing):
            print(f"{one.name} is missing: {one.how}")
    return [one for one in candidates if isinstance(one, Peer)]


def _print_table(n_feeds: int, found: Sequence[Peer], costs: Costs) -> None:
    print(f"\npolling {n_feeds} feeds: CPU seconds (wall seconds) per 1,000 feeds")
    print(f"{'':10}" + "".join(f"{regime.name:>18}" for regime in REGIMES))
    for peer in found:
        cells = (costs[peer.name, regime.name] for regime in REGIMES)
        print(f"{peer.name:10}" + "".join(f"{cell.cpu_s:9.2f} ({cell.wall_s:6.2f})" for cell in cells))


def _print_goals(costs: Costs) -> None:
    for regime, peer, most, said in GOALS:
        theirs = costs.get((peer, regime))
        if theirs and theirs.cpu_s:
            ratio = costs["kabar", regime].cpu_s / theirs.cpu_s
            met = "met" if ratio <= most else "not met"
            print(f"{regime}: {ratio:.3f} of {peer} (goal {said}, {most:.3f}): {met}")
