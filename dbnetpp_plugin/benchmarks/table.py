"""All comparisons in one go, as one table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from . import data, deformable, inference, metric, postprocess, targets, train


class Row(NamedTuple):
    """A line of the table."""

    benchmark: str
    what: str
    other: str  # MMOCR's figure, or torchvision's
    ours: str
    speedup: float


def run(data_root: Path, downloads: Path, images: list[str]) -> dict[str, Any]:
    """Run all comparisons, one after the other.

    Args:
        data_root: ICDAR 2015 as ``dbnetpp prepare`` makes it, for ``data`` and ``train``.
        downloads: Official ground truth, for ``targets``.
        images: For ``inference``.

    Returns:
        'figures', what each benchmark returns, by name; 'lines', the table in Markdown.
    """
    figures = {
        'data': data.run(None, data_root, number=40, repeats=2, seed=0, config=None, loader=True),
        'targets': targets.run(downloads, number=30, repeats=2),
        'postprocess': postprocess.run(repeats=30, seed=0),
        'metric': metric.run((5, 20, 200), repeats=5, seed=0),
        'deformable': deformable.run(repeats=5, seed=0),
        'train': train.run(None, data_root, model='r18', batch_size=4, size=320, steps=10, workers=1, device='cpu'),
        'inference': inference.run(images, None, scale=(1280, 736), device='cpu', threads=2, repeats=3),
    }
    return {'figures': figures, 'lines': markdown(list(rows(figures)))}


def rows(figures: Mapping[str, Any]) -> Iterator[Row]:
    """A row per case."""
    sample = figures['data']
    yield _times('data', 'a training sample, from the file to the label maps', sample['mmocr']['ms'],
                 sample['dbnetpp']['ms'])
    yield _times('data', 'the same through a data loader with one worker, wall time',
                 sample['mmocr']['loader']['wall_ms'], sample['dbnetpp']['loader']['wall_ms'])
    for case in figures['targets']['cases']:
        yield _times('targets', f'label maps, {case["name"]}', case['mmocr'], case['dbnetpp'])
    for case in figures['postprocess']['cases']:
        yield _times('postprocess', f'{case["page"]["instances"]} words, {case["text_repr_type"]}, `epsilon_ratio` '
                     f'{case["epsilon_ratio"]}', case['mmocr']['ms'], case['dbnetpp']['ms'])
    for case in figures['metric']['cases']:
        yield _times('metric', f'{case["instances"]} x {case["instances"]}', case['mmocr_ms'], case['dbnetpp_ms'])
    for case in figures['deformable']['cases']:
        channels, height, width = case['layer']
        yield _times('deformable', f'{channels} channels, {width}x{height}, {case["pass"]}, beside torchvision',
                     case['torchvision'], case['dbnetpp'])
    steps = figures['train']
    yield _speeds('train', 'training steps of DBNet with ResNet-18, crops of 320',
                  steps['mmocr']['images_per_second'], steps['labels_in_workers']['images_per_second'])
    speeds = {name: spread['median'] for name, spread in figures['inference']['images_per_second'].items()}
    for name, who in (('mmocr_textdet', 'TextDetInferencer'), ('mmocr', 'MMOCRInferencer')):
        yield _speeds('inference', f'DBNet++ with ResNet-50, 1280x736, beside `{who}`', speeds[name], speeds['dbnetpp'])
    yield _speeds('inference', "the same with `precision='bfloat16'`, beside `TextDetInferencer`",
                  speeds['mmocr_textdet'], speeds['dbnetpp_bfloat16'])


def markdown(table: list[Row]) -> list[str]:
    """Lines of the table."""
    return ['| benchmark | what | MMOCR | here | speedup |', '| --- | --- | --- | --- | --- |',
            *(f'| `{row.benchmark}` | {row.what} | {row.other} | {row.ours} | {row.speedup:.2g} |' for row in table)]


def _times(benchmark: str, what: str, other: Mapping[str, float], ours: Mapping[str, float]) -> Row:
    slow, fast = other['median'], ours['median']
    return Row(benchmark, what, f'{slow:.3g} ms', f'{fast:.3g} ms', slow / fast)


def _speeds(benchmark: str, what: str, other: float, ours: float) -> Row:
    return Row(benchmark, what, f'{other:.3g} images/s', f'{ours:.3g} images/s', ours / other)
