"""Data sets of one's own, in four common formats."""

import json

import cv2
import numpy as np
import pytest
from prepare_samples import save_image, save_text

from dbnetpp_plugin.annotations.mmocr_json import read_annotations, validate_annotations
from dbnetpp_plugin.datasets.preparers import Summary
from dbnetpp_plugin.datasets.preparers.custom import FORMATS, Source, draw_split, prepare
from dbnetpp_plugin.datasets.preparers.custom.parts import Options, locate, rectangle, size_of
from dbnetpp_plugin.datasets.preparers.writing import Sample
from dbnetpp_plugin.datasets.text_det_dataset import TextDetDataset
from dbnetpp_plugin.evaluation.sources import load_ground_truths

QUAD = [[1, 2], [11, 2.5], [11, 8], [1, 8]]
FLAT = [1, 2, 11, 2.5, 11, 8, 1, 8]
BOX = [1, 2, 11, 2, 11, 8, 1, 8]
STORED = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


def read(file_format, images, annotations=None):
    return Source(images, annotations).read(file_format)


def texts_of(sample):
    return [(one['text'], one['ignore']) for one in sample.instances]


def save_json(path, value):
    return save_text(path, json.dumps(value, ensure_ascii=False))


class TestIcdar:
    @pytest.mark.parametrize('name', ['a.txt', 'gt_a.txt'])
    def test_lines(self, tmp_path, name):
        save_image(tmp_path / 'a.jpg')
        save_text(tmp_path / name, '\ufeff1,2,11,2.5,11,8,1,8,Füße, 2\r\n1,2,3,4,5,6,7,8,###\r\n1,2,3,4,5,6,7,8\r\n')
        sample, = read('icdar', tmp_path)
        assert texts_of(sample) == [('Füße, 2', False), ('###', True), ('', False)]
        assert sample.instances[0]['polygon'] == FLAT
        assert (sample.image, sample.place, sample.size) == (tmp_path / 'a.jpg', 'a.jpg', None)

    def test_annotations_in_another_folder(self, tmp_path, log):
        save_image(tmp_path / 'images/a.jpg')
        save_image(tmp_path / 'images/b.jpg')
        save_text(tmp_path / 'gt/a.txt', '')
        assert [sample.place for sample in read('icdar', tmp_path / 'images', tmp_path / 'gt')] == ['a.jpg']
        assert log == ['WARNING: 1 images without annotation, left out: b.jpg']

    @pytest.mark.parametrize('line', ['1,2,3,4,5,6,7', '1,2,3,4,5,6,7,text', '1 2 3 4 5 6 7 8'])
    def test_wrong_line_is_named(self, tmp_path, line):
        save_image(tmp_path / 'a.jpg')
        save_text(tmp_path / 'a.txt', f'1,2,3,4,5,6,7,8,x\n{line}')
        with pytest.raises(ValueError, match=rf'a\.txt, line 2: expected x1,y1,.*, got {line!r}'):
            read('icdar', tmp_path)


    @pytest.mark.parametrize('rest', ['70,30,10,30,###', '70,30,10,30,word', '70,30,1,000'])
    def test_line_that_may_have_more_points_is_refused_until_somebody_says_how_many(self, tmp_path, rest):
        save_image(tmp_path / 'a.jpg')
        save_text(tmp_path / 'a.txt', f'1,2,3,4,5,6,7,8,x\n10,10,40,5,70,10,{rest}')
        with pytest.raises(ValueError, match=r'a\.txt, line 2: the numbers after point 4 can be more points, or'):
            read('icdar', tmp_path)
        sample, = Source(tmp_path).read('icdar', Options('any'))
        assert len(sample.instances[1]['polygon']) == 10
        assert sample.instances[1]['ignore'] == rest.endswith('###')

    @pytest.mark.parametrize('mark', [' ###', '### ', '"###"', 'Latin,###'])
    def test_preparing_and_evaluating_ignore_the_same(self, tmp_path, mark):
        lines = '1,2,3,4,5,6,7,8,Latin,x\n' if ',' in mark else '1,2,3,4,5,6,7,8,x\n'
        save_image(tmp_path / 'images/a.jpg')
        save_text(tmp_path / 'gt/a.txt', f'{lines}1,2,3,4,5,6,7,8,{mark}')
        sample, = read('icdar', tmp_path / 'images', tmp_path / 'gt')
        truth, = load_ground_truths(tmp_path / 'gt', 4).values()
        assert texts_of(sample) == list(zip(truth.texts, truth.ignored, strict=True)) == [('x', False), ('###', True)]

    @pytest.mark.parametrize(('image', 'label'), [
        ('b.jpg', 'b.TXT'), ('b.JPG', 'GT_b.Txt'), ('deep/er/b.jpg', 'deep/er/b.txt'), ('deep/b.jpg', 'deep/gt_b.TXT')])
    def test_names_and_subfolders(self, tmp_path, log, image, label):
        for name in ('a.jpg', image):
            save_image(tmp_path / 'images' / name)
        for name in ('gt_a.txt', label):
            save_text(tmp_path / 'gt' / name, '1,2,3,4,5,6,7,8,x')
        assert [sample.place for sample in read('icdar', tmp_path / 'images', tmp_path / 'gt')] == ['a.jpg', image]
        assert log == []

    def test_what_is_not_read_is_named(self, tmp_path, log):
        for name in ('a.jpg', 'deep/b.jpg', 'c.jpg'):
            save_image(tmp_path / 'images' / name)
        for name in ('images/a.txt', 'images/b.txt', 'images/gt_c.txt', 'images/c.txt'):
            save_text(tmp_path / name, '1,2,3,4,5,6,7,8,x')
        save_text(tmp_path / 'images/d.heic', 'no image that can be read')
        assert len(read('icdar', tmp_path / 'images')) == 2
        assert log == ['WARNING: 2 images without annotation, left out: b.jpg, d.heic',
                       'WARNING: 2 annotations without image, left out: b.txt, c.txt']


