"""Photographs to write on."""

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.datasets.synth.photographs import SKIMAGE_PHOTOGRAPHS, find_photographs


def test_photographs_of_scikit_image():
    found = find_photographs()
    for split, names in SKIMAGE_PHOTOGRAPHS.items():
        assert [path.name for path in found[split].paths] == list(names)
        assert all(image.ndim == 3 and image.dtype == np.uint8 for image in found[split])
    assert not set(found['train'].paths) & set(found['test'].paths)


def test_photographs_cannot_be_written_to():
    with pytest.raises(ValueError, match='read-only'):
        find_photographs()['train'][0][0] = 1


@pytest.mark.parametrize(('count', 'held_out'), [(2, 1), (5, 1), (6, 2), (11, 3)])
def test_one_in_five_of_a_folder_is_held_out(tmp_path, count, held_out):
    for i in range(count):
        cv2.imwrite(str(tmp_path / f'{i:02}.jpg'), np.full((9, 8, 3), i, np.uint8))
    (tmp_path / 'notes.txt').touch()
    found = find_photographs(tmp_path)
    assert (len(found['train']), len(found['test'])) == (count - held_out, held_out)
    assert len({*found['train'].paths, *found['test'].paths}) == count
    assert found['test'][0].shape == (9, 8, 3)


@pytest.mark.parametrize('count', [0, 1])
def test_folder_with_too_few(tmp_path, count):
    if count:
        cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((9, 8, 3), np.uint8))
    with pytest.raises(FileNotFoundError, match=f'{tmp_path} holds {count} .* at least 2'):
        find_photographs(tmp_path)


def test_broken_photograph_is_named(tmp_path):
    for name in ('a.jpg', 'b.jpg'):
        (tmp_path / name).write_bytes(b'broken')
    with pytest.raises(ValueError, match=r'a\.jpg cannot be read as an image'):
        find_photographs(tmp_path)['test'][0]
