"""ICDAR 2015: lines of x1,y1,...,x4,y4,transcription."""

import pytest

from dbnetpp_plugin.annotations.mmocr_json import read_annotations
from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.icdar2015 import parse, prepare
from dbnetpp_plugin.datasets.text_det_dataset import TextDetDataset


def write(tmp_path, content):
    file = tmp_path / 'gt_img_1.txt'
    file.write_bytes(content)
    return file


def test_lines(tmp_path):
    lines = [
        '\ufeff377,117,463,117,465,130,378,130,Genaxis Theatre', '1,2,3,4,5,6,7,8,###', '1,2,3,4,5,6,7,-8,a,b,,c ',
        '1,2,3,4,5,6,7,8,', '1,2,3,4,5,6,7,8, ###x', '']
    instances = parse(write(tmp_path, '\r\n'.join(lines).encode()))
    assert [instance['text'] for instance in instances] == ['Genaxis Theatre', '###', 'a,b,,c', '', '###x']
    assert [instance['ignore'] for instance in instances] == [False, True, False, False, False]
    assert instances[0]['polygon'] == [377, 117, 463, 117, 465, 130, 378, 130]
    assert instances[0]['bbox'] == [377, 117, 465, 130]
    assert instances[2]['polygon'][-1] == -8


def test_empty_file(tmp_path):
    assert parse(write(tmp_path, b'')) == []


@pytest.mark.parametrize('line', ['1,2,3,4,5,6,7,text', '1,2,3,4,5,6,7,8', '1,2,3,4,5,6,7,x,text', '1 2 3 4 5 6 7 8 t'])
def test_wrong_line_is_named(tmp_path, line):
    with pytest.raises(ValueError, match=rf'gt_img_1\.txt, line 2: expected x1,y1.*transcription, got {line!r}'):
        parse(write(tmp_path, f'1,2,3,4,5,6,7,8,good\r\n{line}'.encode()))


def test_real_training_images(real_data, tmp_path):
    source = real_data / 'icdar2015'
    count = ignored = 0
    for file in (source / 'ch4_training_localization_transcription_gt').iterdir():
        lines = file.read_bytes().removeprefix(b'\xef\xbb\xbf').split(b'\r\n')
        count += sum(bool(line) for line in lines)
        ignored += sum(line.endswith(b',###') for line in lines)
    images = len(list((source / 'ch4_training_images').iterdir()))
    prepared = prepare(source, tmp_path)
    assert prepared['train'] == Summary(images, count, ignored)
    assert prepared.get('test', Summary(500, 5230, 3153)) == Summary(500, 5230, 3153)  # what was published
    assert (images, count, ignored) == (800, 9589, 6046)
    first = read_annotations(tmp_path / 'textdet_train.json')['data_list'][0]
    assert (first['img_path'], first['width'], first['height']) == ('textdet_imgs/train/img_1.jpg', 1280, 720)
    dataset = TextDetDataset(data_root=str(tmp_path), ann_file='textdet_train.json', test_mode=True)
    assert len(dataset) == images
