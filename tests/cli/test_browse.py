"""The command line that draws label maps."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config, ConfigDict

from dbnetpp import command
from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations
from dbnetpp_plugin.cli.browse import training_samples, without_packing
from dbnetpp_plugin.visualization.label_maps import CAPTION_HEIGHT, GAP, IGNORED, TRAINED, caption_of

main = command('browse')
WHITE = [255, 255, 255]
SMOOTHED = 20  # how much lines are mixed with what is behind them


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Three images of one word each, and a train pipeline that leaves them as they are."""
    words = [[20, 20, 80, 20, 80, 40, 20, 40], [20, 40, 80, 40, 80, 60, 20, 60], [10, 10, 15, 10, 15, 13, 10, 13]]
    entries = []
    for number, word in enumerate(words):
        cv2.imwrite(str(tmp_path / f'img_{number}.png'), np.full((80, 100, 3), 128, np.uint8))
        instance = make_instance(word, ignore=number == 1, text='word')
        entries.append(make_entry(f'img_{number}.png', 100, 80, [instance]))
    write_annotations(tmp_path / 'train.json', entries)
    path = tmp_path / 'config.py'
    path.write_text(f"""
train_pipeline = [
    dict(type='LoadEncodedImage'),
    dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
    dict(type='DBTextAugment', size=(100, 100), flip=0, rotation=(0, 0), max_tries=0),
    dict(type='GenerateDBTargets'),
    dict(type='PackDBInputs'),
]
train_dataloader = dict(
    dataset=dict(type='TextDetDataset', data_root='{tmp_path}', ann_file='train.json', pipeline=train_pipeline))
""")
    return path


def pictures_of(config: Path, *options: str) -> dict[str, np.ndarray]:
    folder = config.parent / 'pictures'
    assert main([str(config), '--out-dir', str(folder), *options]) == 0
    return {path.name: cv2.imread(str(path)) for path in sorted(folder.iterdir())}


def test_pictures_show_image_and_label_maps_side_by_side(config: Path) -> None:
    pictures = pictures_of(config, '--number', '8')
    assert [name[:4] for name in pictures] == [f'{number:04d}' for number in range(8)]
    assert {name[5:] for name in pictures} == {'img_0.png', 'img_1.png', 'img_2.png'}
    picture = next(image for name, image in pictures.items() if name.endswith('img_0.png'))
    assert picture.shape == (CAPTION_HEIGHT + 100, 5 * 100 + 4 * GAP, 3)
    image, shrink_map, shrink_mask, threshold_map, threshold_mask = (
        picture[CAPTION_HEIGHT:, start:start + 100] for start in range(0, 520, 104))
    np.testing.assert_allclose(image[20, 50], TRAINED, atol=SMOOTHED)
    assert image[10, 10].tolist() == [128] * 3
    # In the middle of the word, and in its band; in the padding; far from all.
    assert [shrink_map[y, x].tolist() == WHITE for x, y in ((50, 30), (50, 21), (50, 90), (5, 5))] == [
        True, False, False, False]
    assert [shrink_mask[y, x].tolist() == WHITE for x, y in ((50, 30), (50, 90), (5, 5))] == [True, False, True]
    assert [int(threshold_map[y, 50, 0]) for y in (20, 90)] == [255, 0]
    assert [threshold_mask[y, x].tolist() == WHITE for x, y in ((50, 20), (50, 90), (5, 5))] == [True, False, False]


@pytest.mark.parametrize(('name', 'outline'), [('img_1.png', (50, 40)), ('img_2.png', (12, 10))])
def test_ignored_and_too_small_text_is_red(config: Path, name: str, outline: tuple[int, int]) -> None:
    picture = next(image for key, image in pictures_of(config, '--number', '8').items() if key.endswith(name))
    x, y = outline
    np.testing.assert_allclose(picture[CAPTION_HEIGHT + y, x], IGNORED, atol=SMOOTHED)


def test_captions_count_texts(config: Path) -> None:
    samples = list(training_samples(Config.fromfile(config), 8, 0))
    captions = {Path(results['img_path']).name: caption_of(results) for results in samples}
    assert captions == {'img_0.png': '1 trained, 0 ignored', 'img_1.png': '0 trained, 1 ignored',
                        'img_2.png': '0 trained, 1 ignored'}


def test_the_same_seed_gives_the_same_pictures(config: Path) -> None:
    options = ('--number', '4', '--cfg-options', 'train_dataloader.dataset.pipeline.2.rotation=(-10,10)')
    first, again = (pictures_of(config, '--seed', '3', *options) for _ in range(2))
    np.testing.assert_equal(first, again)
    other = pictures_of(config, '--seed', '4', *options)
    assert any(not np.array_equal(first[name], other.get(name)) for name in first)


def test_packing_is_left_out_of_data_sets_in_data_sets() -> None:
    nested = ConfigDict(type='ConcatDataset', datasets=[
        {'type': 'TextDetDataset', 'pipeline': [{'type': 'LoadEncodedImage'}, {'type': 'PackDBInputs'}]}])
    without = without_packing(nested)
    assert without['datasets'][0]['pipeline'] == [{'type': 'LoadEncodedImage'}]
    assert len(nested['datasets'][0]['pipeline']) == 2


def test_failure_is_one_sentence(config: Path, capsys: pytest.CaptureFixture) -> None:
    (config.parent / 'train.json').unlink()
    with pytest.raises(SystemExit) as stopped:
        pictures_of(config)
    assert stopped.value.code == 1
    assert 'there is no annotation file' in capsys.readouterr().err
