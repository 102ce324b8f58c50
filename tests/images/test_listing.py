"""Finding and reading images."""

import numpy as np
import pytest
from bright_model import save
from PIL import Image

from dbnetpp_plugin.apis import list_images, read_image
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.sources import iterate_images


@pytest.fixture
def tree(tmp_path):
    for name in ('b.JPG', 'a.png', 'c.txt', 'deep/d.webp', 'deep/deeper/e.bmp', 'none/f.txt', '[1].png'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / 'folder.png').mkdir()
    return tmp_path


@pytest.mark.parametrize(('source', 'names'), [
    ('a.png', ['a.png']),
    ('c.txt', ['c.txt']),  # named on purpose, whatever its suffix
    ('[1].png', ['[1].png']),  # a file before a pattern
    ('.', ['[1].png', 'a.png', 'b.JPG']),
    ('deep', ['deep/d.webp']),
    ('*', ['[1].png', 'a.png', 'b.JPG']),
    ('[ab].*', ['a.png', 'b.JPG']),
    ('deep/**/*', ['deep/d.webp', 'deep/deeper/e.bmp']),
])
@pytest.mark.parametrize('several', [False, True])
def test_found(tree, source, names, several):
    source = str(tree / source)
    assert list_images([source] if several else source) == [tree / name for name in names]


def test_several_keep_their_order(tree):
    assert list_images([tree / 'b.JPG', str(tree / 'deep'), tree / 'a.png', tree / 'b.JPG']) == [
        tree / 'b.JPG', tree / 'deep/d.webp', tree / 'a.png', tree / 'b.JPG']


@pytest.mark.parametrize(('source', 'message'), [
    ('nowhere', 'there is no image file or folder .*nowhere$'),
    ('none', r'the folder .*none holds no image file \(\.jpg'),
    ('*.gif', r'the pattern .*\*\.gif matches no image file \(\.jpg'),
])
def test_not_found(tree, source, message):
    with pytest.raises(FileNotFoundError, match=message):
        list_images([tree / 'a.png', tree / source])


def test_iteration_reads_nothing_and_counts_on(tree):
    array = np.zeros((2, 2, 3), np.uint8)
    items = list(iterate_images([array, tree / 'deep', array]))
    assert [name for name, _ in items] == [0, str(tree / 'deep/d.webp'), 2]
    assert items[0][1] is array
    assert [name for name, _ in iterate_images(array)] == [0]


def coloured() -> np.ndarray:
    """BGR, each quarter of its own colour."""
    image = np.zeros((20, 30, 3), np.uint8)
    image[:10, :15], image[:10, 15:], image[10:, :15], image[10:, 15:] = (255, 0, 0), (0, 255, 0), (0, 0, 255), 90
    return image


@pytest.mark.parametrize('upright', [False, True])
def test_read(tmp_path, upright):
    image = read_image(save(coloured(), tmp_path / 'ä ö.png'), upright=upright)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, coloured())


@pytest.mark.parametrize('mode', ['L', 'P', 'RGBA', '1'])
def test_other_colours_become_bgr(tmp_path, mode):
    Image.new('RGB', (30, 20), (255, 255, 255)).convert(mode).save(tmp_path / 'white.png')
    for upright in (False, True):
        np.testing.assert_array_equal(read_image(tmp_path / 'white.png', upright=upright),
                                      np.full((20, 30, 3), 255, np.uint8))


def test_orientation(tmp_path):
    """EXIF orientation 6: to be turned by a quarter, clockwise."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(coloured()[..., ::-1]).save(tmp_path / 'turned.jpg', exif=exif, quality=100, subsampling=0)
    stored, upright = read_image(tmp_path / 'turned.jpg'), read_image(tmp_path / 'turned.jpg', upright=True)
    np.testing.assert_allclose(stored, coloured(), atol=12)
    np.testing.assert_array_equal(upright, np.rot90(stored, k=-1))


@pytest.mark.parametrize('upright', [False, True])
@pytest.mark.parametrize(('content', 'message'), [
    (None, 'is missing'), (b'', 'is empty'), (b'text', 'of 4 bytes is not an image that can be read'),
    ('cut', 'is truncated after 60 bytes'),
])
def test_unreadable(tmp_path, upright, content, message):
    path = tmp_path / 'x.png'
    if content is not None:
        path.write_bytes(save(coloured(), tmp_path / 'whole.png').read_bytes()[:60] if content == 'cut' else content)
    with pytest.raises(BrokenImageError, match=rf'^image file \S+x\.png {message}$'):
        read_image(path, upright=upright)
