"""SynthText in the Wild (synthetic words on photographs): https://www.robots.ox.ac.uk/~vgg/data/scenetext/.

``gt.mat`` holds cell arrays of one cell an image: ``imnames``; ``wordBB``, (2, 4, words) of x and y, of corners
clockwise from the top left, or (2, 4) where there is one word; and ``txt``, texts of several words between spaces and
line breaks. Nothing is ignored. There is no test split.
"""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import numpy as np

from dbnetpp_plugin.annotations.mmocr_json import make_instance

from .common import find_folder, report_counts
from .leftovers import clear_annotations
from .matfile import Cell, read_cells
from .writing import Instances, Sample, Summary, write_split

IMAGES, WORDS = 858750, 7266866
# gt.mat is full of digits like 420.58453369140625; a hundredth of a pixel is far more exact than the boxes are.
DECIMALS = 2


def prepare(root: Path, out: Path) -> dict[str, Summary]:
    """Prepare the official download in ``root``; memory does not grow with the data set.

    Args:
        root: The unpacked folder, or the one it is in.
        out: The data root to make.

    Returns:
        What was written, under ``train``.

    Raises:
        FileNotFoundError: If there is no ``gt.mat``.
        ValueError: If it cannot be read; the message names image or cell.
    """
    folder = find_folder(root, [name for name in ('.', 'SynthText') if (root / name / 'gt.mat').is_file()])
    if not folder:
        raise FileNotFoundError(f'{root} holds no gt.mat: see docs/datasets/synthtext.md for the layout expected')
    summary = write_split(out, 'train', read_samples(folder))
    report_counts('train', summary, IMAGES, WORDS)
    clear_annotations(out, ['train'])
    return {'train': summary}


def read_samples(folder: Path) -> Iterator[Sample]:
    """Read ``gt.mat`` in ``folder``, image by image.

    Raises:
        ValueError: If it cannot be read, or an image has not as many words as boxes.
    """
    file = folder / 'gt.mat'
    rows = zip_longest(*(read_cells(file, name) for name in ('imnames', 'wordBB', 'txt')))
    for number, (name, boxes, texts) in enumerate(rows):
        if name is None or boxes is None or texts is None:
            raise ValueError(f'{file}: imnames, wordBB and txt are not of the same length, one ends at {number}')
        image = str(name[0])
        yield Sample(folder / image, f'train/{image}', parse(boxes, texts, f'{file}, image {image}'))


def parse(boxes: Cell, texts: Cell, where: str) -> Instances:
    """Make the instances of one image.

    Args:
        boxes: (2, 4, words) or (2, 4).
        texts: Texts that hold as many words, a word being what is between spaces or line breaks.
        where: What image it is, for the message.

    Raises:
        ValueError: If the boxes are of another shape, or not as many as the words.
    """
    words = ' '.join(map(str, texts)).split()
    if isinstance(boxes, list) or boxes.shape[:2] != (2, 4):
        raise ValueError(f'{where}: expected wordBB of shape (2, 4, words), got {np.shape(boxes)}')
    polygons = boxes.reshape(2, 4, -1).transpose(2, 1, 0).reshape(-1, 8)
    if len(polygons) != len(words):
        raise ValueError(f'{where}: there are {len(polygons)} boxes and {len(words)} words')
    rounded = polygons.astype(np.float64).round(DECIMALS).tolist()
    return [make_instance(polygon, text=word) for polygon, word in zip(rounded, words, strict=True)]