@pytest.mark.parametrize('suffix', ['.avif', '.jp2', '.ppm', '.tga', '.pgm', '.jfif', '.J2K', '.dib'])
@pytest.mark.parametrize('file_format', ['icdar', 'labelme', 'coco', 'paddleocr'])
def test_images_of_any_kind_are_read(tmp_path, log, suffix, file_format):
    name = f'a{suffix}'
    save_image(tmp_path / 'images' / name, (30, 16))
    contents = {
        'icdar': ('a.txt', '1,2,11,2,11,8,1,8,x'),
        'labelme': ('a.json', json.dumps({'shapes': [{'label': 'x', 'points': QUAD}]})),
        'coco': ('c.json', json.dumps({'images': [{'id': 1, 'file_name': name}],
                                       'annotations': [{'image_id': 1, 'segmentation': [FLAT]}]})),
        'paddleocr': ('Label.txt', f'{name}\t{json.dumps([{"points": QUAD}])}')}
    file, content = contents[file_format]
    save_text(tmp_path / 'gt' / file, content)
    gt = tmp_path / 'gt' / (file if file_format == 'coco' else '')
    found = prepare(Source(tmp_path / 'images', gt), tmp_path / 'out', file_format, test_share=0)
    assert found == {'train': Summary(1, 1, 0)}
    assert [message for message in log if 'WARNING' in message] == []
    entry, = read_annotations(tmp_path / 'out/textdet_train.json')['data_list']
    assert cv2.imread(str(tmp_path / 'out' / entry['img_path'])).shape == (16, 30, 3)


