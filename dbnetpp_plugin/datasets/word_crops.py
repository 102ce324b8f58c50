"""Making the training data of a recognizer from those of a detector: one crop a word.

Crops are cut as :class:`.text_reader.TextReader` cuts them, so that a recognizer is trained on what it will read.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from dbnetpp_plugin.annotations.mmocr_json import read_annotations, validate_annotations
from dbnetpp_plugin.files import unique_stems, write_file
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.images.loading import read_image
from dbnetpp_plugin.reading.crops import MARGIN, MAX_SIDE, Image, crop_polygon, is_tall

from .detected_words import detected_outlines

METAINFO = {'dataset_type': 'TextRecogDataset', 'task_name': 'textrecog'}
QUALITY = 95  # of the JPEG files
DETECTION, RECOGNITION = 'textdet', 'textrecog'


@dataclass
class CropCounts:
    """What became of the words of a data set."""

    words: int = 0
    """Cut out and written."""
    missed: int = 0
    """Not found by the detector of which the outlines are."""
    ignored: int = 0
    textless: int = 0
    degenerate: int = 0
    """Without an outline that has an extent."""
    broken: list[str] = field(default_factory=list)
    """Images that cannot be read, which are left out."""

    def __str__(self) -> str:
        left_out = {'not detected': self.missed, 'ignored': self.ignored, 'without a transcription': self.textless,
                    'without an extent': self.degenerate}
        parts = [f'{count} {name}' for name, count in left_out.items() if count]
        if self.broken:
            parts.append(f'all words of {len(self.broken)} images that cannot be read')
        return f'{self.words} words' + (f'; left out: {", ".join(parts)}' if parts else '')


def word_crop(image: Image, polygon: list[float], text: str, max_side: int = MAX_SIDE,
              margin: float = 0.0) -> Image | None:
    """Cut an annotated word out of an image, as a recognizer is to be trained on it.

    A tall crop is a line that runs down, and is turned as it is for reading, unless it is a single character.

    Args:
        image: (H, W, 3).
        polygon: x1, y1, x2, y2, ... in pixels, from the top left corner of the word.
        text: Its transcription.
        max_side: As in :func:`.crops.crop_polygon`.
        margin: As in :func:`.crops.crop_polygon`.

    Returns:
        None if the polygon has no extent.
    """
    crop = crop_polygon(image, polygon, ordered=True, max_side=max_side, margin=margin)
    if crop is None or len(text) == 1 or not is_tall(crop):
        return crop
    return np.ascontiguousarray(np.rot90(crop))


def write_word_crops(annotations: Path, root: Path, out: Path, max_side: int = MAX_SIDE,
                     detections: Path | None = None) -> CropCounts:
    """Write MMOCR's data for text recognition, from its data for text detection.

    Args:
        annotations: ``textdet_train.json`` or the like. Its name with ``textrecog`` is that of the file that is made.
        root: Folder that the paths of the images in it are relative to.
        out: Folder to make or to add to: the annotation file, and the crops in ``textrecog_imgs/train`` or the like.
        max_side: As in :func:`.crops.crop_polygon`.
        detections: Results of ``dbnetpp detect`` for these images, of which the outlines are taken instead of the
            annotated ones, with the margin with which they are read.

    Returns:
        How many words are written, and how many are left out.

    Raises:
        FileNotFoundError: If there is no such annotation file, or there are no such results.
        ValueError: If one of them is not what it should be, or there is no word to cut out.
    """
    data = read_annotations(annotations)
    bad = {(fault.entry, fault.instance) for fault in validate_annotations(data, annotations)}
    outlines = None if detections is None else detected_outlines(data['data_list'], detections)
    cut = partial(word_crop, max_side=max_side, margin=0.0 if outlines is None else MARGIN)
    split = annotations.stem.removeprefix(DETECTION).strip('_') or 'train'
    folder = Path(f'{RECOGNITION}_imgs') / split
    (out / folder).mkdir(parents=True, exist_ok=True)
    counts, entries = CropCounts(), []
    stems = unique_stems(entry['img_path'] for entry in data['data_list'])
    for number, (entry, stem) in enumerate(zip(data['data_list'], stems, strict=True)):
        usable = [(place, word) for place, word in _words(entry, counts) if not _is_bad(bad, number, place, counts)]
        if outlines is not None:
            usable = list(_found(outlines[number], usable, counts))
        for place, text, crop in _crops(root / entry['img_path'], usable, cut, counts):
            path = folder / f'{stem}_{place}.jpg'
            write_file(cv2.imencode('.jpg', crop, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes(), out / path)
            entries.append({'img_path': path.as_posix(), 'instances': [{'text': text}]})
    counts.words = len(entries)
    if not entries:
        raise ValueError(f'{annotations} holds no word to cut out: {counts}')
    content = json.dumps({'metainfo': METAINFO, 'data_list': entries}, ensure_ascii=False)
    write_file(content.encode(), out / f'{RECOGNITION}_{split}.json')
    return counts


def _words(entry: dict[str, Any], counts: CropCounts) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, instance in enumerate(entry['instances']):
        if instance['ignore']:
            counts.ignored += 1
        elif not instance.get('text'):
            counts.textless += 1
        else:
            yield place, instance


def _found(outlines: dict[int, list[float]], words: list[tuple[int, dict[str, Any]]],
           counts: CropCounts) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, word in words:
        if place in outlines:
            yield place, {**word, 'polygon': outlines[place]}
        else:
            counts.missed += 1


def _is_bad(bad: set[tuple[int, int]], entry: int, place: int, counts: CropCounts) -> bool:
    counts.degenerate += (entry, place) in bad
    return (entry, place) in bad


def _crops(path: Path, words: list[tuple[int, dict[str, Any]]], cut: Callable[..., Image | None],
           counts: CropCounts) -> Iterator[tuple[int, str, Image]]:
    if not words:
        return
    try:
        image = read_image(path)
    except BrokenImageError as error:
        counts.broken.append(str(error))
        return
    for place, word in words:
        crop = cut(image, word['polygon'], word['text'])
        if crop is None:
            counts.degenerate += 1
        else:
            yield place, word['text'], crop
