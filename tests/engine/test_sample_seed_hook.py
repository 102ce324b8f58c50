"""The same samples whatever the number of workers, and other samples in another epoch."""

import copy
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset, RepeatDataset, worker_init_fn
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop
from mmocr.datasets.samplers import BatchAugSampler
from torch.utils.data import DataLoader

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations
from dbnetpp_plugin.datasets.random_synth_text import RandomSynthText
from dbnetpp_plugin.datasets.text_det_dataset import TextDetDataset
from dbnetpp_plugin.engine import SampleSeedHook


def draw(results: dict) -> tuple[int, float]:
    """A pipeline of one step that stands for augmentation."""
    return results['sample_idx'], float(np.random.rand())  # noqa: NPY002


def pixels(results: dict) -> tuple[int, bytes]:
    """The end of a pipeline: all that was drawn is in the pixels and outlines."""
    return results['sample_idx'], results['img'].tobytes() + b''.join(map(np.ndarray.tobytes, results['gt_polygons']))


@pytest.fixture
def dataset(tmp_path) -> TextDetDataset:
    write_annotations(tmp_path / 'train.json', [make_entry(f'{i}.jpg', 10, 10, []) for i in range(6)])
    return TextDetDataset(data_root=str(tmp_path), ann_file='train.json', pipeline=[draw])


def runner(dataset, epoch: int, loop: type = EpochBasedTrainLoop, seed: int = 3) -> SimpleNamespace:
    return SimpleNamespace(train_loop=loop.__new__(loop), train_dataloader=SimpleNamespace(dataset=dataset), seed=seed,
                           epoch=epoch)


def one_epoch(loader) -> list[tuple[int, float]]:
    return sorted(sample for batch in loader for sample in batch)


def loader(dataset, workers: int) -> DataLoader:
    return DataLoader(dataset, batch_size=2, num_workers=workers, persistent_workers=workers > 0, collate_fn=list,
                      worker_init_fn=lambda i: worker_init_fn(i, num_workers=workers, rank=0, seed=0))


def test_samples_do_not_depend_on_workers_and_change_with_the_epoch(dataset):
    hook, loaders = SampleSeedHook(), [loader(dataset, workers) for workers in (0, 1, 2)]
    epochs = []
    for epoch in range(2):
        hook.before_train_epoch(runner(dataset, epoch))
        first, *others = (one_epoch(each) for each in loaders)
        assert others == [first, first]
        epochs.append(first)
    draws = [value for epoch in epochs for _, value in epoch]
    assert len(set(draws)) == 12


def test_samples_change_with_the_seed(dataset):
    draws = set()
    for seed in range(3):
        SampleSeedHook().before_train_epoch(runner(dataset, 0, seed=seed))
        draws.add(dataset[0])
    assert len(draws) == 3


def test_parts_of_a_concatenation_are_seeded(dataset):
    joined = ConcatDataset([dataset, dataset])
    SampleSeedHook().before_train_epoch(runner(joined, 0))
    assert joined[1] == joined[1]


def same_data(dataset) -> TextDetDataset:
    return TextDetDataset(data_root=dataset.data_root, ann_file='train.json', pipeline=[draw])


def concat(first, *others) -> ConcatDataset:
    """A concatenation of wrappers too, which configs can build, though the constructor takes no such object."""
    joined = ConcatDataset([first]) if isinstance(first, TextDetDataset) else copy.copy(first)
    joined.datasets = [first, *others]
    joined.cumulative_sizes = joined.cumsum(joined.datasets)
    return joined


def repeat(dataset, times: int) -> RepeatDataset:
    repeated = RepeatDataset(dataset.datasets[0], times)
    repeated.dataset = dataset
    return repeated


@pytest.mark.parametrize('join', [
    lambda a, b: ConcatDataset([a, b]), lambda a, b: ConcatDataset([a, a]), lambda a, b: concat(a, concat(a)),
    lambda a, b: concat(concat(a), b), lambda a, b: concat(concat(a), RepeatDataset(a, 1)),
    lambda a, b: concat(*[concat(a)] * 2), lambda a, b: repeat(concat(a), 2), lambda a, b: RepeatDataset(a, 2)])
def test_an_image_that_is_listed_twice_is_two_samples(dataset, join):
    joined = join(dataset, same_data(dataset))
    SampleSeedHook().before_train_epoch(runner(joined, 0))
    samples = [joined[i] for i in range(12)]
    assert [index for index, _ in samples] == [*range(6)] * 2
    assert len({value for _, value in samples}) == 12


@pytest.mark.parametrize('twice', [True, False])
def test_a_concatenation_does_not_depend_on_workers_or_on_resuming(dataset, twice):
    parts = [dataset, dataset if twice else same_data(dataset)]
    joined, later = ConcatDataset(list(parts)), ConcatDataset(list(parts))
    hook, loaders = SampleSeedHook(), [loader(joined, workers) for workers in (0, 2)]
    epochs = []
    for epoch in range(3):
        hook.before_train_epoch(runner(joined, epoch))
        alone, shared = (one_epoch(each) for each in loaders)
        assert alone == shared
        epochs.append(alone)
    assert len({value for epoch in epochs for _, value in epoch}) == 36
    hook.before_train_epoch(runner(later, 2))  # as a resumed training begins
    assert one_epoch(loader(later, 1)) == epochs[2]
    hook.before_train_epoch(runner(later, 1))
    assert one_epoch(loader(later, 0)) == epochs[1]


