"""What processes cost, read from /proc: CPU seconds and memory of one with everything below it."""

import os
import threading
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 0.25
_UTIME, _CSTIME = 11, 15  # fields of /proc/PID/stat after the name: utime, stime, cutime, cstime
_PARENT = 1


def cpu_s(root: int) -> float:
    """Return the CPU seconds, user and system, of a process, its descendants and those of them that ended."""
    return sum(sum(int(ticks) for ticks in _stat(pid)[_UTIME:_CSTIME]) for pid in tree(root)) / TICKS_PER_S


def pss_mb(root: int) -> float:
    """Return the memory of a process and its descendants in MB (10⁶ bytes), pages they share counted once."""
    return sum(_pss_kb(pid) for pid in tree(root)) * 1024 / 1e6


def tree(root: int) -> list[int]:
    """Return a process and all below it, in no order."""
    below: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _stat(int(folder.name))):
            below.setdefault(int(stat[_PARENT]), []).append(int(folder.name))
    found, open_ = [], [root]
    while open_:
        found.append(open_.pop())
        open_ += below.get(found[-1], [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name, none for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


class Peak:
    """Watches the memory of a process tree; `mb` is the most that was seen."""

    def __init__(self, root: int) -> None:
        self.mb = 0.0
        self._root, self._stop = root, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self.mb = max(self.mb, pss_mb(self._root))
