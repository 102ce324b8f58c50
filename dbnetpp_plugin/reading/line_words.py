"""Dividing a line of text into words: the spaces that were read say where, the places of the characters how far.

Shapes: K characters of a line, M points of an edge.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.geometry.straighten import TextEdges

Floats = NDArray[np.float64]

# Half a character, and a little more: CTC finds the middles of characters to half a column, early or late by model.
REACH = 0.6


class Word(NamedTuple):
    """A word of a line."""

    text: str
    score: float
    """Mean over its characters, in [0, 1]."""
    start: float
    """Where it begins, as a share of the length of the line."""
    stop: float
    """Where it ends."""


def split_line(characters: Sequence[str], scores: NDArray, middles: Floats) -> list[Word]:
    """Divide a line at its spaces.

    A word begins :data:`REACH` characters before the middle of its first one, and ends as far behind that of its last
    one, but no farther than half way to the next word. The first word begins where the line does, and the last one ends
    there.

    Args:
        characters: K symbols, spaces among them.
        scores: (K,), in [0, 1].
        middles: (K,), rising, as shares of the length of the line.
    """
    runs = list(_runs(characters))
    reach = REACH * _pitch(characters, middles)
    words = []
    for position, (first, last) in enumerate(runs):
        start = stop = None
        if position:
            gap = (middles[runs[position - 1][1]] + middles[first]) / 2
            start = max(float(middles[first]) - reach, float(gap))
        if position < len(runs) - 1:
            gap = (middles[last] + middles[runs[position + 1][0]]) / 2
            stop = min(float(middles[last]) + reach, float(gap))
        words.append(Word(''.join(characters[first:last + 1]), float(np.mean(scores[first:last + 1])),
                          0.0 if start is None else start, 1.0 if stop is None else stop))
    return words


def between(edges: TextEdges, start: float, stop: float) -> Floats:
    """Outline (2M, 2) of the part of a line between two shares of its length, clockwise from where it begins.

    The points of an edge are at equal distances, as :func:`dbnetpp_plugin.geometry.straighten.text_edges` puts them.
    """
    return np.concatenate([_part(edges.top, start, stop), _part(edges.bottom, start, stop)[::-1]])


def _runs(characters: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last index of each word."""
    for is_space, run in groupby(range(len(characters)), lambda index: characters[index].isspace()):
        if not is_space:
            indices = list(run)
            yield indices[0], indices[-1]


def _pitch(characters: Sequence[str], middles: Floats) -> float:
    """Distance between characters of a word that are next to each other, as a share of the line."""
    inside = [not (a.isspace() or b.isspace()) for a, b in pairwise(characters)]
    distances = np.diff(middles)[inside]
    return float(np.median(distances)) if len(distances) else 1.0 / max(len(characters), 1)


def _part(edge: Floats, start: float, stop: float) -> Floats:
    places = np.linspace(0, 1, len(edge))
    inner = places[(places > start) & (places < stop)]
    wanted = np.concatenate([[start], inner, [stop]])
    return np.stack([np.interp(wanted, places, axis) for axis in edge.T], axis=1)
