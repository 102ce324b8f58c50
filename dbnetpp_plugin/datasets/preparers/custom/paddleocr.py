"""PaddleOCR's format, which PPOCRLabel writes: a text file of a line an image, its path, a tab, and a JSON list.

Each item of the list is a text: ``points``, ``transcription``, and perhaps ``difficult``. It is ignored if the
transcription is ``###`` or ``*``, or by ``difficult``.
"""

from pathlib import Path
from typing import Any

from dbnetpp_plugin.annotations.ignored import is_ignored_text
from dbnetpp_plugin.annotations.lines import read_lines
from dbnetpp_plugin.annotations.mmocr_json import make_instance

from ..writing import Instances, Sample, warn_of
from .parts import Options, flatten, get, is_ignored, known, locate, parse_json, place_of, warn_of_unnamed

LABEL_FILE = 'Label.txt'
ALSO_IGNORED = '*'


def read(images: Path, annotations: Path, options: Options) -> list[Sample]:
    """Read the annotation file.

    Args:
        images: Folder of images.
        annotations: The label file, or the folder where it is called ``Label.txt``.
        options: What to leave out.

    Raises:
        FileNotFoundError: If there is no label file.
        ValueError: If a line cannot be read; the message names file, line and text.
    """
    file = annotations / LABEL_FILE if annotations.is_dir() else annotations
    if not file.is_file():
        raise FileNotFoundError(f'there is no {file}: name the label file')
    samples, missing = [], []
    for where, line in read_lines(file):
        name, tab, texts = line.partition('\t')
        if not tab:
            raise ValueError(f'{where}: expected the path of an image, a tab and a JSON list, got {line!r:.80}')
        instances = parse(texts, where)
        if path := locate(images, name):
            samples.append(Sample(path, place_of(path, images), instances))
        else:
            missing.append(f'{name} ({len(instances)} texts)' if instances else name)
    warn_of_unnamed(images, samples, file, options.skip)
    warn_of(f'images of {file} that are not in {images}, left out', missing)
    return samples


def parse(texts: str, where: str) -> Instances:
    """Read the texts of one image.

    Args:
        texts: The JSON list.
        where: Where the line is, for the message.

    Raises:
        ValueError: If it cannot be read.
    """
    records = parse_json(texts, where, list)
    return [_parse_text(record, f'{where}, text {number}') for number, record in enumerate(records, 1)]


def _parse_text(record: Any, where: str) -> dict:
    polygon = flatten(get(record, 'points', list, where), where)
    text = known(record.get('transcription'))
    ignore = is_ignored_text(text, ALSO_IGNORED) or is_ignored(text, record.get('difficult'))
    return make_instance(polygon, ignore=ignore, text=text)
