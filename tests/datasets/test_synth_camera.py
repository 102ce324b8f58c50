"""Light, blur, noise and compression."""

from dataclasses import replace

import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth import PLAIN, RICH
from dbnetpp_plugin.datasets.synth.camera import (
    LIGHT,
    Camera,
    disc_kernel,
    gaussian_kernel,
    photographed,
    random_blur,
    random_camera,
    random_curve,
    random_light,
    streak_kernel,
)

SIZE = (320, 240)
EVEN = np.full((2, 2, 3), LIGHT, np.uint8)


@pytest.fixture
def scene():
    image = np.random.default_rng(0).integers(0, 256, (*SIZE[::-1], 3), np.uint8)
    image.flags.writeable = False
    return image


def variance(kernel, angle=0.0):
    """Variance of a point's picture along a direction."""
    full = kernel @ kernel.T if kernel.shape[1] == 1 else kernel
    y, x = np.mgrid[:full.shape[0], :full.shape[1]] - (full.shape[0] - 1) / 2
    return float((full * (x * np.cos(angle) + y * np.sin(angle)) ** 2).sum())


@pytest.mark.parametrize(('kernel', 'expected'), [
    (gaussian_kernel(0.9), 0.9 ** 2),
    (gaussian_kernel(2.0), 2.0 ** 2),
    (disc_kernel(2.5), 2.5 ** 2 / 4),  # a disc's variance along a line
    (disc_kernel(3.0), 3.0 ** 2 / 4),
    (streak_kernel(9.0, 0.0), 9.0 ** 2 / 12),  # a segment's
])
def test_kernels_are_as_wide_as_they_should_be(kernel, expected):
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    assert variance(kernel) == pytest.approx(expected, rel=0.25)


def test_streak_has_a_direction():
    streak = streak_kernel(9.0, np.pi / 2)
    assert variance(streak, np.pi / 2) > 10 * variance(streak, 0.0)


def test_camera_that_does_nothing(scene):
    np.testing.assert_array_equal(photographed(np.random.default_rng(0), scene, Camera(EVEN)), scene)


def test_light_by_hand():
    image = np.full((4, 6, 3), 100, np.uint8)
    light = np.full((1, 1, 3), LIGHT, np.uint8) * np.array([0.5, 1.0, 1.5])
    lit = photographed(np.random.default_rng(0), image, Camera(light.astype(np.uint8)))
    assert (lit == [50, 100, 150]).all()


def test_curve_is_looked_up(scene):
    inverted = photographed(np.random.default_rng(0), scene, Camera(EVEN, curve=np.arange(256, dtype=np.uint8)[::-1]))
    np.testing.assert_array_equal(inverted, 255 - scene)


@pytest.mark.parametrize('changes', [
    {'kernel': gaussian_kernel(1.0)}, {'kernel': disc_kernel(2.0)}, {'scale': 0.5}, {'noise': 5.0}, {'quality': 20},
])
def test_each_part_of_a_camera_has_an_effect(scene, changes):
    seen = photographed(np.random.default_rng(0), scene, replace(Camera(EVEN), **changes))
    assert (seen.shape, seen.dtype) == (scene.shape, np.uint8)
    assert (seen != scene).mean() > 0.5


def test_curves_never_fall():
    for seed in range(20):
        curve = random_curve(np.random.default_rng(seed))
        assert (curve.shape, curve.dtype) == ((256,), np.uint8)
        assert (np.diff(curve.astype(int)) >= 0).all()


def test_light_has_a_colour_only_when_toned():
    plain, toned = (random_light(np.random.default_rng(0), SIZE, toned).astype(int) for toned in (False, True))
    assert plain.shape == (60, 80, 3)
    assert np.ptp(plain, axis=2).max() == 0
    assert np.ptp(toned, axis=2).max() > 0


def test_shadows_have_edges():
    def steepest(seed, shaded):
        light = random_light(np.random.default_rng(seed), SIZE, shaded=shaded)
        return np.abs(np.diff(light.astype(int), axis=1)).max()

    assert max(steepest(seed, False) for seed in range(20)) < 6
    assert np.median([steepest(seed, True) for seed in range(20)]) > 6


def test_blur_says_how_strong_it_is():
    kinds = set()
    for seed in range(60):
        kernel, blur, scale = random_blur(np.random.default_rng(seed))
        kinds.add((kernel is None, scale < 1))
        assert 0.3 < blur < 3.0
        if kernel is not None:
            largest = max(variance(kernel, angle) for angle in np.linspace(0, np.pi, 20))
            assert largest ** 0.5 == pytest.approx(blur, abs=0.4)  # Drawn lines have soft ends.
    assert kinds == {(False, False), (True, True)}


@pytest.mark.parametrize(('option', 'seen'), [
    ('compressed', lambda camera: camera.quality is not None),
    ('toned', lambda camera: camera.curve is not None),
    ('blurred', lambda camera: camera.blur > 1.1 or camera.scale < 1),
])
def test_shares_of_the_options(option, seen):
    cameras = [[random_camera(np.random.default_rng(seed), SIZE, replace(RICH, **{option: share}))
                for seed in range(40)] for share in (0.0, 1.0)]
    assert not any(map(seen, cameras[0]))
    assert sum(map(seen, cameras[1])) > 20


def test_plain_pages_are_neither_compressed_nor_toned():
    cameras = [random_camera(np.random.default_rng(seed), SIZE, PLAIN) for seed in range(40)]
    assert all((camera.quality, camera.curve, camera.scale) == (None, None, 1.0) for camera in cameras)
    assert 5 < sum(camera.kernel is not None for camera in cameras) < 35
