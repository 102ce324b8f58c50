"""Growing many outlines at once, each by a distance of its own, with round joins.

The result is that of a Vatti offset of each. Most outlines need none of its clipping: where the edges are long enough
for the turns at their ends, and the edges moved outwards and joined by arcs form a curve that does not cross itself,
that curve is the offset. It takes a handful of array operations for all outlines together; the others are clipped.

A point (x, y) is the complex number x + iy. Letters in shapes: N outlines, P points of all outlines, end to end.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyclipper
import shapely
from numpy.typing import NDArray

Points = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Most by which the chords that stand for a round corner leave its arc, in pixels.
ARC_TOLERANCE = 0.25
CLIPPER_PARTS = 64  # pyclipper computes with integers: parts of a pixel


def expand_outlines(outlines: Sequence[NDArray], distances: Sequence[float]) -> list[Points]:
    """Outer boundary of each outline's region, widened by a disc.

    Args:
        outlines: N arrays (K, 2), K >= 3, in either direction.
        distances: N radii of the discs, in pixels, at least 0.

    Returns:
        N arrays (M, 2), clockwise on the screen (y down), not rounded to pixels. Where a region closes to a ring while
        it grows, its hole is filled; of an outline that crosses itself and falls apart, the largest part is returned.
    """
    curves = _offset_curves(outlines, distances)
    return [_clipped(outline, distance) if curve is None else curve
            for curve, outline, distance in zip(curves, outlines, distances, strict=True)]


def _clipped(outline: NDArray, distance: float) -> Points:
    # Half of it, since Clipper rounds the number of chords of an arc down, and leaves the rest to the last one.
    clipper = pyclipper.PyclipperOffset(arc_tolerance=ARC_TOLERANCE / 2 * CLIPPER_PARTS)
    clipper.AddPath((outline * CLIPPER_PARTS).tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    paths = clipper.Execute(distance * CLIPPER_PARTS)
    if not paths:  # it has no area, and nothing to grow by
        return outline.astype(np.float32)
    # The area of a hole is negative, and an outline is larger than its holes.
    path = paths[0] if len(paths) == 1 else max(paths, key=pyclipper.Area)
    return np.array(path, dtype=np.float32) / np.float32(CLIPPER_PARTS)


def _offset_curves(outlines: Sequence[NDArray], distances: Sequence[float]) -> list[Points | None]:
    """The offset of each outline for which no clipping is needed, and None for each other."""
    curves: list[Points | None] = [None] * len(outlines)
    if not outlines:
        return curves
    corners = _corners(outlines, distances)
    fitting = np.flatnonzero(_edges_long_enough(corners)).tolist()
    if not fitting:
        return curves
    if len(fitting) < len(outlines):
        corners = _corners([outlines[i] for i in fitting], [distances[i] for i in fitting])
    moved, counts = _moved_outwards(corners)
    parts = np.split(moved.view(np.float64).reshape(-1, 2).astype(np.float32), np.cumsum(counts)[:-1])
    for index, curve, simple in zip(fitting, parts, _are_simple(moved, counts), strict=True):
        curves[index] = curve if simple else None
    return curves


class _Corners(NamedTuple):
    """The points of closed outlines, each outline clockwise on the screen."""

    points: NDArray[np.complex128]  # (P,)
    starts: Ints  # (N,), index of the first point of each outline
    following: Ints  # (P,), index of the next point around the outline
    lengths: Floats  # (P,), of the edge to the next point
    normals: NDArray[np.complex128]  # (P,), outwards, of the edge from the point before
    turns: Floats  # (P,), angle from the edge before to the edge after; positive where convex
    radii: Floats  # (P,), distance to grow by


def _corners(outlines: Sequence[NDArray], distances: Sequence[float]) -> _Corners:
    counts = np.array([len(outline) for outline in outlines])
    ends = np.cumsum(counts)
    starts = ends - counts
    owners = np.repeat(np.arange(len(outlines)), counts)
    indices = np.arange(ends[-1])
    previous, following = indices - 1, indices + 1
    previous[starts], following[ends - 1] = ends - 1, starts
    points = np.concatenate(outlines).astype(np.float64).view(np.complex128)[:, 0]
    anticlockwise = np.add.reduceat((points.conj() * points[following]).imag, starts) < 0  # twice the signed areas
    points = np.where(anticlockwise[owners], points[(starts + ends - 1)[owners] - indices], points)
    edges = points[following] - points
    lengths = np.abs(edges)
    directions = edges / np.where(lengths > 0, lengths, 1)
    turns = np.angle(directions * directions[previous].conj())
    radii = np.asarray(distances, dtype=np.float64)[owners]
    return _Corners(points, starts, following, lengths, -1j * directions[previous], turns, radii)


def _edges_long_enough(corners: _Corners) -> NDArray[np.bool_]:
    """(N,), whether the inward turns of an outline leave something of each of its edges once they are moved out."""
    used = np.where(corners.turns < 0, corners.radii * np.tan(-corners.turns / 2), 0)
    enough = (corners.lengths > 0) & (corners.lengths >= used + used[corners.following])
    return np.logical_and.reduceat(enough, corners.starts)


def _moved_outwards(corners: _Corners) -> tuple[NDArray[np.complex128], Ints]:
    """Points of the curves, end to end, and their number for each: arcs at convex corners, mitres at the others."""
    flattest = 2 * np.arccos(1 - np.minimum(ARC_TOLERANCE / np.maximum(corners.radii, ARC_TOLERANCE), 1))
    convex = corners.turns > 0
    chords = np.where(convex, np.ceil(corners.turns / flattest), 0).astype(np.int64)
    owners = np.repeat(np.arange(len(chords)), chords + 1)
    nth = np.arange(len(owners)) - np.repeat(np.cumsum(chords + 1) - chords - 1, chords + 1)
    # A mitre is half way through the turn, and further out.
    part = np.where(convex[owners], nth / np.maximum(chords, 1)[owners], 0.5)
    reach = np.where(convex, corners.radii, corners.radii / np.cos(corners.turns / 2))
    arms = (corners.normals * reach)[owners] * np.exp(1j * corners.turns[owners] * part)
    return corners.points[owners] + arms, np.add.reduceat(chords + 1, corners.starts)


def _are_simple(curves: NDArray[np.complex128], counts: Ints) -> NDArray[np.bool_]:
    """(N,), whether each curve, of so many points, encloses an area and neither crosses nor touches itself."""
    owners = np.repeat(np.arange(len(counts)), counts)
    return shapely.is_valid(shapely.polygons(shapely.linearrings(curves.real, curves.imag, indices=owners)))