class TestLabelme:
    def save(self, folder, *shapes, **fields):
        save_image(folder / 'a.jpg', (30, 16))
        save_json(folder / 'a.json', {'shapes': shapes, 'imagePath': 'elsewhere/a.jpg', **fields})

    def test_shapes(self, tmp_path):
        self.save(
            tmp_path, {'label': 'text', 'points': QUAD, 'shape_type': 'polygon', 'flags': {}},
            {'label': 'word', 'description': 'Füße', 'points': [[11, 8], [1, 2]], 'shape_type': 'rectangle'},
            {'label': 'word', 'description': '', 'points': np.reshape(BOX, (4, 2)).tolist(), 'shape_type': 'rectangle'},
            {'label': 'x', 'points': QUAD, 'shape_type': 'rotation'}, {'label': 'x', 'points': QUAD[:3]},
            imageWidth=30, imageHeight=16)
        sample, = read('labelme', tmp_path)
        assert texts_of(sample) == [(text, False) for text in ('text', 'Füße', 'word', 'x', 'x')]
        assert [one['polygon'] for one in sample.instances] == [FLAT, BOX, BOX, FLAT, FLAT[:6]]
        assert (sample.place, sample.size) == ('a.jpg', (30, 16))

    @pytest.mark.parametrize(('fields', 'ignore'), [
        ({'label': '###'}, True), ({'label': 'text', 'description': '###'}, True),
        ({'label': 'text', 'flags': {'difficult': True}}, True), ({'label': 'text', 'flags': {'ignore': True}}, True),
        ({'label': 'text', 'difficult': True}, True), ({'label': 'text', 'difficult': False, 'flags': None}, False),
        ({'label': 'text', 'flags': {'ignore': False, 'blurred': True}}, False),
    ])
    def test_ignored(self, tmp_path, fields, ignore):
        self.save(tmp_path, {'points': QUAD, **fields})
        assert read('labelme', tmp_path)[0].instances[0]['ignore'] is ignore

    @pytest.mark.parametrize(('shape', 'reason'), [
        ({'points': QUAD, 'shape_type': 'circle'}, "expected a shape of type polygon or .*, got 'circle'"),
        ({'points': [[1, 2], [3]]}, r'expected points \[\[x, y\], \.\.\.\], got \[\[1, 2\], \[3\]\]'),
        ({'points': [[1, 2], [3, 'x']]}, 'expected points'),
        ({'points': [1, 2, 3, 4]}, 'expected points'),
        ({'points': QUAD, 'flags': ['difficult']}, r'expected flags {"difficult": true}, got \['),
        ({'points': []}, r'expected points \[\[x, y\], \.\.\.\], got \[\]'),
        ({'points': [[1, 2], [3, None]]}, 'expected points'),
        ({'label': 'text'}, "expected a record with 'points', got {'label': 'text'}"),
        (7, "expected a record with 'points', got 7"),
    ])
    def test_wrong_shape_is_named(self, tmp_path, shape, reason):
        self.save(tmp_path, {'points': QUAD}, shape)
        with pytest.raises(ValueError, match=rf'a\.json, shape 2: {reason}'):
            read('labelme', tmp_path)

    @pytest.mark.parametrize(('content', 'reason'), [
        ('{"shapes": [}', r'is not JSON: .* at line 1, column 13'), ('[]', r'expected a JSON dict, got .\[\]'),
        ('{}', "expected a record with 'shapes', got {}")])
    def test_wrong_file_is_named(self, tmp_path, content, reason):
        save_image(tmp_path / 'a.jpg')
        save_text(tmp_path / 'a.json', content)
        with pytest.raises(ValueError, match=rf'a\.json:? {reason}'):
            read('labelme', tmp_path)

    def test_photo_outlined_upright(self, tmp_path):
        """LabelMe follows EXIF data, and says so by the size; the photo is written turned."""
        self.save(tmp_path / 'raw', {'points': QUAD}, imageWidth=16, imageHeight=30)
        save_image(tmp_path / 'raw/a.jpg', (30, 16), orientation=6)
        shown = cv2.imread(str(tmp_path / 'raw/a.jpg'))
        prepare(Source(tmp_path / 'raw'), tmp_path / 'out', 'labelme', test_share=0, upright=False)
        entry, = read_annotations(tmp_path / 'out/textdet_train.json')['data_list']
        assert (entry['width'], entry['height']) == (16, 30)
        assert entry['instances'][0]['polygon'] == FLAT
        written = cv2.imread(str(tmp_path / 'out' / entry['img_path']), STORED)
        assert np.abs(written.astype(int) - shown).mean() < 3


