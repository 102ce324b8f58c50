"""Recall, precision and hmean from sums over images."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """What the figures of an image, or of a set of images, are made of.

    Attributes:
        recalled: Ground truths found; a fraction where a protocol gives partial credit.
        precise: Predictions that are right, likewise.
        ground_truths: How many count.
        predictions: How many count.
    """

    recalled: float = 0
    precise: float = 0
    ground_truths: int = 0
    predictions: int = 0

    def __add__(self, other: 'Tally') -> 'Tally':
        return Tally(self.recalled + other.recalled, self.precise + other.precise,
                     self.ground_truths + other.ground_truths, self.predictions + other.predictions)

    @property
    def recall(self) -> float:
        """Part of the ground truths found; 1 where there is none."""
        return self.recalled / self.ground_truths if self.ground_truths else 1.0

    @property
    def precision(self) -> float:
        """Part of the predictions that are right; without any, 1 if there is nothing to find and 0 otherwise."""
        if self.predictions:
            return self.precise / self.predictions if self.ground_truths else 0.0
        return 0.0 if self.ground_truths else 1.0

    @property
    def hmean(self) -> float:
        """Harmonic mean of recall and precision, also called F."""
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0
