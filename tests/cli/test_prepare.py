"""The command line that prepares data sets."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from dbnetpp import command
from dbnetpp_plugin.annotations.mmocr_json import read_annotations
from dbnetpp_plugin.datasets.preparers import PREPARERS

main = command('prepare')
LINE = '1,1,4,1,4,3,1,3,word'


def raw(folder, *names, gt=None, gt_name='gt_{}.txt'):
    (gt or folder).mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        cv2.imwrite(str(folder / f'{name}.jpg'), np.zeros((5, 6, 3), np.uint8))
        ((gt or folder) / gt_name.format(name)).write_text(LINE)


def images_of(out, split):
    entries = read_annotations(out / f'textdet_{split}.json')['data_list']
    return [Path(entry['img_path']).name for entry in entries]


def test_makes_what_the_configs_read(tmp_path):
    root = tmp_path / 'raw'
    raw(root / 'ch4_training_images', 'img_1', gt=root / 'ch4_training_localization_transcription_gt')
    main(['icdar2015', '--root', str(root), '--out', str(tmp_path / 'out')])
    assert images_of(tmp_path / 'out', 'train') == ['img_1.jpg']
    assert (tmp_path / 'out/textdet_imgs/train/img_1.jpg').is_file()


@pytest.mark.parametrize('name', sorted(PREPARERS))
def test_failure_is_one_sentence(tmp_path, capsys, name):
    with pytest.raises(SystemExit) as stopped:
        main([name, '--root', str(tmp_path / 'none'), '--out', str(tmp_path / 'out')])
    assert stopped.value.code == 1
    *messages, error = capsys.readouterr().err.splitlines()
    assert f': {tmp_path}/none holds no ' in error
    assert all(message.startswith('no ') for message in messages)  # which splits are missing


def test_unknown_data_set(capsys):
    with pytest.raises(SystemExit):
        main(['icdar1066', '--root', '.', '--out', '.'])
    assert 'icdar2015' in capsys.readouterr().err


def custom(tmp_path, *options):
    images, out = str(tmp_path / 'photos'), str(tmp_path / 'out')
    main(['custom', '--format', 'icdar', '--images', images, '--out', out, *options])


def test_custom(tmp_path):
    raw(tmp_path / 'photos', *'abcdefghij')
    custom(tmp_path, '--test-share', '0.3', '--seed', '1')
    drawn = images_of(tmp_path / 'out', 'test')
    assert len(drawn) == 3
    custom(tmp_path, '--test-share', '0.3', '--seed', '2')
    assert images_of(tmp_path / 'out', 'test') != drawn
    custom(tmp_path, '--test-share', '0.3', '--seed', '1')
    assert images_of(tmp_path / 'out', 'test') == drawn


@pytest.mark.parametrize(('points', 'count'), [('any', 5), ('5', 5), ('4', 4)])
def test_custom_number_of_points(tmp_path, capsys, points, count):
    raw(tmp_path / 'photos', 'a')
    (tmp_path / 'photos/gt_a.txt').write_text('1,1,4,1,4,3,2,3,1,3,word')
    with pytest.raises(SystemExit):
        custom(tmp_path, '--test-share', '0')
    assert 'gt_a.txt, line 1: the numbers after point 4 can be more points' in capsys.readouterr().err
    custom(tmp_path, '--test-share', '0', '--points', points)
    entry, = read_annotations(tmp_path / 'out/textdet_train.json')['data_list']
    assert len(entry['instances'][0]['polygon']) == 2 * count


@pytest.mark.parametrize('options', [['--points', '2'], ['--points', 'x'], ['--points', '4', '--format', 'coco']])
def test_custom_points_that_mean_nothing(tmp_path, capsys, options):
    raw(tmp_path / 'photos', 'a')
    with pytest.raises(SystemExit):
        custom(tmp_path, *options)
    assert '--points' in capsys.readouterr().err


def test_custom_with_folders_of_their_own(tmp_path):
    raw(tmp_path / 'photos', 'a', 'b', gt=tmp_path / 'gt')
    raw(tmp_path / 'more', 'c', gt=tmp_path / 'more_gt')
    custom(
        tmp_path, '--annotations', str(tmp_path / 'gt'), '--test-images', str(tmp_path / 'more'),
        '--test-annotations', str(tmp_path / 'more_gt'))
    assert images_of(tmp_path / 'out', 'train') == ['a.jpg', 'b.jpg']
    assert images_of(tmp_path / 'out', 'test') == ['c.jpg']


@pytest.mark.parametrize(('exif', 'size'), [('upright', (5, 6)), ('stored', (6, 5))])
def test_custom_photo_with_exif_orientation(tmp_path, exif, size):
    from PIL import Image
    raw(tmp_path / 'photos', 'a')
    tags = Image.Exif()
    tags[0x0112] = 6
    Image.new('RGB', (6, 5)).save(tmp_path / 'photos/a.jpg', exif=tags)
    custom(tmp_path, '--test-share', '0', '--exif', exif)
    entry, = read_annotations(tmp_path / 'out/textdet_train.json')['data_list']
    assert (entry['width'], entry['height']) == size


def test_custom_test_annotations_of_no_images(tmp_path, capsys):
    raw(tmp_path / 'photos', 'a', 'b')
    with pytest.raises(SystemExit):
        custom(tmp_path, '--test-annotations', str(tmp_path))
    assert '--test-annotations needs --test-images' in capsys.readouterr().err
