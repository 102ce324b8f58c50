"""Text of an image, as somebody annotated it or as a detector found it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class TextImage:
    """Outlines in one image, and what is known of each.

    Attributes:
        name: Of the file or image, for messages.
        polygons: N outlines, (K, 2) each, in pixels.
        ignored: (N,), true for do-not-care.
        scores: (N,); None if there are none.
        texts: N transcriptions; None if there are none.
        scripts: N names of writing systems; None if there are none.
        size: Height and width of the image; None if unknown.
    """

    name: str
    polygons: Sequence[NDArray[np.floating]]
    ignored: NDArray[np.bool_]
    scores: NDArray[np.float64] | None = None
    texts: Sequence[str] | None = None
    scripts: Sequence[str] | None = None
    size: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self.polygons)

    def select(self, indices: NDArray[np.intp]) -> 'TextImage':
        """Those outlines, in that order."""
        return replace(
            self,
            polygons=[self.polygons[index] for index in indices],
            ignored=self.ignored[indices],
            scores=None if self.scores is None else self.scores[indices],
            texts=None if self.texts is None else [self.texts[index] for index in indices],
            scripts=None if self.scripts is None else [self.scripts[index] for index in indices])


def without_text(name: str) -> TextImage:
    """An image in which nothing was found."""
    return TextImage(name, [], np.zeros(0, bool), np.zeros(0), [], None)
