"""Weights that fit nothing are not trained on without a word."""

import pytest
import torch
from toy_runs import ToyDetector, ToyImages, toy_runner

HOOK = dict(type='FittingWeightsHook')


def save(folder, change=lambda name: name, **keys) -> str:
    file = folder / 'weights.pth'
    state = {change(name): value for name, value in ToyDetector().state_dict().items() if change(name)}
    torch.save(dict(state_dict=state), file)
    return str(file)


def loud(messages: list[str]) -> list[str]:
    return [message for message in messages if '!!!' in message]


@pytest.mark.parametrize('change', [lambda name: name, lambda name: f'module.{name}'])
def test_weights_that_fit_are_no_news(tmp_path, messages, change):
    toy_runner(tmp_path, ToyDetector(), ToyImages(), HOOK, load_from=save(tmp_path, change)).train()
    assert not loud(messages)


@pytest.mark.parametrize('change', [lambda name: f'student.{name}', lambda name: name.upper()])
def test_training_stops_where_nothing_fits(tmp_path, change):
    file = save(tmp_path, change)
    with pytest.raises(ValueError, match=r'weights\.pth fit nothing: of backbone 0 of 6, neck 0 of 6, head 0'):
        toy_runner(tmp_path, ToyDetector(), ToyImages(), HOOK, load_from=file).train()


def test_names_alone_do_not_fit(tmp_path):
    state = {name: torch.zeros(*value.shape, 7) for name, value in ToyDetector().state_dict().items()}
    torch.save(dict(state_dict=state), tmp_path / 'other.pth')
    with pytest.raises(ValueError, match='fit nothing'):
        toy_runner(tmp_path, ToyDetector(), ToyImages(), HOOK, load_from=str(tmp_path / 'other.pth')).train()


@pytest.mark.parametrize('part', ['backbone', 'neck', 'head'])
def test_a_part_that_takes_nothing_is_named_in_one_line(tmp_path, messages, part):
    file = save(tmp_path, lambda name: '' if name.startswith(part) else name)
    toy_runner(tmp_path, ToyDetector(), ToyImages(), HOOK, load_from=file).train()
    line, = loud(messages)
    assert f'weights.pth FIT NOTHING OF: {part}. ' in line
    assert f'{part} 0 of 6' in line
    assert '\n' not in line


def test_pretrained_weights_of_a_part(tmp_path, messages):
    file = save(tmp_path)
    good = dict(type='Pretrained', checkpoint=file, prefix='backbone.')
    toy_runner(tmp_path, ToyDetector(backbone=good), ToyImages(), HOOK).train()
    assert not loud(messages)
    bad = dict(type='Pretrained', checkpoint=file)
    with pytest.raises(ValueError, match=r'weights\.pth \(init_cfg of backbone\) fit nothing: of backbone 0 of 6'):
        toy_runner(tmp_path, ToyDetector(backbone=[bad]), ToyImages(), HOOK).train()


def test_pretrained_weights_of_the_model(tmp_path, messages):
    file = save(tmp_path, lambda name: '' if name.startswith('neck') else name)
    model = ToyDetector(init_cfg=dict(type='Pretrained', checkpoint=file))
    toy_runner(tmp_path, model, ToyImages(), HOOK).train()
    line, = loud(messages)
    assert '(init_cfg of the model) FIT NOTHING OF: neck.' in line


def test_moving_averages_and_resuming(tmp_path, messages):
    ema = dict(type='EMAHook')
    toy_runner(tmp_path, ToyDetector(), ToyImages(), HOOK, ema, load_from=save(tmp_path)).train()
    model = ToyDetector()
    toy_runner(tmp_path, model, ToyImages(), HOOK, ema, resume=True, epochs=3).train()
    assert not loud(messages)
    assert not model._load_state_dict_post_hooks
