"""Headers of image files."""

import pytest
from PIL import Image
from prepare_samples import save_image

from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.header import Header, read_header
from dbnetpp_plugin.images.loading import read_image


@pytest.mark.parametrize(('orientation', 'shown'), [(1, (7, 5)), (4, (7, 5)), (5, (5, 7)), (8, (5, 7))])
def test_size_as_shown(orientation, shown):
    header = Header(7, 5, orientation)
    assert (header.stored_size, header.shown_size) == ((7, 5), shown)


def test_orientation_without_meaning_is_upright(tmp_path):
    save_image(tmp_path / 'a.jpg', orientation=9)
    assert read_header(tmp_path / 'a.jpg').orientation == 1


@pytest.mark.parametrize('content', [b'', b'no image', b'\x89PNG\r\n\x1a\n\x00\x00'])
def test_file_that_is_no_image(tmp_path, content):
    (tmp_path / 'a.png').write_bytes(content)
    with pytest.raises(BrokenImageError, match=r'^image file \S+a\.png of \d+ bytes is not an image that can be read$'):
        read_header(tmp_path / 'a.png')


def test_image_that_is_missing(tmp_path):
    with pytest.raises(BrokenImageError, match=r'^image file \S+a\.png is missing$'):
        read_header(tmp_path / 'a.png')


@pytest.mark.parametrize('orientation', [1, 3, 6])
def test_the_orientation_of_tiff_is_part_of_the_format(tmp_path, orientation):
    """Decoders apply it, so that nothing is left to be turned, and the size is that of what they give."""
    save_image(tmp_path / 'a.tif', (20, 10), orientation)
    header = read_header(tmp_path / 'a.tif')
    height, width = read_image(tmp_path / 'a.tif').shape[:2]
    assert (header.orientation, header.stored_size) == (1, (width, height))


def test_damaged_orientation_is_upright(tmp_path):
    Image.new('RGB', (4, 3)).save(tmp_path / 'a.jpg', exif=b'Exif\0\0II*\0\x08\0\0\0\xff\xff')
    assert read_header(tmp_path / 'a.jpg')[:3] == (4, 3, 1)
