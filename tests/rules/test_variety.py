"""Who stands at the top of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.rules.variety import varied


@pytest.mark.parametrize(
    ("items", "top", "rest"),
    [
        (["a1", "a2", "a3", "b1", "c1", "a4"], ["a1", "b1", "c1"], ["a2", "a3", "a4"]),
        (["a1", "a2", "b1", "a3"], ["a1", "a2", "b1"], ["a3"]),
        (["a1", "b1"], ["a1", "b1"], []),
        ([], [], []),
    ],
)
def test_the_top_is_of_different_owners(items: list[str], top: list[str], rest: list[str]) -> None:
    assert varied(items, 3, lambda item: item[0]) == (top, rest)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers()), unique=True), st.integers(0, 6))
def test_items_move_and_none_is_dropped(items: list[tuple[int, int]], n_top: int) -> None:
    top, rest = varied(items, n_top, lambda item: item[0])
    assert sorted(top + rest) == sorted(items)
    assert len(top) == min(n_top, len(items))
    assert [item for item in items if item in set(rest)] == rest
