"""A loss that is no number stops the training, or its batch is skipped."""

from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from toy_runs import ToyDetector, ToyImages, toy_runner

from dbnetpp_plugin.engine.finite_loss_hook import MAX_SKIPPED_IN_A_ROW, FiniteLossHook, newest_finite_checkpoint


def is_finite(model: torch.nn.Module) -> bool:
    return all(torch.isfinite(value).all() for value in model.state_dict().values())


def test_training_stops_at_once_and_names_the_images(tmp_path):
    run = toy_runner(tmp_path, ToyDetector(), ToyImages(5), dict(type='FiniteLossHook'))
    with pytest.raises(FloatingPointError, match=r'in iteration 3 \(.*loss_toy is nan\).*imgs/4\.jpg, imgs/5\.jpg\. '
                                                 r'There is no good checkpoint yet.*finite_loss\.skip=True'):
        run.train()
    assert not list(tmp_path.glob('*.pth'))


class Spoil(Hook):
    """From the third epoch on, the first image is NaN."""

    def after_train_epoch(self, runner):
        if runner.epoch == 1:
            runner.train_dataloader.dataset.bad = (0,)


def test_training_names_the_last_good_checkpoint(tmp_path):
    run = toy_runner(tmp_path, ToyDetector(), ToyImages(), FiniteLossHook(), Spoil(), epochs=3)
    with pytest.raises(FloatingPointError, match=r'in iteration 9 .*The last good checkpoint is .*epoch_2\.pth'):
        run.train()


def test_a_checkpoint_of_ruined_weights_is_not_good(tmp_path):
    assert newest_finite_checkpoint(tmp_path) is None
    for number, value in enumerate((1.0, float('nan'))):
        torch.save(dict(state_dict=dict(weight=torch.tensor([value]))), tmp_path / f'epoch_{number}.pth')
    assert newest_finite_checkpoint(tmp_path) == Path(tmp_path / 'epoch_0.pth')


def test_a_skipped_batch_leaves_no_trace(tmp_path, messages):
    run = toy_runner(tmp_path, model := ToyDetector(), ToyImages(4), FiniteLossHook(skip=True))
    run.train()
    assert is_finite(model)
    skipped = [message for message in messages if 'Skipped' in message]
    assert len(skipped) == 2
    assert skipped[0] == ('WARNING: Skipped the batch of iteration 3, whose loss is not finite. '
                          'Its images are imgs/4.jpg, imgs/5.jpg.')
    assert not any('nan' in message for message in messages)


def test_ruined_weights_cannot_be_skipped(tmp_path):
    model = ToyDetector()
    torch.nn.init.constant_(model.head.layer.weight, float('nan'))
    run = toy_runner(tmp_path, model, ToyImages(length=40), FiniteLossHook(skip=True))
    with pytest.raises(FloatingPointError, match=f'not finite in {MAX_SKIPPED_IN_A_ROW} iterations in a row'):
        run.train()


def test_skip_is_a_switch():
    with pytest.raises(ValueError, match="True or False for skip, but got 'no'"):
        FiniteLossHook(skip='no')
