"""The command line that chooses settings on a validation set."""

import re
from ast import literal_eval
from pathlib import Path

import numpy as np
import pytest
from bright_model import painted, save, write_model
from mmengine.config import Config

from dbnetpp import command
from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations

main = command('tune')
DATASET = """
val_dataloader = dict(dataset=dict(
    type='TextDetDataset', data_root='{root}', ann_file='val.json', test_mode=True, pipeline=test_pipeline))
test_evaluator = [dict(type='HmeanIOUMetric'), dict(type='TextDetHmeanMetric', score_thr=0.5)]
"""
# Half as large, the white block is 39 x 9 pixels from (20, 20) on. Grown by A' r' / L' with r' = 3 it is this word.
DISTANCE = 39 * 9 * 3 / (2 * (39 + 9))
LEFT, TOP, RIGHT, BOTTOM = 2 * (20 - DISTANCE), 2 * (20 - DISTANCE), 2 * (59 + DISTANCE), 2 * (29 + DISTANCE)
WORD = [LEFT, TOP, RIGHT, TOP, RIGHT, BOTTOM, LEFT, BOTTOM]


@pytest.fixture
def model(tmp_path: Path) -> tuple[str, str]:
    """Three images with a word, whose score is 1, and something grey, whose score is 0.6, that is none."""
    image = painted()
    image[100:116, 40:100] = 153
    entries = []
    for number in range(3):
        save(image, tmp_path / f'{number}.png')
        entries.append(make_entry(f'{number}.png', 192, 128, [make_instance(WORD, ignore=False, text='word')]))
    write_annotations(tmp_path / 'val.json', entries)
    config, weights = write_model(tmp_path)
    config.write_text(config.read_text() + DATASET.format(root=tmp_path))
    return str(config), str(weights)


def rows_of(printed: str) -> list[list[float]]:
    return [[float(cell) for cell in line.split()] for line in printed.splitlines() if re.match(r' *\d+ ', line)]


def test_unclip_ratio_and_score_threshold_are_those_that_fit_the_words(model, capsys):
    assert main([*model, '--unclip-ratios', '1', '3', '--mask-thrs', '0.3']) == 0
    # With r' = 1 the word is found too small, with an IoU of 0.40. Scores above 0.6 keep it, not the grey text.
    # The middle of 0.65, 0.7 ... 0.95 is 0.8.
    assert rows_of(capsys.readouterr().out) == [[64, 0.3, 3, 0.8, 1, 1, 1], [64, 0.3, 1, 0.65, 0, 0, 0]]


def test_sizes_and_mask_thresholds_are_tried(model, capsys):
    assert main([*model, '--sizes', '64', '128', '--mask-thrs', '0.3', '0.7', '--unclip-ratios', '3']) == 0
    rows = rows_of(capsys.readouterr().out)
    assert {(size, mask_thr) for size, mask_thr, *_ in rows} == {(64, 0.3), (64, 0.7), (128, 0.3), (128, 0.7)}
    # Beyond a mask threshold of 0.7 nothing grey is left, so that all scores are as good: the middle of 0.3 to 0.95.
    assert [row[3:] for row in rows if row[:2] == [64, 0.7]] == [[0.65, 1, 1, 1]]


def test_printed_options_set_what_was_chosen(model, capsys):
    assert main([*model, '--sizes', '96', '--unclip-ratios', '3']) == 0
    printed = capsys.readouterr().out
    assert 'chosen on 3 images with 3 texts that count:' in printed
    options = re.findall(r"'?([\w.]+)=([^\s']+)'?", printed.splitlines()[-1])
    config = Config.fromfile(model[0])
    config.merge_from_dict({name: literal_eval(value) for name, value in options})
    postprocessor = config.model.det_head.postprocessor
    assert (postprocessor.mask_thr, postprocessor.unclip_ratio, postprocessor.min_text_score) == (0.3, 3.0, 0.8)
    assert config.test_dataloader.dataset.pipeline[1].scale == (4096, 96)
    assert config.test_evaluator[1].score_thr == 0.8


def test_options_of_the_config_hold(model, capsys):
    assert main([*model, '--cfg-options', 'val_dataloader.dataset.indices=-2']) == 0
    assert 'chosen on 2 images with 2 texts' in capsys.readouterr().out


def failure_of(arguments: list[str], capsys) -> str:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 1
    return capsys.readouterr().err


def test_a_config_without_validation_set(model, capsys):
    config = Path(model[0])
    config.write_text(config.read_text().replace('val_dataloader', 'other_dataloader'))
    assert 'the config has no val_dataloader.dataset with a pipeline' in failure_of([*model], capsys)


def test_another_postprocessor(model, capsys):
    options = ['--cfg-options', 'model.det_head.postprocessor.type=DBPostprocessor']
    assert re.search('those of DBNetPPPostprocessor, but .* DBPostprocessor', failure_of([*model, *options], capsys))


def test_nothing_is_chosen_without_text(model, capsys):
    folder = Path(model[0]).parent
    save(np.zeros((128, 192, 3), np.uint8), folder / 'empty.png')
    write_annotations(folder / 'val.json', [make_entry('empty.png', 192, 128, [])])
    assert 'the validation set has no text that counts' in failure_of([*model], capsys)


def test_unclip_ratio_out_of_range(model, capsys):
    message = failure_of([*model, '--unclip-ratios', '-1'], capsys)
    assert 'unclip_ratio of DBNetPPPostprocessor lies in' in message
