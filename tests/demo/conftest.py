"""One press for all tests of the demonstration: it holds nothing that a test could change."""

from datetime import UTC, datetime

import pytest

from aggregator.demo.press import HISTORY, Press

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    """Return the instant at which the press opens."""
    return NOW


@pytest.fixture(scope="session")
def press() -> Press:
    """Return a press with full feeds."""
    return Press(7, NOW - HISTORY, NOW)
