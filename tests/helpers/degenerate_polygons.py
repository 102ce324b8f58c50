"""Polygons that hardly are any: points repeated, slivers of a thousandth of a pixel, outlines doubled back."""

from collections.abc import Callable

import numpy as np

Points = np.ndarray


def degenerate_polygon(rng: np.random.Generator, width: int, height: int) -> Points:
    """One polygon (K, 2), float32, in an image or across its border; often without area."""
    make = KINDS[rng.integers(len(KINDS))]
    points = make(rng, rng.uniform(-0.3, 1.3, 2) * (width, height), float(rng.choice([1, 10, 60, 400])))
    if rng.random() < 0.5:  # annotation tools write whole numbers, and so do edges run along pixels and borders
        points = np.round(points)
    if rng.random() < 0.2:
        points = np.clip(points, (-0.5, -0.5), (width - 0.5, height - 0.5))
    return points.astype(np.float32)


def degenerate_polygons(seed: int, count: int, width: int, height: int) -> list[Points]:
    """Many of them."""
    rng = np.random.default_rng(seed)
    return [degenerate_polygon(rng, width, height) for _ in range(count)]


def _one_point(rng: np.random.Generator, at: Points, size: float) -> Points:
    return np.repeat(at[None], rng.integers(3, 9), axis=0)


def _repeated(rng: np.random.Generator, at: Points, size: float) -> Points:
    points = at + rng.uniform(-size, size, (rng.integers(1, 6), 2))
    return points[np.sort(rng.integers(len(points), size=rng.integers(3, 12)))]


def _sliver(rng: np.random.Generator, at: Points, size: float) -> Points:
    along = rng.uniform(-size, size, 2) * rng.choice([(1, 1), (1, 0), (0, 1)])
    across = rng.choice([0, 1e-9, 1e-6, 1e-3, 1e-2]) * rng.normal(size=2)
    return np.array([at, at + along, at + along + across, at + across])


def _doubled_back(rng: np.random.Generator, at: Points, size: float) -> Points:
    way = at + np.cumsum(rng.uniform(-size, size, (rng.integers(2, 6), 2)), axis=0)
    return np.concatenate([way, way[::-1] + rng.choice([0, 1e-7, 1e-3]) * rng.normal(size=way.shape)])


def _spike(rng: np.random.Generator, at: Points, size: float) -> Points:
    square = at + size * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    return np.insert(square, rng.integers(5), at + rng.uniform(-3, 3, 2) * size, axis=0)


def _on_a_line(rng: np.random.Generator, at: Points, size: float) -> Points:
    direction = rng.normal(size=2) * rng.choice([(1, 1), (1, 0), (0, 1)])
    return at + rng.uniform(-size, size, (rng.integers(3, 8), 1)) * direction


def _bow_tie(rng: np.random.Generator, at: Points, size: float) -> Points:
    width = size * rng.choice([1, 1e-3, 1e-6])
    return at + np.array([[0, 0], [size, width], [size, 0], [0, width]])


def _tangle(rng: np.random.Generator, at: Points, size: float) -> Points:
    return at + rng.integers(-2, 3, (rng.integers(3, 10), 2)) * size / 2


def _there_again(rng: np.random.Generator, at: Points, size: float) -> Points:
    square = at + size * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    return np.concatenate([square, square[::rng.choice([-1, 1])]])


KINDS: list[Callable[[np.random.Generator, Points, float], Points]] = [
    _one_point, _repeated, _sliver, _doubled_back, _spike, _on_a_line, _bow_tie, _tangle, _there_again]
