"""Best-path decoding of CTC, with the places of characters."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dbnetpp_plugin.reading.ctc import best_path

BLANK = 3


def columns(classes: list[int], certainty: float = 0.7) -> np.ndarray:
    rest = (1 - certainty) / BLANK
    return np.full((len(classes), BLANK + 1), rest) + np.eye(BLANK + 1)[classes] * (certainty - rest)


def test_places_and_scores():
    # Columns:                    0  1  2  3  4  5  6  7
    found = best_path(columns([BLANK, 0, 0, BLANK, 0, 1, 1, 1]), BLANK)
    assert found.classes.tolist() == [0, 0, 1]
    assert found.middles.tolist() == [2, 4.5, 6.5]
    np.testing.assert_allclose(found.scores, [0.7] * 3)


def test_nothing():
    for classes in ([], [BLANK], [BLANK] * 5):
        found = best_path(columns(classes), BLANK)
        assert [len(part) for part in found] == [0, 0, 0]


@given(st.lists(st.integers(0, BLANK), max_size=30))
def test_classes_are_those_of_the_definition(classes):
    """Repetitions collapse, then blanks go."""
    expected = [key for key, _ in itertools.groupby(classes) if key != BLANK]
    found = best_path(columns(classes), BLANK)
    assert found.classes.tolist() == expected
    assert (np.diff(found.middles) > 0).all()
    assert all(0 < middle < len(classes) for middle in found.middles)
