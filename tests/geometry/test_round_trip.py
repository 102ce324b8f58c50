"""Labels and boxes agree: a text that becomes a perfect label map comes back as good as with the official kernels."""

import cv2
import numpy as np
import pyclipper
import pytest
import shapely

from dbnetpp_plugin.geometry.contours import text_regions
from dbnetpp_plugin.geometry.label_maps import label_maps

RATIO, UNCLIP = 0.4, 1.5
HEIGHTS = [9, 16, 24, 48]
TOLERANCE = 0.01  # of the mean IoU
TEXTS = 60
POSTPROCESS = {'quad': {}, 'poly': {'epsilon_ratio': 0.002}}


def straight_text(height, rng):
    """Rectangle (4, 2) at any angle."""
    x, y = height * rng.uniform(4, 6) / 2, height / 2
    return turned(np.array([[-x, -y], [x, -y], [x, y], [-x, y]]), rng)


def curved_text(height, rng):
    """Part of a ring (14, 2), bent by 45 to 145 degrees."""
    bend = rng.uniform(np.pi / 4, 0.8 * np.pi)
    radius = height * rng.uniform(4, 6) / bend
    angle = np.linspace(-bend / 2, bend / 2, 7)
    arc = np.stack([np.sin(angle), -np.cos(angle)], axis=1)
    return turned(np.concatenate([arc * (radius + height / 2), arc[::-1] * (radius - height / 2)]), rng)


def turned(points, rng):
    """Turn by any angle and move so that the text is 10 to 11 px from the upper and the left border."""
    angle = rng.uniform(0, 2 * np.pi)
    moved = points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return moved - moved.min(axis=0) + 10 + rng.uniform(0, 1, 2)


MAKE = {'quad': straight_text, 'poly': curved_text}


def texts_of(shape_type, height):
    rng = np.random.default_rng(height)
    return [MAKE[shape_type](height, rng) for _ in range(TEXTS)]


def image_shape(points):
    width, height = np.ceil(points.max(axis=0)).astype(int) + 10
    return int(height), int(width)


def own_kernel(points):
    return label_maps([points], [False], image_shape(points)).shrink_map


def official_kernel(points, scale):
    """Kernel by the official code's steps: shrink, round to whole pixels, fill.

    At scale 1, as there, the polygon itself is rounded to whole pixels, too; at a large scale only its kernel is.
    """
    clipper = pyclipper.PyclipperOffset(arc_tolerance=0.25 * scale)
    clipper.AddPath(np.rint(points * scale).astype(int).tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    kernel = np.zeros(image_shape(points), np.uint8)
    for ring in clipper.Execute(-shrink_distance(shapely.Polygon(points)) * scale):
        cv2.fillPoly(kernel, [np.rint(np.array(ring) / scale).astype(np.int32)], 1)
    return kernel


def shrink_distance(polygon):
    return polygon.area * (1 - RATIO**2) / polygon.length


def exact_round_trip(points):
    """IoU of a text with itself shrunk and grown without any pixels: what the two ratios allow."""
    text = shapely.Polygon(points)
    kernel = text.buffer(-shrink_distance(text))
    return iou(text, kernel.buffer(kernel.area * UNCLIP / kernel.length))


def round_trip(points, kernel, shape_type, is_blurred):
    """IoU of a text with the best region found in its kernel."""
    probability = kernel.astype(np.float32)
    if is_blurred:
        probability = cv2.GaussianBlur(probability, (0, 0), 1)
    regions = text_regions(probability, shape_type, mask_thr=0.3, unclip_ratio=UNCLIP, **POSTPROCESS[shape_type])
    return max((iou(shapely.Polygon(points), shapely.Polygon(found)) for found in regions.polygons), default=0)


def iou(one, other):
    return one.intersection(other).area / one.union(other).area


def mean_iou(texts, kernels, shape_type, is_blurred):
    trips = zip(texts, kernels, strict=True)
    return np.mean([round_trip(points, kernel, shape_type, is_blurred) for points, kernel in trips])


@pytest.mark.parametrize('scale', [1, 1024], ids=['whole pixels', 'exact polygons'])
@pytest.mark.parametrize('is_blurred', [False, True], ids=['crisp', 'blurred'])
@pytest.mark.parametrize('height', HEIGHTS)
@pytest.mark.parametrize('shape_type', MAKE)
def test_as_good_as_the_official_kernels(shape_type, height, is_blurred, scale):
    texts = texts_of(shape_type, height)
    own = mean_iou(texts, [own_kernel(points) for points in texts], shape_type, is_blurred)
    official = mean_iou(texts, [official_kernel(points, scale) for points in texts], shape_type, is_blurred)
    assert own >= official - TOLERANCE


@pytest.mark.parametrize('height', HEIGHTS)
@pytest.mark.parametrize('shape_type', MAKE)
def test_pixels_lose_little(shape_type, height):
    texts = texts_of(shape_type, height)
    own = mean_iou(texts, [own_kernel(points) for points in texts], shape_type, is_blurred=False)
    # A simplified outline is a little askew, which costs large quads 0.02.
    assert own >= np.mean([exact_round_trip(points) for points in texts]) - 0.03


def test_contour_of_a_kernel_is_the_shrunk_polygon():
    # 40 x 20, so that D = 5.6 and the polygon shrunk by D is 28.8 x 8.8. The contour runs through pixel centres: it
    # is a whole number of pixels wide and high, and right on average over all sub-pixel offsets.
    sizes = []
    for offset in (np.arange(20) + 0.5) / 20:
        box = np.array([[4, 4], [44, 4], [44, 24], [4, 24]]) + offset
        (contour,), _ = cv2.findContours(own_kernel(box), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        sizes.append(np.ptp(contour[:, 0], axis=0))
    np.testing.assert_allclose(np.mean(sizes, axis=0), [28.8, 8.8])
    assert np.ptp(sizes, axis=0).tolist() == [1, 1]
