"""What preparing says of outlines that do not lie on their image."""

import numpy as np
import pytest
from prepare_samples import save_image

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance
from dbnetpp_plugin.datasets.preparers.custom import Source, prepare
from dbnetpp_plugin.datasets.preparers.fit import Fit

WIDTH, HEIGHT = 400, 200


def words(rng, count=4):
    """Quadrangles all over an image, (count, 4, 2)."""
    x, y = rng.uniform(150, 320, count), rng.uniform(20, 170, count)
    x[0], y[0] = 320, 170
    return np.stack([np.stack([x, y], 1) + offset for offset in ((0, 0), (70, 0), (70, 20), (0, 20))], 1)


def said(change, images=12, size=(WIDTH, HEIGHT)):
    rng, fit = np.random.default_rng(0), Fit()
    for number in range(images):
        instances = [make_instance(polygon.ravel()) for polygon in change(words(rng))]
        fit.add(make_entry(f'{number}.jpg', *size, instances), f'{number}.jpg')
    return list(fit.sentences())


def test_nothing_to_say():
    assert said(lambda p: p) == []
    assert said(lambda p: p + np.array((0, 12))) == []  # a little beyond the border
    assert said(lambda p: p[:0]) == []


@pytest.mark.parametrize(('change', 'expected'), [
    (lambda p: p / (WIDTH, HEIGHT), '48 of 48 texts (100%) lie within the first pixel of their image, which looks like '
                                    'normalised coordinates'),
    (lambda p: p[..., ::-1], 'which looks like x and y exchanged (in 12 of 12 such images)'),
    (lambda p: p * 2.5, 'which looks like outlines of images of another size (in 11 of 12 such images)'),
    (lambda p: p * 10, '48 of 48 texts (100%) lie outside of their image, which looks like outlines of images of'),
    (lambda p: p * 0.5, 'all 48 texts in 12 images lie in the upper left, within 49% of width and height, which looks '
                        'like annotations of smaller images'),
    (lambda p: p * 100 / (WIDTH, HEIGHT), 'which looks like coordinates from 0 to 100 for any width and height'),
    (lambda p: np.concatenate([p[:-1], p[-1:] + np.array((5000, 0))]),
     '12 of 48 texts (25%) lie outside of their image, which looks like single outlines gone astray'),
    (lambda p: p - (0, 400), '48 of 48 texts (100%) lie outside of their image'),
])
def test_what_it_looks_like(change, expected):
    sentence, = said(change)
    assert expected in sentence
    assert '0.jpg' in sentence or 'upper left' in sentence


def test_two_corners_taken_for_corner_and_size():
    def corners(p):
        (x0, y0), (x1, y1) = np.moveaxis(p[:, [0, 2]], 0, -1)
        return np.moveaxis(np.array([(x0, y0), (x0 + x1, y0), (x0 + x1, y0 + y1), (x0, y0 + y1)]), -1, 0)
    sentence, = said(corners)
    assert 'which looks like boxes of two corners read as corner, width and height' in sentence


def test_few_images_say_nothing_about_a_corner():
    assert said(lambda p: p * 0.5, images=9) == []


@pytest.mark.parametrize(('line', 'expected'), [
    ('0.1,0.1,0.6,0.1,0.6,0.3,0.1,0.3,a', 'train: 1 of 2 texts (50%) lie within the first pixel of their image'),
    ('900,10,1000,10,1000,30,900,30,a', 'train: 1 of 2 texts (50%) lie outside of their image'),
    ('-900,10,-800,10,-800,30,-900,30,###', 'train: 1 of 2 texts (50%) lie outside of their image'),
])
def test_preparing_says_so_and_changes_nothing(tmp_path, log, line, expected):
    save_image(tmp_path / 'a.jpg', (200, 100))
    (tmp_path / 'a.txt').write_text(f'10,10,90,10,90,40,10,40,b\n{line}')
    assert prepare(Source(tmp_path), tmp_path / 'out', 'icdar', test_share=0)['train'].instances == 2
    warning, = (message for message in log if 'WARNING' in message)
    assert expected in warning
    assert 'a.jpg instance 1' in warning
