"""Pages of PDF files as images."""

import builtins

import numpy as np
import pytest
from PIL import Image

from dbnetpp_plugin.apis import list_images, read_image
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.sources import load_images

pytest.importorskip('pypdfium2')
COLORS = ((255, 0, 0), (0, 0, 255))  # RGB


@pytest.fixture
def document(tmp_path):
    """Two pages of 1 x 0.5 inches."""
    first, second = (Image.new('RGB', (72, 36), color) for color in COLORS)
    first.save(tmp_path / 'two.pdf', save_all=True, append_images=[second], resolution=72)
    return tmp_path / 'two.pdf'


def test_pages_have_paths_of_their_own(document):
    pages = list_images(document)
    assert [str(page) for page in pages] == [f'{document}#page=1', f'{document}#page=2']
    for page, color in zip(pages, COLORS, strict=True):
        image = read_image(page)
        assert (image.shape, image.dtype) == ((100, 200, 3), np.uint8)
        np.testing.assert_allclose(image[50, 100], color[::-1], atol=3)
        assert list_images(page) == [page]


def test_in_memory(document):
    pages = list(load_images([document.read_bytes()]))
    assert [name for name, _ in pages] == [0, 1]
    with open(document, 'rb') as file:
        np.testing.assert_array_equal(next(load_images(file))[1], pages[0][1])


def test_a_folder_does_not_stand_for_its_documents(document):
    with pytest.raises(FileNotFoundError, match='holds no image file'):
        list_images(document.parent)


def test_broken(document):
    with pytest.raises(BrokenImageError, match=r'^PDF file .*two\.pdf#page=3 has 2 pages$'):
        read_image(f'{document}#page=3')
    document.write_bytes(b'%PDF-1.4 nothing')
    with pytest.raises(BrokenImageError, match=r'^PDF file .*two\.pdf cannot be read: '):
        list_images(document)


def test_without_the_package(document, monkeypatch):
    original = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == 'pypdfium2':
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, '__import__', refuse)
    with pytest.raises(ImportError, match=r'two\.pdf is a PDF file, which pypdfium2 reads: pip install pypdfium2$'):
        list_images(document)
