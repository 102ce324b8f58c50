"""Random images full of text, found more or less well, and a slow, exact evaluation of them.

Nothing here is shared with what is tested: areas are fractions, or cells that are counted.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np

Scene = tuple[list[np.ndarray], np.ndarray, list[np.ndarray], np.ndarray]


def random_quad(rng, size=200):
    """A turned rectangle with whole coordinates, clockwise on the screen; never without area."""
    center, angle = rng.uniform(20, size - 20, 2), rng.uniform(-np.pi, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(8, 40)
    across = np.array([-np.sin(angle), np.cos(angle)]) * rng.uniform(4, 15)
    return np.rint([center - along - across, center + along - across, center + along + across,
                    center - along + across])


def random_scene(rng, most=6, rotated=True) -> Scene:
    """Ground truths, do-not-care flags, predictions and scores; some predictions are near ground truths, or equal."""
    make = random_quad if rotated else random_cells
    truths = [make(rng) for _ in range(rng.integers(0, most + 1))]
    found = []
    for _ in range(rng.integers(0, most + 1)):
        kind = rng.random()
        if truths and kind < 0.7:
            polygon = truths[rng.integers(len(truths))]
            jitter = rng.integers(-6, 7, polygon.shape) if rotated else rng.integers(-2, 3, 2)
            found.append(polygon + jitter * (kind < 0.6))
        else:
            found.append(make(rng))
    scores = np.round(rng.uniform(0.2, 1, len(found)), 1).astype(np.float32)
    return truths, rng.random(len(truths)) < 0.3, found, scores


def random_cells(rng, size=24):
    """A staircase on the grid, clockwise on the screen: not convex, and its area is a number of cells."""
    x, y = rng.integers(0, size - 12, 2)
    widths, heights = rng.integers(1, 4, 3), rng.integers(1, 4, 3)
    points, at_x, at_y = [(x, y)], x, y
    for width, height in zip(widths, heights, strict=True):
        points += [(at_x := at_x + width, at_y), (at_x, at_y := at_y + height)]
    return np.array([*points, (x, at_y)], float)


def area(polygon):
    """Shoelace formula."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*polygon, polygon[0]])) / 2


def fractions(polygon):
    """Points as pairs of fractions, clockwise on the screen."""
    points = [(Fraction(float(x)), Fraction(float(y))) for x, y in polygon]
    return points if area(points) > 0 else points[::-1]


def shared_convex(first, second):
    """Area shared by two convex polygons, by clipping the first at each side of the second."""
    points = first
    for (x0, y0), (x1, y1) in pairwise([*second, second[0]]):
        def inside(point, x0=x0, y0=y0, x1=x1, y1=y1):
            return (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)

        clipped = []
        for start, end in pairwise([*points, points[0]] if points else []):
            before, after = inside(start), inside(end)
            if before >= 0:
                clipped.append(start)
            if before * after < 0:
                part = before / (before - after)
                clipped.append(tuple(s + (e - s) * part for s, e in zip(start, end, strict=True)))
        points = clipped
    return area(points) if points else 0


def cells(polygon, size=60):
    """Cells of the grid inside: their centres are crossed an odd number of times on the way to the right."""
    mask = np.zeros((size, size), int)
    for (x0, y0), (x1, y1) in pairwise([*polygon, polygon[0]]):
        if x0 == x1:
            top, bottom = sorted((int(y0), int(y1)))
            mask[top + 10:bottom + 10, :int(x0) + 10] += 1
    return mask % 2 == 1


def slow_evaluation(truths, ignored, found, areas, shared):
    """The official protocol, said in the order of its description.

    Args:
        truths: Ground truths.
        ignored: Which are do-not-care.
        found: Predictions.
        areas: Area of one polygon.
        shared: Area that two share.

    Returns:
        Matches, and which predictions count.
    """
    counted = [not any(ignore and 2 * shared(truth, polygon) > areas(polygon)
                       for truth, ignore in zip(truths, ignored, strict=True)) for polygon in found]
    matches = []
    for i, truth in enumerate(truths):
        for j, polygon in enumerate(found):
            if ignored[i] or not counted[j] or i in [m[0] for m in matches] or j in [m[1] for m in matches]:
                continue
            both = shared(truth, polygon)
            if 2 * both > areas(truth) + areas(polygon) - both:
                matches.append((i, j))
    return matches, counted
