"""Data sets of synthetic text without files."""

import shutil
from itertools import islice
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from mmengine.dataset import ConcatDataset, worker_init_fn
from mmocr.registry import DATASETS
from torch.utils.data import DataLoader

from dbnetpp_plugin.datasets.random_synth_text import RandomSynthText, RandomSynthWords
from dbnetpp_plugin.datasets.synth.faces import Face
from dbnetpp_plugin.datasets.synth.fonts import load_font
from dbnetpp_plugin.datasets.synth.word_crop import bent, crop_size, draw_line, straightened

GREEK = 'αβγδεζηθικλμν'
FONT_FOLDER = Path(matplotlib.get_data_path()) / 'fonts' / 'ttf'
SMALL = {'size': (160, 128)}
EACH = pytest.mark.parametrize('make', [lambda **more: RandomSynthText(**SMALL, **more), RandomSynthWords],
                               ids=['pages', 'words'])
LABELS = {'with_polygon': True, 'with_bbox': True, 'with_label': True, 'with_text': True}


def pictures(dataset, count=4):
    return [dataset.get_data_info(i)['img'].tobytes() for i in range(count)]


@EACH
def test_same_seed_gives_the_same_pictures(make):
    assert pictures(make()) == pictures(make())
    data, again = make().get_data_info(2), make().get_data_info(2)
    assert data['instances'] == again['instances']


@EACH
def test_pictures_depend_on_seed_split_index_and_epoch(make):
    later = make()
    later.seed_samples(0, 1)
    drawn = [picture for dataset in (make(), make(seed=1), make(split='test'), later) for picture in pictures(dataset)]
    assert len(set(drawn)) == 16


@EACH
def test_seed_of_the_training_changes_augmentation_alone(make):
    dataset = make(pipeline=[lambda results: (results['img'].tobytes(), np.random.rand())])  # noqa: NPY002
    samples = []
    for seed in (3, 4, 3):
        dataset.seed_samples(seed, 0)
        samples.append(dataset[1])
    assert samples[0] == samples[2]
    assert samples[0][0] == samples[1][0]
    assert samples[0][1] != samples[1][1]


@pytest.mark.parametrize(('make', 'workers', 'context'), [
    (RandomSynthWords, 2, 'fork'), (RandomSynthText, 2, 'fork'), (RandomSynthText, 1, 'spawn'),
])
def test_number_of_workers_does_not_matter(make, workers, context):
    dataset = make(length=4)
    dataset.seed_samples(5, 2)

    def epoch(**more):
        loader = DataLoader(dataset, batch_size=2, collate_fn=list, **more)
        return [(sample['sample_idx'], sample['img'].tobytes()) for batch in loader for sample in batch]

    assert epoch() == epoch(num_workers=workers, multiprocessing_context=context, worker_init_fn=worker_init)


def worker_init(number):
    worker_init_fn(number, num_workers=2, rank=0, seed=0)


def test_page_starts_a_pipeline():
    data = RandomSynthText(size=(200, 150)).get_data_info(3)
    assert (data['img'].shape, data['img'].dtype) == ((150, 200, 3), np.uint8)
    assert data['img_shape'] == data['ori_shape'] == (data['height'], data['width']) == (150, 200)
    assert (data['img_path'], data['sample_idx']) == ('synth/train/000003.jpg', 3)
    assert all(instance.keys() == {'polygon', 'bbox', 'bbox_label', 'ignore', 'text'} for instance in data['instances'])


def test_pages_through_the_training_pipeline():
    dataset = DATASETS.build(dict(
        type='RandomSynthText', size=(320, 240), length=8, options=dict(without_text=0.0), pipeline=[
            dict(type='LoadOCRAnnotations', **LABELS),
            dict(type='DBTextAugment', size=(192, 160), brightness=0.1),
            dict(type='GenerateDBTargets', shrink_ratio=0.4, min_size=8),
            dict(type='PackDBInputs', meta_keys=('img_path', 'ori_shape', 'img_shape'), keep_instances=True),
        ]))
    dataset.seed_samples(0, 0)
    text = shrunk = 0
    for sample in (dataset[i] for i in range(8)):
        assert sample['inputs'].shape == (3, 160, 192)
        packed = sample['data_samples']
        assert (packed.ori_shape, packed.img_shape) == ((240, 320), (160, 192))
        text += len(packed.gt_instances.polygons)
        shrunk += int((packed.gt_db_maps.shrink_map > 0).sum())
    assert text > 8
    assert shrunk > 500


def test_words_through_a_recognizers_pipeline():
    dataset = DATASETS.build(dict(type='RandomSynthWords', pipeline=[
        dict(type='LoadOCRAnnotations', with_text=True),
        dict(type='Resize', scale=(100, 32), keep_ratio=False),
        dict(type='PackTextRecogInputs', meta_keys=('img_path', 'ori_shape', 'img_shape')),
    ]))
    for i in range(5):
        sample = dataset[i]
        assert sample['inputs'].shape == (3, 32, 100)
        assert sample['data_samples'].gt_text.item == dataset.get_data_info(i)['instances'][0]['text']


def test_words_are_of_the_size_the_documentation_names():
    crops = [RandomSynthWords().get_data_info(i) for i in range(120)]
    heights = [data['height'] for data in crops]
    assert min(heights) >= 8
    assert max(heights) <= 80
    assert len(set(heights)) > 30
    assert np.mean([data['width'] > data['height'] for data in crops]) > 0.7
    assert all(data['img'].std() > 1 for data in crops)
    assert all(1 <= len(data['instances'][0]['text']) <= 20 for data in crops)


