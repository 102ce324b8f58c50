"""Images in their place, the same way up for every reader."""

import os

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from prepare_samples import save_image

from dbnetpp_plugin.datasets.preparers.images import find_images, place_image
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.header import Header, read_header


def turned(path):
    """The image as OpenCV shows it by default, following EXIF data."""
    return cv2.imread(str(path), cv2.IMREAD_COLOR)


def stored(path):
    return cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)


def place(source, target, upright=False):
    return place_image(source, target, read_header(source), upright)


def test_upright_image_is_linked(tmp_path):
    save_image(tmp_path / 'a.jpg')
    assert place(tmp_path / 'a.jpg', tmp_path / 'b.jpg') == tmp_path / 'b.jpg'
    assert (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')


def test_link_leads_to_the_file_behind_a_symbolic_link(tmp_path):
    save_image(tmp_path / 'a.jpg')
    (tmp_path / 'l.jpg').symlink_to('a.jpg')
    place(tmp_path / 'l.jpg', tmp_path / 'b.jpg')
    assert not (tmp_path / 'b.jpg').is_symlink()
    assert (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')


def test_image_is_copied_where_no_link_can_be(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError('cross-device link')
    monkeypatch.setattr(os, 'link', refuse)
    save_image(tmp_path / 'a.jpg')
    place(tmp_path / 'a.jpg', tmp_path / 'b.jpg')
    assert not (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')
    assert (tmp_path / 'b.jpg').read_bytes() == (tmp_path / 'a.jpg').read_bytes()


def test_placing_again_replaces(tmp_path):
    save_image(tmp_path / 'a.jpg')
    (tmp_path / 'b.jpg').write_text('old')
    for _ in range(2):
        place(tmp_path / 'a.jpg', tmp_path / 'b.jpg')
    assert (tmp_path / 'b.jpg').samefile(tmp_path / 'a.jpg')
    assert sorted(os.listdir(tmp_path)) == ['a.jpg', 'b.jpg']


@pytest.mark.parametrize('orientation', [3, 6, 8])
def test_pixels_stay_as_they_are_stored(tmp_path, orientation):
    save_image(tmp_path / 'a.jpg', (20, 10), orientation)
    before = (tmp_path / 'a.jpg').read_bytes()
    assert read_header(tmp_path / 'a.jpg') == Header(20, 10, orientation, 'JPEG')
    assert not np.array_equal(turned(tmp_path / 'a.jpg'), stored(tmp_path / 'a.jpg'))
    place(tmp_path / 'a.jpg', tmp_path / 'b.jpg')
    assert read_header(tmp_path / 'b.jpg') == Header(20, 10, 1, 'JPEG')
    np.testing.assert_array_equal(turned(tmp_path / 'b.jpg'), stored(tmp_path / 'a.jpg'))
    assert (tmp_path / 'a.jpg').read_bytes() == before


@pytest.mark.parametrize(('orientation', 'size'), [(3, (20, 10)), (6, (10, 20)), (8, (10, 20))])
def test_pixels_are_turned_as_exif_asks(tmp_path, orientation, size):
    save_image(tmp_path / 'a.jpg', (20, 10), orientation)
    header = read_header(tmp_path / 'a.jpg')
    assert header.shown_size == size
    assert place(tmp_path / 'a.jpg', tmp_path / 'b.jpg', upright=True) == tmp_path / 'b.jpg'
    assert read_header(tmp_path / 'b.jpg') == Header(*size, 1, 'JPEG')
    difference = stored(tmp_path / 'b.jpg').astype(int) - turned(tmp_path / 'a.jpg')
    # Encoded anew: not the same pixels, but far from those of any other way up.
    assert np.abs(difference).mean() < 3
    other = cv2.rotate(stored(tmp_path / 'b.jpg'), cv2.ROTATE_180).astype(int) - turned(tmp_path / 'a.jpg')
    assert np.abs(other).mean() > 30


@pytest.mark.parametrize('upright', [False, True])
def test_turned_image_of_another_format_becomes_png(tmp_path, upright):
    save_image(tmp_path / 'a.webp', (20, 10), 6, lossless=True)
    with Image.open(tmp_path / 'a.webp') as image:
        expected = np.array(ImageOps.exif_transpose(image) if upright else image)
    path = place(tmp_path / 'a.webp', tmp_path / 'b.webp', upright)
    assert path == tmp_path / 'b.webp.png'
    np.testing.assert_array_equal(turned(path)[:, :, ::-1], expected)


def test_gif_becomes_png(tmp_path):
    save_image(tmp_path / 'a.gif')
    with Image.open(tmp_path / 'a.gif') as image:
        expected = np.array(image.convert('RGB'))
    path = place(tmp_path / 'a.gif', tmp_path / 'a_copy.gif')
    assert path == tmp_path / 'a_copy.gif.png'
    np.testing.assert_array_equal(stored(path)[:, :, ::-1], expected)


def test_broken_gif_is_named_and_leaves_nothing(tmp_path):
    save_image(tmp_path / 'a.gif')
    (tmp_path / 'a.gif').write_bytes((tmp_path / 'a.gif').read_bytes()[:-200])
    with pytest.raises(BrokenImageError, match=r'a\.gif of \d+ bytes cannot be decoded'):
        place(tmp_path / 'a.gif', tmp_path / 'b.gif')
    assert os.listdir(tmp_path) == ['a.gif']


def test_images_are_found_by_suffix(tmp_path):
    for name in ('b.JPG', 'a.png', 'a.gt', 'Thumbs.db', 'c.jpeg', '._a.png', '.d.jpg'):
        (tmp_path / name).touch()
    assert {stem: path.name for stem, path in find_images(tmp_path).items()} == {
        'a': 'a.png', 'b': 'b.JPG', 'c': 'c.jpeg'}


def test_images_that_differ_in_suffix_only(tmp_path):
    for name in ('a.jpg', 'a.png'):
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=r'a\.jpg and a\.png differ in nothing but the suffix: rename one'):
        find_images(tmp_path)


@pytest.mark.parametrize('upright', [False, True])
@pytest.mark.parametrize('mode', ['RGB', 'L', 'RGBA'])
@pytest.mark.parametrize('orientation', range(2, 9))
def test_tiff_is_turned_once_for_every_reader(tmp_path, mode, orientation, upright):
    """Its orientation is part of the format: also what annotations take for the stored image has it."""
    picture = np.zeros((20, 30), np.uint8)
    picture[:8, :12] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(picture).convert(mode).save(tmp_path / 'a.tif', exif=exif)
    jpeg = Image.fromarray(picture)
    jpeg.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(jpeg))
    path = place(tmp_path / 'a.tif', tmp_path / 'b.tif', upright)
    assert read_header(tmp_path / 'a.tif').shown_size == expected.shape[::-1]
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(ImageOps.exif_transpose(image))[..., 0], expected)
    for flags in (turned, stored):
        np.testing.assert_array_equal(flags(path)[..., 0], expected)


def test_transparent_gif_is_placed_as_it_is_shown(tmp_path):
    Image.new('P', (8, 6), 0).save(tmp_path / 'a.gif', transparency=0)
    assert (stored(place(tmp_path / 'a.gif', tmp_path / 'b.gif')) == 255).all()
