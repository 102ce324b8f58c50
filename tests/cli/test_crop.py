"""The command line that cuts words out."""

import cv2
import numpy as np
import pytest

from dbnetpp import command
from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations

main = command('crop')


def test_crops_and_counts(tmp_path, capsys):
    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((50, 90, 3), np.uint8))
    (tmp_path / 'b.png').write_bytes(b'broken')
    word = make_instance([0, 0, 40, 0, 40, 10, 0, 10], text='word')
    entries = [make_entry(name, 90, 50, [word]) for name in ('a.png', 'b.png')]
    write_annotations(tmp_path / 'textdet_train.json', entries)
    assert main(['--ann', str(tmp_path / 'textdet_train.json'), '--root', str(tmp_path),
                 '--out', str(tmp_path / 'out')]) == 0
    warning, counts = capsys.readouterr().err.splitlines()
    assert 'b.png of 6 bytes' in warning
    assert counts == f'{tmp_path}/out: 1 words; left out: all words of 1 images that cannot be read'
    assert (tmp_path / 'out' / 'textrecog_train.json').is_file()
    assert (tmp_path / 'out' / 'textrecog_imgs' / 'train' / 'a_0.jpg').is_file()


def test_failure_is_one_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(['--ann', str(tmp_path / 'none.json'), '--root', str(tmp_path), '--out', str(tmp_path)])
    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert ': there is no annotation file' in error
    assert error.count('\n') == 1


def test_height_of_no_pixels(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(['--ann', 'a.json', '--root', '.', '--out', '.', '--max-side', '0'])
    assert stopped.value.code == 2
    assert '--max-side is a positive number of pixels, got 0' in capsys.readouterr().err
