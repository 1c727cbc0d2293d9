"""A program that stays while it is measured: it answers each line that it is sent with a line of JSON."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.farm import ROOT


class Resident:
    """A running program, driven line by line; its log goes to a file."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sink, text=True, bufsize=1, cwd=ROOT
            )
        self.pid, self._log = self._process.pid, log
        self._answer()

    def ask(self, line: str) -> Any:
        """Send a line and return the answer when it comes."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """Close its input, at which it ends."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended: {self._log.read_text()[-2000:]}")
        return json.loads(line)


def serve(answer: Callable[[list[str]], Any]) -> None:
    """Answer lines from standard input until it ends; the first answer says that we are ready."""
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(line.split())), flush=True)
