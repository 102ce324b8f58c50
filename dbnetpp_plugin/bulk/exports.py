"""The results of a job in the formats of others: ICDAR, PaddleOCR, LabelMe, hOCR and plain text.

Everything is made from ``results.jsonl``, one image after the other, and has the same bytes each time.
"""

import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from dbnetpp_plugin.files import atomic_write, unique_stems, write_file
from dbnetpp_plugin.reading.reading_order import reading_lines
from dbnetpp_plugin.version import __version__

from .results import json_line, read_records

Record = Mapping[str, Any]
# Without their texts regions still need a label in LabelMe.
LABEL = 'text'
_NOT_XML = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that a zip file has the same bytes each time


def export(results: Path, kind: str, out_dir: Path) -> tuple[Path, int]:
    """Write the results in one of the formats.

    Args:
        results: JSON lines.
        kind: A key of :data:`EXPORTS`.
        out_dir: For the export, which has a fixed name.

    Returns:
        Path of the export, and how many images are in it.

    Raises:
        OSError: If something cannot be read or written.
        ValueError: If the results are none, or there is no such kind.
    """
    if kind not in EXPORTS:
        raise ValueError(f'results are exported as {", ".join(EXPORTS)}, got {kind!r}')
    return EXPORTS[kind](results, out_dir)


# --- ICDAR -----------------------------------------------------------------------------------------------------------
def export_icdar(results: Path, out_dir: Path) -> tuple[Path, int]:
    """Write a zip file with a text file for each image, ``res_NAME.txt``, as the ICDAR competitions want it.

    The file of an image that could not be read is empty: all its text counts as missed.
    """
    stems = unique_stems(record['path'] for record in read_records(results))
    target = out_dir / 'icdar.zip'
    with atomic_write(target) as temporary, zipfile.ZipFile(temporary, 'w') as archive:
        for stem, record in zip(stems, read_records(results), strict=True):
            name = zipfile.ZipInfo(f'res_{stem}.txt', _EPOCH)
            name.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(name, ''.join(f'{line}\n' for line in icdar_lines(record)).encode())
    return target, len(stems)


def icdar_lines(record: Record) -> Iterator[str]:
    """Lines ``x1,y1,...,xk,yk,score[,transcription]`` of an image, in whole pixels, as the competitions demand."""
    texts = record.get('texts')
    for index, (polygon, score) in enumerate(zip(record.get('polygons', ()), record.get('scores', ()), strict=True)):
        numbers = [str(value) for value in np.rint(polygon).astype(int).ravel()]
        yield ','.join([*numbers, f'{score:.4f}', *([_transcription(texts[index])] if texts is not None else [])])


def _transcription(text: str) -> str:
    """The text on one line; in quotes, which readers take off, where it would be taken for something else without."""
    line = re.sub(r'[\r\n]+', ' ', text)
    if line == line.strip() and not line.startswith('"') and not _is_number(line):
        return line
    return '"' + line.replace('\\', '\\\\').replace('"', '\\"') + '"'


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# --- PaddleOCR -------------------------------------------------------------------------------------------------------
def export_paddleocr(results: Path, out_dir: Path) -> tuple[Path, int]:
    """Write a label file, a line for each image: its path, a tab, and a JSON list of its regions.

    Images that could not be read are left out, as are those whose path holds a tab or a line break.
    """
    target = out_dir / 'paddleocr.txt'
    count = 0
    with atomic_write(target) as temporary, open(temporary, 'wb') as file:
        for record in read_records(results):
            if 'error' not in record and not {'\t', '\n', '\r'} & set(record['path']):
                file.write(os.fsencode(record['path']) + b'\t' + json_line(paddleocr_regions(record)))
                count += 1
    return target, count


def paddleocr_regions(record: Record) -> list[dict[str, Any]]:
    """Regions of an image; the transcription is empty if it was not read."""
    texts = record.get('texts') or [''] * len(record['polygons'])
    return [{'transcription': text, 'points': polygon, 'score': score}
            for text, polygon, score in zip(texts, record['polygons'], record['scores'], strict=True)]


# --- LabelMe ---------------------------------------------------------------------------------------------------------
def export_labelme(results: Path, out_dir: Path) -> tuple[Path, int]:
    """Write a folder with a LabelMe file for each image that could be read; it names the image by a relative path."""
    target = out_dir / 'labelme'
    return _export_files(results, target, '.json', lambda record: json.dumps(
        labelme_file(record, target), indent=1, ensure_ascii=False))


def labelme_file(record: Record, folder: Path) -> dict[str, Any]:
    """Content of the LabelMe file of an image: a polygon a region, whose label is its text."""
    texts = record.get('texts') or [''] * len(record['polygons'])
    shapes = [{'label': text or LABEL, 'points': polygon, 'group_id': None, 'description': f'score {score}',
               'shape_type': 'polygon', 'flags': {}, 'mask': None}
              for text, polygon, score in zip(texts, record['polygons'], record['scores'], strict=True)]
    return {'version': '5.4.1', 'flags': {}, 'shapes': shapes, 'imagePath': _relative(record['path'], folder),
            'imageData': None, 'imageHeight': record['height'], 'imageWidth': record['width']}


