"""The hostile bench and a service beside it."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.hostile import bench as benches
from tests.hostile import trial as trials
from tests.hostile.bench import Bench
from tests.hostile.trial import Trial


@pytest.fixture(scope="session")
def bench(shared: Path) -> Iterator[Bench]:
    with benches.running(shared / "hostile") as one:
        yield one


@pytest.fixture(scope="session")
def oracle(shared: Path) -> ModuleType:
    """Return the bench's own judge of HTML."""
    spec = importlib.util.spec_from_file_location("oracle", shared / "hostile" / "oracle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def trial(bench: Bench, oracle: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Poll all cases side by side, and return how each came out."""
    return trials.side_by_side(bench, oracle, tmp_path_factory.mktemp("hostile"))
