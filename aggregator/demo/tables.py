"""The text files of this package: TOML, read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return what `text/NAME.toml` holds; callers must not change it."""
    return tomllib.loads(files("aggregator.demo").joinpath("text", f"{name}.toml").read_text("utf-8"))