class TestCoco:
    def save(self, folder, annotations, images=({'id': 7, 'file_name': 'a.jpg', 'width': 30, 'height': 16},)):
        save_image(folder / 'a.jpg', (30, 16))
        return save_json(folder / 'coco.json', {'images': list(images), 'annotations': annotations, 'categories': []})

    def test_annotations(self, tmp_path):
        file = self.save(tmp_path, [
            {'image_id': 7, 'segmentation': [FLAT], 'bbox': [0, 0, 5, 5], 'text': 'Füße', 'iscrowd': 0},
            {'image_id': 7, 'bbox': [1, 2, 10, 6], 'utf8_string': 'word'},
            {'image_id': 7, 'segmentation': [], 'bbox': [1, 2, 10, 6]},
            {'image_id': 7, 'segmentation': {'counts': [1], 'size': [16, 30]}, 'bbox': [1, 2, 10, 6], 'iscrowd': 1},
            {'image_id': 7, 'segmentation': [FLAT, FLAT[:6]], 'text': '###'},
            {'image_id': 7, 'segmentation': [FLAT], 'ignore': 1}])
        sample, = read('coco', tmp_path, file)
        assert texts_of(sample) == [
            ('Füße', False), ('word', False), ('', False), ('', True), ('###', True), ('###', True), ('', True)]
        assert [one['polygon'] for one in sample.instances] == [FLAT, BOX, BOX, BOX, FLAT, FLAT[:6], FLAT]
        assert (sample.place, sample.size) == ('a.jpg', (30, 16))

    def test_images(self, tmp_path, log):
        for name in ('deep/a.jpg', 'b.jpg', 'unlisted.jpg'):
            save_image(tmp_path / 'images' / name)
        file = self.save(tmp_path, [{'image_id': 'x', 'segmentation': [FLAT]}], [
            {'id': 'x', 'file_name': 'train2017/deep/a.jpg'}, {'id': 2, 'file_name': 'C:\\data\\b.jpg', 'width': 20.0,
             'height': 10.0}, {'id': 3, 'file_name': 'gone.jpg'}])
        samples = read('coco', tmp_path / 'images', file)
        assert [(sample.place, len(sample.instances), sample.size) for sample in samples] == [
            ('deep/a.jpg', 1, None), ('b.jpg', 0, (20, 10))]
        assert log == [
            f'WARNING: 1 images in {tmp_path}/images that {file} does not name, left out: unlisted.jpg',
            f'WARNING: 1 images of {file} that are not in {tmp_path}/images, left out: gone.jpg']

    @pytest.mark.parametrize(('annotation', 'reason'), [
        ({'image_id': 7, 'segmentation': FLAT}, r'expected a segmentation \[\[x1'),
        ({'image_id': 7, 'segmentation': [['x', 1]]}, r'expected a segmentation \[\[x1'),
        ({'image_id': 7, 'segmentation': [[]]}, r'expected a segmentation \[\[x1'),
        ({'image_id': 7, 'segmentation': [FLAT, []]}, r'expected a segmentation \[\[x1'),
        ({'image_id': 7, 'segmentation': [[5]]}, r'expected a segmentation \[\[x1'),
        ({'image_id': 7, 'segmentation': [], 'bbox': []}, r'expected a segmentation \[\[x1'),
        ({'image_id': 7, 'bbox': [1, 2, 3]}, r'expected a segmentation \[\[x1'),
        ({'image_id': 7}, r'expected a segmentation \[\[x1'),
        ({'segmentation': [FLAT]}, "expected a record with 'image_id'"),
        ([], r"expected a record with 'image_id', got \[\]"),
    ])
    def test_wrong_annotation_is_named(self, tmp_path, annotation, reason):
        file = self.save(tmp_path, [{'image_id': 7, 'segmentation': [FLAT]}, annotation])
        with pytest.raises(ValueError, match=rf'coco\.json, annotation 1: {reason}'):
            read('coco', tmp_path, file)

    @pytest.mark.parametrize(('image', 'field'), [({'id': 1}, 'file_name'), ({'file_name': 'a.jpg'}, 'id')])
    def test_wrong_image_is_named(self, tmp_path, image, field):
        file = self.save(tmp_path, [], [image])
        with pytest.raises(ValueError, match=rf"coco\.json, image 0: expected a record with '{field}', got"):
            read('coco', tmp_path, file)

    @pytest.mark.parametrize(('image', 'annotation'), [(1, '1'), ('1', 1), (1, 1.0), (1.0, 1), ('a ', 'a')])
    def test_ids_as_number_and_as_text(self, tmp_path, image, annotation):
        file = self.save(
            tmp_path, [{'image_id': annotation, 'segmentation': [FLAT]}], [{'id': image, 'file_name': 'a.jpg'}])
        sample, = read('coco', tmp_path, file)
        assert len(sample.instances) == 1

    def test_annotations_of_no_image(self, tmp_path, log):
        file = self.save(tmp_path, [{'image_id': image, 'segmentation': [FLAT]} for image in (7, 7, 8, 8, 'x')])
        sample, = read('coco', tmp_path, file)
        assert len(sample.instances) == 2
        assert log == [
            f'WARNING: 2 ids in the annotations of {file} that no image has, whose 3 texts are left out: 8, x']

    def test_no_annotation_is_of_an_image(self, tmp_path):
        file = self.save(tmp_path, [{'image_id': 8, 'segmentation': [FLAT]}])
        with pytest.raises(ValueError, match=r'coco\.json: no annotation has the id of an image: image_id is 8, .* 7'):
            read('coco', tmp_path, file)

    def test_texts_of_an_image_that_is_not_there_are_counted(self, tmp_path, log):
        file = self.save(tmp_path, [{'image_id': 2, 'segmentation': [FLAT]}, {'image_id': 7, 'segmentation': [FLAT]}],
                         [{'id': 7, 'file_name': 'a.jpg'}, {'id': 2, 'file_name': 'gone.jpg'}])
        read('coco', tmp_path, file)
        assert log == [f'WARNING: 1 images of {file} that are not in {tmp_path}, left out: gone.jpg (1 texts)']

    def test_two_images_of_one_id(self, tmp_path):
        file = self.save(tmp_path, [], [{'id': 1, 'file_name': 'a.jpg'}, {'id': '1', 'file_name': 'b.jpg'}])
        with pytest.raises(ValueError, match=r'coco\.json, image 1: a\.jpg and b\.jpg have the same id 1'):
            read('coco', tmp_path, file)

    @pytest.mark.parametrize(('flag', 'ignore'), [
        ('0', False), ('false', False), ('1', True), ('True', True), (0.0, False)])
    def test_flags_as_text(self, tmp_path, flag, ignore):
        file = self.save(tmp_path, [{'image_id': 7, 'segmentation': [FLAT], 'iscrowd': flag}])
        assert read('coco', tmp_path, file)[0].instances[0]['ignore'] is ignore

    def test_image_that_is_listed_twice(self, tmp_path):
        file = self.save(tmp_path, [], [{'id': 1, 'file_name': 'a.jpg'}, {'id': 2, 'file_name': 'x/a.jpg'}])
        with pytest.raises(ValueError, match=r'coco\.json annotates 1 images more than once: a\.jpg'):
            read('coco', tmp_path, file)

    def test_folder_for_the_file(self, tmp_path):
        with pytest.raises(ValueError, match=f'{tmp_path} is a folder: COCO annotations are one JSON file, name it'):
            read('coco', tmp_path)


