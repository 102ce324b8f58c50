"""CTW1500: XML for training, text for testing, 14 points each."""

import pytest
from prepare_samples import save_image, save_text

from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.ctw1500 import clockwise, parse, prepare

# Seven points along the top from left to right, and seven along the bottom back to the left.
TOP = [0, 10, 20, 8, 40, 6, 60, 5, 80, 6, 100, 8, 120, 10]
BOTTOM = [120, 30, 100, 28, 80, 26, 60, 25, 40, 26, 20, 28, 0, 30]
OUTLINE = ','.join(map(str, TOP + BOTTOM))
BOX = '<box height="25" left="0" top="5" width="120"><label>{}</label><segs>{}</segs><pts x="1" y="2" /></box>'


def xml(*boxes):
    return f'<Annotations>\n <image file="0001.jpg">\n  {"".join(boxes)}\n </image>\n</Annotations>\n'


def test_xml(tmp_path):
    boxes = [BOX.format(label, OUTLINE) for label in ('OLATHE', '###', 'Fish &amp; Chips', '')]
    instances = parse(save_text(tmp_path / '0001.xml', xml(*boxes)))
    assert [instance['text'] for instance in instances] == ['OLATHE', '###', 'Fish & Chips', '']
    assert [instance['ignore'] for instance in instances] == [False, True, False, False]
    assert instances[0]['polygon'] == TOP + BOTTOM
    assert instances[0]['bbox'] == [0, 5, 120, 30]


def test_xml_without_text(tmp_path):
    assert parse(save_text(tmp_path / '0001.xml', xml())) == []


@pytest.mark.parametrize('segs', ['1,2,3', OUTLINE + ',1', OUTLINE.replace('120', 'x'), ''])
def test_wrong_box_is_named(tmp_path, segs):
    file = save_text(tmp_path / '0001.xml', xml(BOX.format('a', OUTLINE), BOX.format('b', segs)))
    with pytest.raises(ValueError, match=r'0001\.xml, box 2: expected segs of x1,y1,...,x14,y14, got'):
        parse(file)


def test_broken_xml_is_named(tmp_path):
    file = save_text(tmp_path / '0001.xml', '<Annotations>\n<image></Annotations>')
    with pytest.raises(ValueError, match=r'0001\.xml is not XML: .* line 2, column'):
        parse(file)


def test_lines(tmp_path):
    texts = ['CARE', '####CARE', '###', '#######', 'a,b', '####', '##']
    instances = parse(save_text(tmp_path / '1001.txt', '\r\n'.join(f'{OUTLINE},{text}' for text in texts)))
    assert [instance['text'] for instance in instances] == ['CARE', 'CARE', '###', '###', 'a,b', '', '##']
    assert [instance['ignore'] for instance in instances] == [False, False, True, True, False, False, False]
    assert instances[0]['polygon'] == TOP + BOTTOM


@pytest.mark.parametrize('line', [OUTLINE, f'{OUTLINE},'.replace('120', 'x'), '1,2,3,4,text'])
def test_wrong_line_is_named(tmp_path, line):
    file = save_text(tmp_path / '1001.txt', f'{OUTLINE},a\n{line}')
    with pytest.raises(ValueError, match=r'1001\.txt, line 2: expected x1,y1,...,x14,y14,transcription, got'):
        parse(file)


def test_outline_that_begins_at_the_bottom_is_read_backwards():
    # Along the bottom from left to right, then along the top back to the left, as in the test images.
    from_bottom = [0, 30, 60, 25, 120, 30, 120, 10, 60, 5, 0, 10]
    assert clockwise(from_bottom) == [0, 10, 60, 5, 120, 10, 120, 30, 60, 25, 0, 30]
    assert clockwise(clockwise(from_bottom)) == clockwise(from_bottom)
    assert from_bottom[:2] == [0, 30]


def test_outline_without_area_stays():
    assert clockwise([0, 0, 2, 2, 1, 1]) == [0, 0, 2, 2, 1, 1]


@pytest.mark.parametrize('name', ['1001.txt', '0001001.txt'])
def test_layout(tmp_path, name):
    save_image(tmp_path / 'train_images/0001.jpg')
    save_text(tmp_path / 'ctw1500_train_labels/0001.xml', xml(BOX.format('a', OUTLINE)))
    save_image(tmp_path / 'test_images/1001.jpg')
    save_text(tmp_path / 'ctw1500_test_labels' / name, f'{OUTLINE},####a\n{OUTLINE},####\n')
    assert prepare(tmp_path, tmp_path / 'out') == {'train': Summary(1, 1, 0), 'test': Summary(1, 2, 0)}


def test_real_test_annotation(real_data):
    files = sorted((real_data / 'ctw1500/test_gt').iterdir())
    instances = [instance for file in files for instance in parse(file)]
    assert (len(files), len(instances)) == (500, 3068)
    assert sum(instance['ignore'] for instance in instances) == 0
    assert {len(instance['polygon']) for instance in instances} == {28}
    # The first line of 1001.txt goes along the bottom first: 48,84,61,79,...,59,67,45,73,CARE.
    first = parse(real_data / 'ctw1500/test_gt/1001.txt')[0]
    assert first['text'] == 'CARE'
    assert first['polygon'][:4] == [45, 73, 59, 67]
    assert first['polygon'][-2:] == [48, 84]


def test_suffix_in_capitals(tmp_path):
    assert parse(save_text(tmp_path / '0001.XML', xml(BOX.format('a', OUTLINE))))[0]['text'] == 'a'
