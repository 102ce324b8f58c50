"""ICDAR 2017 MLT: lines of x1,y1,...,x4,y4,script,transcription."""

import pytest
from prepare_samples import save_image, save_text

from dbnetpp_plugin.annotations.mmocr_json import read_annotations, validate_annotations
from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.icdar2017_mlt import parse, prepare

LINE = '131,34,181,34,179,47,131,49,Latin,Castle\r\n'


def test_lines(tmp_path):
    lines = [
        '\ufeff131,34,181,34,179,47,131,49,Latin,Castle', '1,2,3,4,5,6,7,8,Arabic,متحف', '1,2,3,4,5,6,7,8,None,###',
        '1,2,3,4,5,6,7,8,Latin,###', '1,2,3,4,5,6,7,8,Symbols,a,b', '1,2,3,4,5,6,7,8,Latin,', '']
    instances = parse(save_text(tmp_path / 'gt_img_1.txt', '\r\n'.join(lines)))
    assert [instance['text'] for instance in instances] == ['Castle', 'متحف', '###', '###', 'a,b', '']
    assert [instance['script'] for instance in instances] == ['Latin', 'Arabic', 'None', 'Latin', 'Symbols', 'Latin']
    assert [instance['ignore'] for instance in instances] == [False, False, True, True, False, False]
    assert instances[0]['polygon'] == [131, 34, 181, 34, 179, 47, 131, 49]


@pytest.mark.parametrize('line', ['1,2,3,4,5,6,7,8,Latin', '1,2,3,4,5,6,7,x,Latin,text', '1,2,3,4,5,6,7,8'])
def test_wrong_line_is_named(tmp_path, line):
    file = save_text(tmp_path / 'gt_img_1.txt', LINE + line)
    with pytest.raises(ValueError, match=rf'gt_img_1\.txt, line 2: expected x1,y1.*script,transcription, got {line!r}'):
        parse(file)


def raw(root, part, name, lines):
    save_image(root / f'ch8_{part}_images' / name, (200, 60))
    stem = name.partition('.')[0]
    save_text(root / f'ch8_{part}_localization_transcription_gt_v2' / f'gt_{stem}.txt', lines)


def images_of(out, name):
    data = read_annotations(out / f'textdet_{name}.json')
    assert validate_annotations(data, name) == []
    return [entry['img_path'] for entry in data['data_list']]


def test_training_and_validation_images_are_joined(tmp_path, log):
    raw(tmp_path, 'training', 'img_1.jpg', LINE * 2)
    raw(tmp_path, 'training', 'img_2.png', '')
    raw(tmp_path, 'validation', 'img_1.jpg', LINE + '1,2,3,4,5,6,7,8,None,###')
    out = tmp_path / 'out'
    assert prepare(tmp_path, out) == {
        'train': Summary(3, 4, 1), 'train_only': Summary(2, 2, 0), 'val': Summary(1, 2, 1)}
    train = ['textdet_imgs/train/img_1.jpg', 'textdet_imgs/train/img_2.png']
    assert images_of(out, 'train') == [*train, 'textdet_imgs/val/img_1.jpg']
    assert images_of(out, 'train_only') == train
    assert images_of(out, 'val') == ['textdet_imgs/val/img_1.jpg']
    assert all((out / image).is_file() for image in images_of(out, 'train'))
    assert [line for line in log if 'WARNING' in line] == [
        f'WARNING: {name} images, officially {official}'
        for name, official in (('train: 3', 9000), ('train_only: 2', 7200), ('val: 1', 1800))]
    script = read_annotations(out / 'textdet_val.json')['data_list'][0]['instances'][1]['script']
    assert script == 'None'


def test_validation_images_are_missing(tmp_path, log):
    raw(tmp_path, 'training', 'img_1.jpg', LINE)
    assert set(prepare(tmp_path, tmp_path / 'out')) == {'train', 'train_only'}
    assert log[0] == f'WARNING: no val split: {tmp_path} has none of the folders ch8_validation_images'
    assert 'WARNING: train: 1 images, officially 9000' in log