def test_the_first_part_is_seeded_as_a_data_set_on_its_own(dataset):
    SampleSeedHook().before_train_epoch(runner(dataset, 3))
    alone = [dataset[i] for i in range(6)]
    joined = ConcatDataset([dataset, same_data(dataset)])
    SampleSeedHook().before_train_epoch(runner(joined, 3))
    assert [joined[i] for i in range(6)] == alone


def test_samples_that_a_sampler_repeats_stay_different(dataset):
    run = runner(dataset, 0)
    run.train_dataloader.sampler = BatchAugSampler(dataset, num_repeats=2, seed=0)
    SampleSeedHook().before_train_epoch(run)
    assert dataset[1] != dataset[1]


def test_a_subset_is_seeded_on_its_own(dataset):
    SampleSeedHook().before_train_epoch(runner(dataset, 0))
    subset = dataset.get_subset(3)
    SampleSeedHook().before_train_epoch(runner(subset, 1))
    assert subset[1] == subset[1] != dataset[1]
    assert subset[1][0] == dataset[1][0] == 1


def test_synthetic_text_that_is_listed_twice_is_other_text():
    kept = [RandomSynthText(size=(128, 128), length=1, pipeline=[look]) for _ in range(2)]
    joined = ConcatDataset(kept)
    SampleSeedHook().before_train_epoch(runner(joined, 0))
    (first, augmented), (second, augmented_too) = joined[0], joined[1]
    assert first != second
    assert augmented != augmented_too


def test_other_data_sets_may_seed_as_they_like():
    class Other:
        def seed_samples(self, seed, epoch):
            self.seeded = seed, epoch

    SampleSeedHook().before_train_epoch(runner(other := Other(), 4))
    assert other.seeded == (3, 4)


def look(results: dict) -> tuple[int, float]:
    """A pipeline of one step that tells pictures apart, and what augments them."""
    return int(results['img'].astype(np.uint32).sum()), float(np.random.rand())  # noqa: NPY002


def test_synthetic_text_is_another_in_each_epoch():
    synthetic = RandomSynthText(size=(128, 128), length=3, pipeline=[look])
    epochs = []
    for epoch in (0, 1, 0):
        SampleSeedHook().before_train_epoch(runner(synthetic, epoch))
        epochs.append([synthetic[i] for i in range(3)])
    assert epochs[0] == epochs[2]
    assert len({part for epoch in epochs[:2] for sample in epoch for part in sample}) == 12


def test_synthetic_text_joined_with_files(dataset):
    synthetic = RandomSynthText(size=(128, 128), length=3, pipeline=[look])
    joined = ConcatDataset([dataset, synthetic])
    SampleSeedHook().before_train_epoch(runner(joined, 5))
    assert len(joined) == 9
    assert [joined[i] for i in range(9)] == [joined[i] for i in range(9)]
    assert joined[7] == synthetic[1]


def test_repetitions_of_an_image_stay_different(dataset):
    repeated = RepeatDataset(dataset, 2)
    SampleSeedHook().before_train_epoch(runner(repeated, 0))
    assert repeated[1] != repeated[7]


def test_data_set_without_seeds_is_left_alone():
    SampleSeedHook().before_train_epoch(runner([1, 2], 0))


def test_training_counted_in_iterations_is_left_alone(dataset):
    SampleSeedHook().before_train_epoch(runner(dataset, 0, loop=IterBasedTrainLoop))
    assert dataset[1] != dataset[1]


MMOCR_PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadOCRAnnotations', with_polygon=True, with_bbox=True, with_label=True),
    dict(type='TorchVisionWrapper', op='ColorJitter', brightness=0.5, saturation=0.5),
    dict(type='ImgAugWrapper', args=[['Fliplr', 0.5], dict(cls='Affine', rotate=[-10, 10])]),
    dict(type='RandomCrop', min_side_ratio=0.1),
    dict(type='RandomFlip', prob=0.5),
    pixels,
]


@pytest.fixture
def photographs(tmp_path) -> TextDetDataset:
    entries = []
    for i in range(6):
        image = np.random.default_rng(i).integers(256, size=(48, 64, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / f'{i}.png'), image)
        polygon = [20, 15, 45, 15, 45, 30, 20, 30]
        entries.append(make_entry(f'{i}.png', 64, 48, [make_instance(polygon)]))
    write_annotations(tmp_path / 'train.json', entries)
    return TextDetDataset(data_root=str(tmp_path), ann_file='train.json', pipeline=MMOCR_PIPELINE)


def test_transforms_of_mmocr_torchvision_and_imgaug_draw_from_seeded_generators(photographs):
    hook, epochs = SampleSeedHook(), []
    for epoch in (0, 1, 0):
        hook.before_train_epoch(runner(photographs, epoch))
        alone, shared, others = (one_epoch(loader(photographs, workers)) for workers in (0, 1, 2))
        assert alone == shared == others
        epochs.append(alone)
    assert epochs[0] == epochs[2]
    assert len({content for epoch in epochs for _, content in epoch}) == 12


def test_samples_made_while_training_leave_its_random_numbers_alone(photographs):
    SampleSeedHook().before_train_epoch(runner(photographs, 0))
    torch.manual_seed(0)
    expected = torch.rand(4)
    torch.manual_seed(0)
    assert photographs[0] == photographs[0]
    assert torch.equal(torch.rand(4), expected)