def test_words_blurred_and_bent_stay_in_their_crop():
    # White on black, as a reader sees it: ink in most columns, and little of it lost.
    kept = []
    for seed in range(20):
        face = Face(load_font(FONT_FOLDER / 'DejaVuSans.ttf', 30))
        ink, _, quad = draw_line(np.random.default_rng(seed), 'MMMM', face, 0)
        crop = straightened(ink, quad, crop_size(quad))
        crop = bent(crop, 0.15 * len(crop) * np.sin(np.linspace(0, np.pi, crop.shape[1])))
        assert (crop.max(axis=0) > 127).mean() > 0.7
        kept.append((crop > 127).sum() / (ink > 127).sum())
    assert min(kept) > 0.55
    assert np.mean(kept) > 0.85


def test_sizes_of_an_outline_by_hand():
    assert crop_size(np.array([[0, 0], [40, 0], [40, 10], [0, 10.0]])) == (40, 10)
    assert crop_size(np.array([[0, 0], [30, 40], [22, 46], [-8, 6.0]])) == (50, 10)
    assert crop_size(np.array([[0, 0], [40, 0], [44, 12], [0, 12.0]])) == (42, 12)
    assert crop_size(np.array([[0, 0], [3, 0], [3, 2], [0, 2.0]])) == (8, 8)


@pytest.mark.parametrize('characters', [GREEK, 'абвгдежзиклмн'])
def test_other_scripts(characters, tmp_path):
    for name in ('DejaVuSans.ttf', 'DejaVuSerif-Bold.ttf', 'cmr10.ttf'):
        shutil.copy(FONT_FOLDER / name, tmp_path)
    dataset = RandomSynthWords(characters=characters, fonts=str(tmp_path))
    assert {path.name for path in dataset.vocabulary.fonts} == {'DejaVuSans.ttf', 'DejaVuSerif-Bold.ttf'}
    texts = [dataset.get_data_info(i)['instances'][0]['text'] for i in range(150)]
    foreign = [text for text in texts if set(text) & set(characters)]
    assert all(set(text) <= set(characters) for text in foreign)
    assert 0.2 < len(foreign) / len(texts) < 0.4  # RICH.other_script is 0.3


def test_lines():
    words, lines = (RandomSynthText(size=(320, 240), level=level, characters=GREEK) for level in ('word', 'line'))
    assert pictures(words, 3) == pictures(lines, 3)
    texts = [[one['text'] for i in range(12) for one in dataset.get_data_info(i)['instances']]
             for dataset in (words, lines)]
    assert not any(' ' in text for text in texts[0])
    assert any(' ' in text for text in texts[1])
    crops = RandomSynthWords(level='line')
    counts = {len(crops.get_data_info(i)['instances'][0]['text'].split()) for i in range(60)}
    assert counts == {1, 2, 3}


def test_own_words_and_photographs(tmp_path):
    (tmp_path / 'words.txt').write_text('banana')
    for i in range(2):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.full((200, 200, 3), 200 * i, np.uint8))
    dataset = RandomSynthWords(words=str(tmp_path / 'words.txt'), photographs=str(tmp_path))
    assert [path.name for path in dataset.photographs.paths] == ['1.png']
    texts = [dataset.get_data_info(i)['instances'][0]['text'].lower() for i in range(60)]
    assert sum('banana' in text for text in texts) > 15


def test_options_change_pages():
    plain, none = RandomSynthText(**SMALL), RandomSynthText(**SMALL, options={'without_text': 1.0})
    assert any(plain.get_data_info(i)['instances'] for i in range(4))
    assert not any(none.get_data_info(i)['instances'] for i in range(4))


@EACH
def test_ends_after_its_length(make):
    dataset = make(length=3)
    assert len(dataset) == 3
    assert len(list(islice(dataset, 5))) == 3
    assert dataset.get_data_info(-1)['sample_idx'] == 2
    with pytest.raises(IndexError):
        dataset[3]


def test_names_of_data_sets_are_those_that_evaluation_needs():
    assert RandomSynthText(length=1).metainfo['task_name'] == 'textdet'
    assert RandomSynthWords(length=1).metainfo['task_name'] == 'textrecog'
    assert len(ConcatDataset([RandomSynthWords(length=2), RandomSynthWords(length=3, seed=1)])) == 5


@EACH
@pytest.mark.parametrize(('arguments', 'error', 'message'), [
    ({'length': 0}, ValueError, 'length should be a whole number from 1 and seed one from 0, got 0 and 0'),
    ({'seed': -1}, ValueError, 'length should be a whole number from 1 and seed one from 0, got 1000000 and -1'),
    ({'split': 'val'}, ValueError, "split should be one of train, test, got 'val'"),
    ({'level': 'page'}, ValueError, "level should be one of word, line, got 'page'"),
    ({'options': {'bend': 1}}, ValueError, 'options should be among bent, .* got bend'),
    ({'options': {'bent': 2.0}}, ValueError, 'bent should be a share from 0 to 1, got 2.0'),
    ({'characters': 'β δ'}, ValueError, "characters should be printable and without spaces, got 'β δ'"),
    ({'characters': 'chinese'}, FileNotFoundError, r'font with all of .* \(3755 characters\)'),
    ({'fonts': 'nowhere'}, FileNotFoundError, r'nowhere holds no \.ttf, \.otf or \.ttc font'),
    ({'photographs': 'nowhere'}, FileNotFoundError, r'nowhere holds 0 \.jpg or \.png photographs'),
    ({'words': 'nowhere'}, FileNotFoundError, 'nowhere'),
])
def test_bad_arguments(make, arguments, error, message):
    with pytest.raises(error, match=message):
        make(**arguments)


def test_too_small_pages():
    with pytest.raises(ValueError, match='at least 128 pixels wide and high, got 127 x 300'):
        RandomSynthText(size=(127, 300))
