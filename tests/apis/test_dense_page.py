"""A page of many small words: the right size finds them, in one piece and in tiles."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dbnetpp_plugin.apis import TextDetector
from dbnetpp_plugin.evaluation import compare, match_in_order

SIZE = (2560, 1920)  # width, height
COLUMNS, ROWS = 16, 38
LETTER_HEIGHT = 20  # pixels, ascenders and descenders included
WORDS = ('Genaxis', 'theatre', 'Exit', '1965', 'parking', 'Bugis', 'station', 'level')


@pytest.fixture(scope='module')
def page() -> tuple[np.ndarray, list[np.ndarray]]:
    """608 words, and their outlines, from the longest ascenders to the longest descenders of the font."""
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / 'fonts/ttf/DejaVuSans.ttf'), 16)
    assert sum(font.getmetrics()) == LETTER_HEIGHT - 1  # of whole pixels
    image = Image.new('RGB', SIZE, (236, 233, 228))
    draw, outlines = ImageDraw.Draw(image), []
    for index in range(COLUMNS * ROWS):
        word = WORDS[index * 5 % len(WORDS)]
        x = 20 + index % COLUMNS * (SIZE[0] - 40) // COLUMNS
        y = 25 + index // COLUMNS * (SIZE[1] - 50) // ROWS
        draw.text((x, y), word, (30, 32, 40), font)
        right, bottom = x + font.getlength(word), y + LETTER_HEIGHT
        outlines.append(np.array([(x, y), (right, y), (right, bottom), (x, bottom)], float))
    return np.array(image)[..., ::-1], outlines


def recall(page, **options) -> float:
    image, outlines = page
    (found,) = TextDetector(device='cpu', **options)(np.ascontiguousarray(image))
    matched = match_in_order(compare(outlines, [False] * len(outlines), found.polygons).pairs)
    assert len(found.polygons) <= len(outlines) * 1.05  # none is found twice, or in pieces
    return len(matched) / len(outlines)


@pytest.mark.parametrize('options', [
    dict(size=SIZE[1]), dict(size=SIZE[1], tile=1024), dict(size=960, scales=(2,))],
    ids=['whole', 'tiles', 'enlarged'])
def test_nearly_all_words_are_found(page, options):
    assert recall(page, **options) >= 0.95


def test_they_are_too_small_at_the_size_of_the_config(page):
    assert recall(page) < 0.95
