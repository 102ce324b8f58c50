"""Where in a line each character is, by the columns of CTC (connectionist temporal classification).

https://www.cs.toronto.edu/~graves/icml_2006.pdf. A network gives every column of a line a character or the blank; the
same character in neighbouring columns is one character. It is near the middle of those columns.

Shapes: T columns, K characters.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Characters(NamedTuple):
    """The characters of a line, as best-path decoding finds them."""

    classes: NDArray[np.int64]
    """(K,), in the dictionary."""
    scores: NDArray[np.float32]
    """(K,), in [0, 1]: the probability in the first column of each."""
    middles: NDArray[np.float64]
    """(K,), in columns: 0.5 is the middle of the first column."""


def best_path(probabilities: NDArray, blank: int) -> Characters:
    """Decode the columns of a line one by one.

    Args:
        probabilities: (T, C), of C classes.
        blank: Class that stands for no character.
    """
    best = probabilities.argmax(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]])[:len(best)])
    stops = np.append(starts[1:], len(best))
    kept = best[starts] != blank
    starts, stops = starts[kept], stops[kept]
    return Characters(best[starts], probabilities[starts, best[starts]].astype(np.float32), (starts + stops) / 2)
