"""Whose fault it is when nobody answers (POLLING.md rule 20)."""

import pytest

from aggregator.rules.outage import Witnesses


def heard(failed_hosts: list[str], n_good: int) -> Witnesses:
    witnesses = Witnesses()
    for n in range(n_good):
        witnesses.hear(f"good-{n}.example", failed=False)
    for host in failed_hosts:
        witnesses.hear(host, failed=True)
    return witnesses


@pytest.mark.parametrize(
    ("n_failed", "n_hosts", "n_good", "ours"),
    [
        (26, 26, 24, True),
        (25, 25, 25, False),  # half is not over half
        (26, 9, 24, False),  # one big host that is down is not our line
        (26, 10, 24, True),
        (30, 30, 0, False),  # too few witnesses to say
        (50, 50, 0, True),
    ],
)
def test_rule_20_over_half_of_fifty_witnesses_at_ten_hosts_blame_us(
    n_failed: int, n_hosts: int, n_good: int, ours: bool
) -> None:
    assert heard([f"h{n % n_hosts}.example" for n in range(n_failed)], n_good).blame_us is ours


def test_rule_20_old_witnesses_are_forgotten() -> None:
    witnesses = heard([f"h{n}.example" for n in range(50)], 0)
    for n in range(25):
        witnesses.hear(f"good-{n}.example", failed=False)
    assert not witnesses.blame_us
    witnesses = heard([f"h{n}.example" for n in range(50)], 0)
    witnesses.forget()
    assert not witnesses.blame_us
