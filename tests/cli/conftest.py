"""The command as a person types it, in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs `kabar` in a folder of its own, with a configuration and data of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.config.write_text("")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_")}
        self.environment = {
            **inherited, "KABAR_CONFIG": str(self.config), "KABAR_DATA": str(folder / "var"), "LC_ALL": "C.UTF-8",
            "KABAR__FETCH__HOST_GAP_S": "0", "COLUMNS": "200",
        }  # fmt: skip

    def allow(self, origin: str) -> None:
        self.environment["KABAR__FETCH__ALLOW_ORIGINS"] = json.dumps([origin])

    def __call__(self, *arguments: str, **environment: str) -> Said:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "aggregator.cli", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env={**self.environment, **environment},
            cwd=self.folder,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def kabar(tmp_path: Path) -> Shell:
    return Shell(tmp_path)