class TestPaddleocr:
    def test_lines(self, tmp_path, log):
        save_image(tmp_path / 'photos/a.jpg')
        save_image(tmp_path / 'photos/b.jpg')
        texts = [
            {'transcription': 'Füße', 'points': QUAD, 'difficult': False}, {'transcription': '###', 'points': QUAD},
            {'transcription': '*', 'points': QUAD}, {'transcription': 'x', 'points': QUAD, 'difficult': True},
            {'points': QUAD[:3]}]
        file = save_text(
            tmp_path / 'photos/Label.txt',
            f'photos/a.jpg\t{json.dumps(texts, ensure_ascii=False)}\nphotos/b.jpg\t[]\nphotos/c.jpg\t[]\n')
        first, second = read('paddleocr', tmp_path / 'photos')
        assert texts_of(first) == [('Füße', False), ('###', True), ('*', True), ('x', True), ('', False)]
        assert first.instances[0]['polygon'] == FLAT
        assert (second.place, second.instances) == ('b.jpg', [])
        assert log == [
            f'WARNING: 1 images of {file} that are not in {tmp_path}/photos, left out: photos/c.jpg']

    @pytest.mark.parametrize('text', [' ###', '"###"', '*', ' * ', '"*"'])
    def test_ignored(self, tmp_path, text):
        save_image(tmp_path / 'a.jpg')
        save_text(tmp_path / 'Label.txt', f'a.jpg\t{json.dumps([{"transcription": text, "points": QUAD}])}')
        assert read('paddleocr', tmp_path)[0].instances[0]['ignore'] is True

    def test_images_that_no_line_names(self, tmp_path, log):
        for name in ('a.jpg', 'deep/b.jpg'):
            save_image(tmp_path / name)
        file = save_text(tmp_path / 'Label.txt', 'a.jpg\t[]')
        assert len(read('paddleocr', tmp_path)) == 1
        assert log == [f'WARNING: 1 images in {tmp_path} that {file} does not name, left out: deep/b.jpg']

    @pytest.mark.parametrize(('line', 'reason'), [
        ('a.jpg []', 'line 2: expected the path of an image, a tab and a JSON list, got'),
        ('a.jpg\t[', r'line 2 is not JSON: .* at line 1, column 2'),
        ('a.jpg\t{}', r'line 2: expected a JSON list, got .\{\}'),
        ('a.jpg\t[{"transcription": "x"}]', r"line 2, text 1: expected a record with 'points'"),
        ('a.jpg\t[{"points": [[1, 2], [3]]}]', r'line 2, text 1: expected points'),
        ('a.jpg\t[{"points": []}]', r'line 2, text 1: expected points'),
    ])
    def test_wrong_line_is_named(self, tmp_path, line, reason):
        save_image(tmp_path / 'a.jpg')
        file = save_text(tmp_path / 'labels.txt', f'b.jpg\t[]\n{line}\n')
        with pytest.raises(ValueError, match=rf'labels\.txt, {reason}'):
            read('paddleocr', tmp_path, file)

    def test_no_label_file(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=rf'there is no {tmp_path}/Label\.txt: name the label file'):
            read('paddleocr', tmp_path)


