"""Curves of a training, from its logs."""

import json

import numpy as np
import pytest

from dbnetpp_plugin.visualization.training_curves import draw_curves, read_curves, smoothed


def write_log(work_dir, run, entries):
    (work_dir / run / 'vis_data').mkdir(parents=True)
    (work_dir / run / 'vis_data' / 'scalars.json').write_text('\n'.join(json.dumps(entry) for entry in entries))


@pytest.fixture
def work_dir(tmp_path):
    """A run that logged step 10 to 30, and one that was resumed from a checkpoint at 20."""
    folder = tmp_path / 'model'
    write_log(folder, '20260102_000000', [
        {'step': 30, 'loss': 2.0}, {'step': 40, 'loss': 1.0}, {'step': 40, 'icdar2015/hmean': 0.5}])
    write_log(folder, '20260101_000000', [
        {'step': 10, 'loss': 4.0}, {'step': 20, 'loss': 3.0}, {'step': 30, 'loss': 9.0}])
    return folder


def test_the_last_run_counts(work_dir):
    curves = read_curves(work_dir, ['loss', 'icdar2015/hmean'])
    assert curves['loss'][0].tolist() == [10, 20, 30, 40]
    assert curves['loss'][1].tolist() == [4, 3, 2, 1]
    assert [part.tolist() for part in curves['icdar2015/hmean']] == [[40], [0.5]]


def test_minutes_of_training_without_evaluations(tmp_path):
    write_log(tmp_path, '20260101_000000', [
        {'step': 10, 'loss': 4.0, 'lr': 1.0, 'time': 6.0}, {'step': 15, 'hmean': 0.1, 'time': 99.0},
        {'step': 20, 'loss': 3.0, 'lr': 1.0, 'time': 9.0}])
    # Resumed at step 20, on a faster machine.
    write_log(tmp_path, '20260102_000000', [
        {'step': 30, 'loss': 2.0, 'lr': 1.0, 'time': 3.0}, {'step': 30, 'hmean': 0.5, 'time': 99.0}])
    curves = read_curves(tmp_path, ['loss', 'hmean'], minutes=True)
    np.testing.assert_allclose(curves['loss'], [[1, 2.5, 3], [4, 3, 2]])
    np.testing.assert_allclose(curves['hmean'], [[1.75, 3], [0.1, 0.5]])


def test_minutes_need_the_time_of_steps(work_dir):
    with pytest.raises(ValueError, match='have no time of the steps'):
        read_curves(work_dir, ['loss'], minutes=True)


def test_means_never_look_ahead():
    np.testing.assert_allclose(smoothed(np.array([4.0, 2.0, 0.0, 4.0]), 2), [4, 3, 1, 2])
    np.testing.assert_allclose(smoothed(np.array([4.0, 2.0, 0.0]), 9), [4, 3, 2])


def test_long_curves_are_smoothed_and_short_ones_are_not():
    steps, values = np.arange(4), np.array([4.0, 2.0, 0.0, 4.0])
    curves = {'long': {'loss': (steps, values)}, 'short': {'loss': (steps[:3], values[:3])}}
    panel, = draw_curves(curves, ['loss'], window=2).axes
    raw, mean, short = (line.get_ydata().tolist() for line in panel.get_lines())
    assert (raw, mean, short) == ([4, 2, 0, 4], [4, 3, 1, 2], [4, 2, 0])
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ['long', 'short']
    assert panel.get_title() == 'loss'


@pytest.mark.parametrize('line', ['nonsense', '[1]', '{"loss": 1}'])
def test_broken_log_is_named(tmp_path, line):
    (tmp_path / 'run' / 'vis_data').mkdir(parents=True)
    log = tmp_path / 'run' / 'vis_data' / 'scalars.json'
    log.write_text(f'{{"step": 1, "loss": 2.0}}\n{line}\n')
    with pytest.raises(ValueError, match=r'scalars\.json, line 2, is not an entry of a log'):
        read_curves(tmp_path, ['loss'])


def test_folder_without_logs(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no'):
        read_curves(tmp_path, ['loss'])
