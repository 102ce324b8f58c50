"""Total-Text (words, many of them curved): https://github.com/cs-chan/Total-Text-Dataset.

The annotation is published twice. A ``.mat`` file holds a cell array of six columns, one row a word: 'x:', the x
coordinates, 'y:', the y coordinates, the transcription, the orientation (c curved, h horizontal, m multi-oriented). A
``.txt`` file holds the same as ``x: [[1 2 3]], y: [[4 5 6]], ornt: [u'c'], transcriptions: [u'word']``, with line
breaks between coordinates. The transcription ``#``, or none, is text that counts neither way.
"""

import ast
import re
from itertools import pairwise
from pathlib import Path

from dbnetpp_plugin.annotations.ignored import bare
from dbnetpp_plugin.annotations.lines import finite, read_text
from dbnetpp_plugin.annotations.mmocr_json import make_instance

from .common import Split, prepare_splits
from .matfile import Cell, read_cells
from .writing import Instances, Summary

FORM = "x: [[1 2 3]], y: [[4 5 6]], ornt: [u'c'], transcriptions: [u'word']"
COLUMNS = 6
WORD_START = re.compile(r'^[ \t]*x:', re.MULTILINE)
WORD = re.compile(
    r'\s*x:\s*\[\[(?P<xs>[^\]]*)\]\],\s*y:\s*\[\[(?P<ys>[^\]]*)\]\],'
    r'\s*ornt:.*?,\s*transcriptions:\s*(?P<texts>\[.*\])\s*', re.DOTALL)


def _split(name: str, folder: str, official_images: int) -> Split:
    return Split(
        name=name,
        images=(f'Images/{folder}', f'totaltext/Images/{folder}'),
        annotations=(f'Groundtruth/Polygon/{folder}', f'Polygon/{folder}', f'txt_format/{folder}'),
        annotation_names=('poly_gt_{stem}.mat', 'gt_{stem}.mat', 'poly_gt_{stem}.txt'),
        official_images=official_images,
    )


SPLITS = (_split('train', 'Train', 1255), _split('test', 'Test', 300))


def prepare(root: Path, out: Path) -> dict[str, Summary]:
    """Prepare the official download in ``root`` (see :func:`.common.prepare_splits`)."""
    return prepare_splits(root, out, SPLITS, parse)


def parse(file: Path) -> Instances:
    """Read one annotation file, ``.mat`` or ``.txt``.

    A few outlines of ignored text are a single point; they are passed on as they are.

    Raises:
        ValueError: If it is not what this module describes; the message names file and word or line.
    """
    return parse_mat(file) if file.suffix.lower() == '.mat' else parse_txt(file)


def parse_mat(file: Path) -> Instances:
    """Read a ``.mat`` file, of the first release (variable ``polygt``) or of the later training annotation (``gt``).

    Raises:
        ValueError: If it is not what this module describes; the message names file and word.
    """
    cells = list(read_cells(file, 'polygt', 'gt'))
    count, rest = divmod(len(cells), COLUMNS)
    if rest:
        raise ValueError(f'{file}: expected {COLUMNS} columns, got {len(cells)} cells')
    return [_parse_row(cells[row::count], f'{file}, word {row + 1}') for row in range(count)]


def _parse_row(row: list[Cell], where: str) -> dict:
    _, xs, _, ys, text, _ = row
    if isinstance(xs, list) or isinstance(ys, list) or xs.size != ys.size:
        raise ValueError(f'{where}: expected as many x as y coordinates, got {xs!s:.80} and {ys!s:.80}')
    return _instance(xs.ravel().tolist(), ys.ravel().tolist(), ''.join(map(str, text)))


def parse_txt(file: Path) -> Instances:
    """Read a ``.txt`` file.

    Raises:
        ValueError: If it is not what this module describes; the message names file and line.
    """
    content = read_text(file)
    # A word goes on until the next one begins: its coordinates, and its transcription, may hold line breaks.
    bounds = [*(match.start() for match in WORD_START.finditer(content)), len(content)]
    if content[:bounds[0]].strip():
        raise ValueError(f'{file}, line 1: expected {FORM}, got {content!r:.80}')
    return [
        _parse_word(content[start:end], f'{file}, line {content.count(chr(10), 0, start) + 1}')
        for start, end in pairwise(bounds)]


def _parse_word(content: str, where: str) -> dict:
    try:
        if not (match := WORD.fullmatch(content)):
            raise ValueError('a field is missing')
        xs, ys = finite(match['xs'].split()), finite(match['ys'].split())
        texts = ast.literal_eval(match['texts'])
        if len(xs) != len(ys):
            raise ValueError(f'it has {len(xs)} x and {len(ys)} y coordinates')
    except (ValueError, SyntaxError) as error:
        raise ValueError(f'{where}: expected {FORM}, got {content!r:.80}') from error
    return _instance(xs, ys, ''.join(map(str, texts)))


def _instance(xs: list[float], ys: list[float], text: str) -> dict:
    polygon = [value for point in zip(xs, ys, strict=True) for value in point]
    return make_instance(polygon, ignore=not text.strip() or set(bare(text)) == {'#'}, text=text)