@pytest.mark.parametrize('file_format', sorted(set(FORMATS) - {'coco', 'paddleocr'}))
def test_folder_without_annotations(tmp_path, file_format):
    save_image(tmp_path / 'a.jpg')
    with pytest.raises(ValueError, match=f'no image in {tmp_path} has an annotation of format {file_format} in'):
        read(file_format, tmp_path)


def test_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=f'there is no {tmp_path}/images'):
        read('icdar', tmp_path / 'images', tmp_path)
    with pytest.raises(FileNotFoundError, match=f'there is no {tmp_path}/gt'):
        read('icdar', tmp_path, tmp_path / 'gt')


def test_longest_end_of_a_path_is_located(tmp_path):
    for name in ('a.jpg', 'deep/a.jpg', 'notes.txt'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert locate(tmp_path, 'a.jpg') == tmp_path / 'a.jpg'
    assert locate(tmp_path, '/mnt/deep/a.jpg') == tmp_path / 'deep/a.jpg'
    assert locate(tmp_path, '..\\deep\\a.jpg') == tmp_path / 'deep/a.jpg'
    assert locate(tmp_path, ' deep/a.jpg ') == tmp_path / 'deep/a.jpg'
    assert locate(tmp_path, 'other/a.jpg') == tmp_path / 'a.jpg'
    assert locate(tmp_path, 'notes.txt') == tmp_path / 'notes.txt'  # it is looked into, and said to be no image
    assert locate(tmp_path, 'b.jpg') is locate(tmp_path, '') is None


@pytest.mark.parametrize(('width', 'size'), [
    (30, (30, 16)), (30.0, (30, 16)), ('30', (30, 16)), (None, None), ('', None), (float('nan'), None),
    ([], None), (0, None)])
def test_size(width, size):
    assert size_of(width, 16) == size


@pytest.mark.parametrize('corners', [(1, 2, 5, 4), (5, 4, 1, 2), (1, 4, 5, 2)])
def test_rectangle_is_clockwise_from_the_top_left(corners):
    assert rectangle(*corners) == [1, 2, 5, 2, 5, 4, 1, 4]


def samples(count):
    return [Sample(None, f'{i}.jpg', []) for i in range(count)]


class TestDraw:
    @pytest.mark.parametrize(('count', 'share', 'expected'), [
        (10, 0.2, 2), (10, 0.25, 2), (10, 0.26, 3), (10, 0.01, 1), (10, 0.99, 9), (2, 0.5, 1), (2, 0.1, 1)])
    def test_share(self, count, share, expected):
        parts = draw_split(samples(count), share, 0)
        assert (len(parts['train']), len(parts['test'])) == (count - expected, expected)
        places = [sample.place for part in parts.values() for sample in part]
        assert sorted(places) == sorted(sample.place for sample in samples(count))

    def test_no_test_images(self):
        assert draw_split(samples(1), 0, 0) == {'train': samples(1)}

    def test_same_draw_whatever_the_order(self):
        forth, back = draw_split(samples(20), 0.3, 5), draw_split(samples(20)[::-1], 0.3, 5)
        assert forth['test'] == back['test'][::-1]
        assert forth['train'] == back['train'][::-1]

    def test_seed(self):
        assert len({str(draw_split(samples(20), 0.3, seed)['test']) for seed in range(10)}) > 5

    def test_new_image_displaces_at_most_one(self):
        before = {sample.place for sample in draw_split(samples(20), 0.25, 0)['test']}
        after = {sample.place for sample in draw_split(samples(21), 0.25, 0)['test']}
        assert len(before) == len(after) == 5
        assert len(before - after) <= 1

    @pytest.mark.parametrize('share', [-0.1, 1, 20])
    def test_share_out_of_range(self, share):
        with pytest.raises(ValueError, match=f'test_share should be from 0 to below 1, got {share}'):
            draw_split(samples(10), share, 0)

    @pytest.mark.parametrize('count', [0, 1])
    def test_too_few(self, count):
        with pytest.raises(ValueError, match=f'there are {count} images, too few'):
            draw_split(samples(count), 0.2, 0)


def raw(folder, names):
    for name in names:
        save_image(folder / f'{name}.jpg', (30, 16))
        save_text(folder / f'{name}.txt', '1,2,11,2,11,8,1,8,word\n1,2,11,2,11,8,1,8,###\n')


def test_drawn_split_is_what_the_data_set_reads(tmp_path, log):
    raw(tmp_path / 'raw', 'abcde')
    out = tmp_path / 'out'
    assert prepare(Source(tmp_path / 'raw'), out, 'icdar') == {'train': Summary(4, 8, 4), 'test': Summary(1, 2, 1)}
    assert log == [
        'INFO: train: 4 images, 8 instances, 4 of them ignored', 'INFO: test: 1 images, 2 instances, 1 of them ignored']
    for name, count in (('train', 4), ('test', 1)):
        assert validate_annotations(read_annotations(out / f'textdet_{name}.json'), name) == []
        dataset = TextDetDataset(data_root=str(out), ann_file=f'textdet_{name}.json', test_mode=True)
        assert len(dataset) == count
        assert all(cv2.imread(dataset.get_data_info(i)['img_path']) is not None for i in range(count))


def test_test_images_apart(tmp_path):
    raw(tmp_path / 'raw', 'abc')
    raw(tmp_path / 'more', 'ad')
    found = prepare(Source(tmp_path / 'raw'), tmp_path / 'out', 'icdar', test=Source(tmp_path / 'more'))
    assert found == {'train': Summary(3, 6, 3), 'test': Summary(2, 4, 2)}
    test = read_annotations(tmp_path / 'out/textdet_test.json')['data_list']
    assert [entry['img_path'] for entry in test] == ['textdet_imgs/test/a.jpg', 'textdet_imgs/test/d.jpg']


def test_test_images_that_are_trained_on(tmp_path, log):
    raw(tmp_path, 'abc')
    prepare(Source(tmp_path), tmp_path / 'out', 'icdar', test=Source(tmp_path))
    assert log[0] == 'WARNING: 3 test images are trained on, too: figures will flatter: a.jpg, b.jpg, c.jpg'


@pytest.mark.parametrize('nested', [('', 'test'), ('train', '')])
def test_test_images_inside_the_folder_of_training_images_are_not_trained_on(tmp_path, nested):
    train, test = (tmp_path / 'photos' / folder for folder in nested)
    raw(train, 'abc')
    raw(test, 'de')
    found = prepare(Source(train), tmp_path / 'out', 'icdar', test=Source(test))
    assert (found['train'].images, found['test'].images) == (3, 2)


@pytest.mark.parametrize(('upright', 'size'), [(True, (16, 30)), (False, (30, 16))])
def test_photo_that_nothing_tells_about(tmp_path, upright, size):
    raw(tmp_path / 'raw', 'a')
    save_image(tmp_path / 'raw/a.jpg', (30, 16), orientation=6)
    prepare(Source(tmp_path / 'raw'), tmp_path / 'out', 'icdar', test_share=0, upright=upright)
    entry, = read_annotations(tmp_path / 'out/textdet_train.json')['data_list']
    assert (entry['width'], entry['height']) == size
