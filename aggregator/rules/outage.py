"""Whose fault it is when nobody answers (POLLING.md rule 20)."""

from collections import deque
from dataclasses import dataclass, field

WINDOW = 50  # the last witnesses that count
MIN_HOSTS = 10
SHARE = 0.5  # over half of them fail: the fault is ours

# Network faults that our own line can cause. A refused connection or a bad certificate is an answer of somebody.
OURS = frozenset(
    {
        "dns_failed",
        "dns_not_found",
        "connect_timeout",
        "first_byte_timeout",
        "total_timeout",
        "unreachable",
        "reset",
    }
)


@dataclass(slots=True)
class Witnesses:
    """What the last polls of healthy feeds say about our own line: each a host, and whether it failed."""

    _last: deque[tuple[str, bool]] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def hear(self, host: str, *, failed: bool) -> None:
        """Note one more witness; the oldest beyond fifty is forgotten."""
        self._last.append((host, failed))

    def forget(self) -> None:
        """Begin anew, after an outage."""
        self._last.clear()

    @property
    def blame_us(self) -> bool:
        """Return whether over half of fifty witnesses failed, at ten hosts or more."""
        failed = [host for host, is_failed in self._last if is_failed]
        return len(self._last) == WINDOW and len(failed) > SHARE * WINDOW and len(set(failed)) >= MIN_HOSTS
