"""Recognising text in crops of any number and size, in batches of equal size, whatever network computes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dbnetpp_plugin.images.sources import ImageSource, load_images
from dbnetpp_plugin.reading.ctc import Characters
from dbnetpp_plugin.reading.line_words import Word, split_line

from .results import NOTHING, Recognition

Image = NDArray[np.uint8]


class RecognitionEngine(Protocol):
    """What :class:`CropRecognizer` needs of a network."""

    def check_words(self) -> None:
        """Raise ``ValueError`` if the network does not say where words are."""

    def prepare(self, crop: Image) -> Any:
        """A crop (H, W, 3), BGR, as the network takes it."""

    def padded_size(self, prepared: Any) -> tuple[int, ...]:
        """Height and width that the crop has once it is padded, in pixels."""

    def read(self, batch: Sequence[Any], words: bool) -> list[Recognition]:
        """What prepared crops of the same padded size say."""


class CropRecognizer:
    """A function of crops that gives the text in them.

    Args:
        engine: The network.
    """

    def __init__(self, engine: RecognitionEngine) -> None:
        self._engine = engine

    def check_words(self) -> None:
        """Check that the model says where in a crop its words are, as those with CTC do.

        Raises:
            ValueError: If it does not.
        """
        self._engine.check_words()

    def __call__(self, crops: Sequence[ImageSource], batch_size: int = 64, words: bool = False) -> list[Recognition]:
        """Recognise the text in crops.

        Only crops that have the same size once they are padded go through the model together. So what is recognised
        does not depend on what is recognised with it.

        Args:
            crops: Images of single lines or words, of any kind that :func:`.images.sources.load_images` takes.
            batch_size: How many of them the model sees at once, at most.
            words: Whether to say where the words are.

        Returns:
            One result per crop, in order.

        Raises:
            BrokenImageError, FileNotFoundError, TypeError: As :func:`.images.sources.load_images`.
            ValueError: If the batch size is not positive, or words are asked of a model without CTC.
        """
        if batch_size < 1:
            raise ValueError(f'the batch size is a positive number, got {batch_size}')
        if words:
            self.check_words()
        inputs = [self._engine.prepare(image) for _, image in load_images(crops)]
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for index, item in enumerate(inputs):
            groups[self._engine.padded_size(item)].append(index)
        found = [NOTHING] * len(inputs)
        for members in groups.values():
            for start in range(0, len(members), batch_size):
                batch = members[start:start + batch_size]
                for index, result in zip(batch, self._engine.read([inputs[i] for i in batch], words), strict=True):
                    found[index] = result
        return found


def words_of(line: Characters, symbols: Sequence[str], columns: float) -> tuple[Word, ...]:
    """Words of a line of CTC.

    Args:
        line: Its characters.
        symbols: Of the classes.
        columns: How many columns the crop takes; the rest is padding.
    """
    inside = line.middles <= columns
    return tuple(split_line([symbols[index] for index in line.classes[inside]], line.scores[inside],
                            line.middles[inside] / columns))