def _relative(path: str, folder: Path) -> str:
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # on another drive of Windows
        return os.path.abspath(path)


# --- plain text ------------------------------------------------------------------------------------------------------
def export_text(results: Path, out_dir: Path) -> tuple[Path, int]:
    """Write a folder with a text file, UTF-8, for each image that was read: its lines, in reading order."""
    return _export_files(results, out_dir / 'txt', '.txt',
                         lambda record: ''.join(f'{line}\n' for line in text_lines(record)))


def text_lines(record: Record) -> Iterator[str]:
    """Lines of the page, in reading order; those in which nothing was read are left out."""
    texts = _texts_of(record, 'txt')
    for indices in _reading_lines(record):
        line = ' '.join(texts[index] for index in indices if texts[index])
        if line:
            yield line


# --- hOCR ------------------------------------------------------------------------------------------------------------
def export_hocr(results: Path, out_dir: Path) -> tuple[Path, int]:
    """Write a folder with an hOCR file for each image that was read (https://kba.github.io/hocr-spec/1.2/).

    Every region is an ``ocrx_word``, with ``--words`` a single word.
    """
    return _export_files(results, out_dir / 'hocr', '.hocr', hocr_page)


def hocr_page(record: Record) -> str:
    """An hOCR document of one page."""
    texts = _texts_of(record, 'hocr')
    page = ElementTree.Element('div', {'class': 'ocr_page', 'id': 'page_1', 'title': _title(
        [[0, 0], [record['width'], record['height']]], image=json.dumps(record['path'], ensure_ascii=False))})
    for number, indices in enumerate(_reading_lines(record), 1):
        outline = [point for index in indices for point in record['polygons'][index]]
        line = ElementTree.SubElement(page, 'span', {
            'class': 'ocr_line', 'id': f'line_{number}', 'title': _title(outline)})
        for index in indices:
            score = round(100 * record['text_scores'][index])
            word = ElementTree.SubElement(line, 'span', {
                'class': 'ocrx_word', 'id': f'word_{index + 1}',
                'title': _title(record['polygons'][index], x_wconf=str(score))})
            word.text, word.tail = _printable(texts[index]), ' '
        line.tail = '\n'
    html = ElementTree.Element('html', {'xmlns': 'http://www.w3.org/1999/xhtml'})
    head = ElementTree.SubElement(html, 'head')
    ElementTree.SubElement(head, 'title').text = _printable(Path(record['path']).name)
    for name, content in (('ocr-system', f'dbnetpp_plugin {__version__}'),
                          ('ocr-capabilities', 'ocr_page ocr_line ocrx_word')):
        ElementTree.SubElement(head, 'meta', {'name': name, 'content': content})
    ElementTree.SubElement(html, 'body').append(page)
    return '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n' + ElementTree.tostring(html, 'unicode') + '\n'


def _title(points: Sequence[Sequence[float]], **properties: str) -> str:
    x, y = zip(*points, strict=True)
    box = ' '.join(str(round(value)) for value in (min(x), min(y), max(x), max(y)))
    return '; '.join([f'bbox {box}', *(f'{name} {_printable(value)}' for name, value in properties.items())])


def _printable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _NOT_XML.sub('\N{REPLACEMENT CHARACTER}', text)


# --- pages -----------------------------------------------------------------------------------------------------------
def _reading_lines(record: Record) -> list[list[int]]:
    return reading_lines([np.asarray(polygon) for polygon in record['polygons']])


def _texts_of(record: Record, kind: str) -> list[str]:
    if 'texts' not in record:
        raise ValueError(f'{record["path"]} has outlines and no texts, which {kind} is made of: use dbnetpp read')
    return record['texts']


def _export_files(results: Path, target: Path, suffix: str, content: Callable[[Record], str]) -> tuple[Path, int]:
    """Write a file for each image that could be read."""
    target.mkdir(exist_ok=True)
    stems = unique_stems(record['path'] for record in read_records(results))
    count = 0
    for stem, record in zip(stems, read_records(results), strict=True):
        if 'error' not in record:
            write_file(content(record).encode('utf-8', 'backslashreplace'), target / f'{stem}{suffix}')
            count += 1
    return target, count


OF_TEXT = ('txt', 'hocr')  # of results with texts only
EXPORTS: dict[str, Callable[[Path, Path], tuple[Path, int]]] = {
    'icdar': export_icdar, 'paddleocr': export_paddleocr, 'labelme': export_labelme,
    'txt': export_text, 'hocr': export_hocr}
