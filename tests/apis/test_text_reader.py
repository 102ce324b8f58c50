"""Reading pages of coloured stripes, found by a detector that takes bright for text."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from bright_model import save, write_model
from reading_models import write_recognizer

from dbnetpp_plugin.apis import Reading, TextDetector, TextReader
from dbnetpp_plugin.apis.text_recognizer import TextRecognizer
from dbnetpp_plugin.images.errors import BrokenImageError

# Each about as bright as the others, so that the detector finds them all, and the recognizer knows them apart.
BGR = {'B': (255, 170, 170), 'G': (170, 255, 170), 'R': (170, 170, 255)}


@pytest.fixture(scope='module')
def files(tmp_path_factory) -> tuple[Path, ...]:
    folder = tmp_path_factory.mktemp('models')
    return *write_model(folder), *write_recognizer(folder)


@pytest.fixture(scope='module')
def detector(files) -> TextDetector:
    return TextDetector(*files[:2], device='cpu')


@pytest.fixture
def reader(detector, files) -> TextReader:
    return TextReader(detector, *files[2:], 'cpu', min_score=0)


def page(*words: tuple[str, int, int], shape: tuple[int, int] = (128, 192), is_vertical: bool = False) -> np.ndarray:
    """Black, with words at places; a letter is a block of 24 x 20 pixels, to the right of the one before or below."""
    image = np.zeros((*shape, 3), np.uint8)
    for letters, x, y in words:
        for i, letter in enumerate(letters):
            if is_vertical:
                image[y + 24 * i:y + 24 * i + 24, x:x + 20] = BGR[letter]
            else:
                image[y:y + 20, x + 24 * i:x + 24 * i + 24] = BGR[letter]
    return image


def spelled(text: str) -> str:
    """Letters once each; wide ones are read more than once."""
    return ''.join(letter for letter, _ in itertools.groupby(text))


def read(found: Reading) -> list[str]:
    return [spelled(text) for text in found.texts]


WORDS = (('RGB', 20, 20), ('BG', 120, 22), ('GR', 20, 80), ('BRG', 100, 80))
EXPECTED = ['RGB', 'BG', 'GR', 'BRG']


def test_words_in_reading_order(reader):
    found = reader(page(*WORDS[::-1]))[0]
    assert read(found) == EXPECTED
    assert [int(polygon[:, 0].mean()) for polygon in found.polygons] == pytest.approx([56, 144, 44, 136], abs=2)
    assert found.scores.shape == found.text_scores.shape == (4,)
    assert found.scores.dtype == found.text_scores.dtype == np.float32
    assert (found.text_scores > 0.3).all()
    assert (found.image, found.size) == (0, (128, 192))


def test_scores_stay_with_their_words(reader):
    """The darker word, at the end, is the less sure one."""
    image = page(*WORDS)
    image[70:, 90:] = image[70:, 90:] * 0.8
    found = reader(image)[0]
    assert found.scores.argmin() == found.text_scores.argmin() == 3


@pytest.mark.parametrize('batch_size', [1, 2, 5])
def test_batches_change_nothing(reader, batch_size):
    images = [page(WORDS[0]), page(), page(*WORDS[1:]), page(*WORDS, shape=(140, 220)), page(WORDS[2])]
    found = reader(images, batch_size)
    assert [read(one) for one in found] == [EXPECTED[:1], [], EXPECTED[1:], EXPECTED, EXPECTED[2:3]]
    assert [one.image for one in found] == [0, 1, 2, 3, 4]
    assert [one.size for one in found] == [image.shape[:2] for image in images]
    for one, image in zip(found, images, strict=True):
        np.testing.assert_allclose(one.text_scores, reader(image)[0].text_scores, atol=1e-6)


def test_text_of_several_images_is_read_together(detector, files):
    recognizer = TextRecognizer(*files[2:], device='cpu')
    TextReader(detector, recognizer)([page(WORDS[0])] * 3, batch_size=3)
    assert [shape[0] for shape in recognizer.model.batches] == [3]
    TextReader(detector, recognizer, text_batch_size=2)([page(WORDS[0])] * 3, batch_size=3)
    assert [shape[0] for shape in recognizer.model.batches[1:]] == [2, 1]


def test_files_folders_and_arrays(reader, tmp_path):
    save(page(WORDS[0]), tmp_path / 'b.png')
    save(page(WORDS[1]), tmp_path / 'a.png')
    found = reader([tmp_path, page(WORDS[2])])
    assert [one.image for one in found] == [str(tmp_path / 'a.png'), str(tmp_path / 'b.png'), 2]
    assert [read(one) for one in found] == [['BG'], ['RGB'], ['GR']]


def test_each_file_is_read_once(reader, tmp_path, monkeypatch):
    paths = [save(page(word), tmp_path / f'{i}.png') for i, word in enumerate(WORDS)]
    seen = []
    original = reader.detector.load
    monkeypatch.setattr(reader.detector, 'load', lambda named: seen.append(named.name) or original(named))
    reader(paths, batch_size=3)
    assert [name for name in seen if isinstance(name, str)] == [str(path) for path in paths]


def test_broken_file(reader, tmp_path):
    good, bad = save(page(WORDS[0]), tmp_path / 'good.png'), tmp_path / 'bad.png'
    bad.write_bytes(b'nothing')
    with pytest.raises(BrokenImageError, match=r'bad\.png'):
        reader([good, bad])
    told = []
    found = list(reader.stream([bad, good, bad, good], 2, on_error=lambda name, error: told.append((name, error))))
    assert [one.image for one in found] == [str(good)] * 2
    assert [name for name, _ in told] == [str(bad)] * 2
    assert isinstance(told[0][1], BrokenImageError)


def test_stream_of_an_endless_iterable(reader):
    stream = reader.stream(itertools.repeat(page(WORDS[0])), batch_size=2)
    assert [next(stream).image for _ in range(5)] == [0, 1, 2, 3, 4]


def test_bad_input(reader, files, detector):
    with pytest.raises(ValueError, match=r'^image 0 is an array \(5, 5\) of float64: an image is a path, bytes'):
        reader(np.zeros((5, 5)))
    with pytest.raises(ValueError, match='the batch size is a positive number, got 0'):
        reader(page(), batch_size=0)
    with pytest.raises(FileNotFoundError, match=r'there is no weights file none\.pth'):
        TextReader(detector, files[2], 'none.pth')
    with pytest.raises(ValueError, match="the orientation is one of upright, auto, got 'sideways'"):
        TextReader(detector, *files[2:], 'cpu', orientation='sideways')
    with pytest.raises(ValueError, match='ColorReader does not say where its words are'):
        TextReader(detector, *files[2:], 'cpu', words=True)


class Fixed:
    """Finds what it is told to."""

    def __init__(self, *polygons: list) -> None:
        self.polygons = [np.float32(polygon).reshape(-1, 2) for polygon in polygons]

    def load(self, named):
        return named.source

    def stream(self, images, batch_size):
        from dbnetpp_plugin.apis import Detection
        for image in images:
            yield Detection(self.polygons, np.ones(len(self.polygons), np.float32), 0, image.shape[:2])


def quad(left: int, top: int, right: int, bottom: int) -> list[int]:
    return [left, top, right, top, right, bottom, left, bottom]


def test_outlines_without_extent_are_read_as_nothing(files):
    outlines = Fixed(quad(20, 20, 91, 39), [5, 5, 5, 5, 5, 5, 5, 5], [np.nan] * 8)
    reader = TextReader(outlines, *files[2:], 'cpu', min_score=0)
    found = reader(page(WORDS[0]))[0]
    assert sorted(read(found)) == ['', '', 'RGB']
    assert sorted(found.text_scores.tolist())[:2] == [0, 0]


class Recorder(TextRecognizer):
    """Says at which call and at which place a crop was seen, with scores as told, and keeps the crops."""

    def __init__(self, *scores: float) -> None:
        self.scores, self.crops = list(scores), []

    def __call__(self, crops, batch_size=64, words=False):
        from dbnetpp_plugin.apis.text_recognizer import Recognition
        self.crops.append(list(crops))
        scores = [self.scores.pop(0) for _ in crops]
        return [Recognition(f'way {len(self.crops)}.{i}', score) for i, score in enumerate(scores)]


NOISE = np.random.default_rng(0).integers(0, 255, (100, 120, 3), dtype=np.uint8)
TALL, WIDE = quad(10, 10, 29, 81), quad(10, 10, 81, 29)


def cut(polygon: list[int], quarters: int = 0, image: np.ndarray = NOISE) -> np.ndarray:
    left, top, right, bottom = np.array(polygon)[[0, 1, 2, 5]]
    return np.rot90(image[top:bottom + 1, left:right + 1], quarters)


@pytest.mark.parametrize(('polygon', 'turns'), [(WIDE, [0]), (TALL, [0, 1, 3])])
def test_ways_of_reading(polygon, turns):
    for best in range(len(turns)):
        recognizer = Recorder(*(0.9 if way == best else 0.8 for way in range(len(turns))))
        found = TextReader(Fixed(polygon), recognizer, margin=0)(NOISE)[0]
        assert found.texts == [f'way 1.{best}']
        assert found.text_scores.tolist() == pytest.approx([0.9])
        for crop, quarters in zip(recognizer.crops[0], turns, strict=True):
            np.testing.assert_array_equal(crop, cut(polygon, quarters))


def test_what_is_read_with_a_low_score_is_dropped():
    outlines = [quad(10, top, 80, top + 15) for top in (5, 35, 65)]
    for options, expected in (({}, ['way 1.0', 'way 1.2']), ({'min_score': 0.85}, ['way 1.2']),
                              ({'min_score': 0}, ['way 1.0', 'way 1.1', 'way 1.2'])):
        found = TextReader(Fixed(*outlines), Recorder(0.8, 0.79, 0.9), margin=0, **options)(NOISE)[0]
        assert found.texts == expected
        assert len(found.polygons) == len(found.scores) == len(found.text_scores) == len(expected)


def test_crops_reach_beyond_what_was_detected():
    recognizer = Recorder(0.9)
    TextReader(Fixed(quad(10, 10, 80, 30)), recognizer, margin=0.4)(NOISE)
    np.testing.assert_array_equal(recognizer.crops[0], [NOISE[8:33, 2:89]])


@pytest.mark.parametrize(('scores', 'texts', 'looks'), [
    # Both directions of the line, to find that of the page; the line; if that is poor, the line upside down.
    ([0.9, 0.1, 0.9], ['way 2.0'], 2),
    ([0.9, 0.1, 0.75, 0.8], ['way 3.0'], 3),
    ([0.9, 0.1, 0.75, 0.7], ['way 2.0'], 3),
])
def test_a_line_that_makes_no_sense_is_read_upside_down(scores, texts, looks):
    recognizer = Recorder(*scores)
    found = TextReader(Fixed(WIDE), recognizer, margin=0, orientation='auto', min_score=0)(NOISE)[0]
    assert found.texts == texts
    turns = [[0, 2], [0], [2]][:looks]
    assert [len(crops) for crops in recognizer.crops if crops] == [len(turn) for turn in turns]
    for crops, quarters in zip(recognizer.crops, turns, strict=False):
        for crop, quarter in zip(crops, quarters, strict=True):
            np.testing.assert_array_equal(crop, cut(WIDE, quarter))


class Turning(Fixed):
    """Finds an outline on the page as it is given, and another once it is looked at again."""

    def stream(self, images, batch_size):
        for image in images:
            outline, self.polygons = self.polygons[0], self.polygons[1:]
            yield from Fixed(outline).stream([image], batch_size)


@pytest.mark.parametrize(('polygon', 'votes', 'quarters'), [
    (WIDE, [0.2, 0.9], 2), (TALL, [0.9, 0.2], 1), (TALL, [0.2, 0.9], 3)])
def test_a_turned_page_is_looked_at_upright(polygon, votes, quarters):
    upright = np.rot90(NOISE, quarters)
    line = quad(20, 30, 90, 45)
    recognizer = Recorder(*votes, 0.95)
    found = TextReader(Turning(polygon, line), recognizer, margin=0, orientation='auto')(NOISE)[0]
    np.testing.assert_array_equal(recognizer.crops[1], [cut(line, image=upright)])
    assert found.texts == ['way 2.0']
    assert found.size == NOISE.shape[:2]
    # The outline is that of the page as it was given, and begins where its text does.
    corners = found.polygons[0].astype(int)
    np.testing.assert_array_equal(NOISE[corners[:, 1], corners[:, 0]], upright[[30, 30, 45, 45], [20, 90, 90, 20]])


def test_order_of_a_turned_page():
    """Two lines of a page on its head: what is below comes first."""
    recognizer = Recorder(*[0.1, 0.9] * 2, 0.91, 0.92)
    outlines = [quad(10, 10, 81, 29), quad(10, 50, 81, 69)]
    found = TextReader(Fixed(*outlines), recognizer, margin=0, orientation='auto')(NOISE)[0]
    assert [polygon[:, 1].mean() for polygon in found.polygons] == [79.5, 39.5]  # 99 - 19.5, 99 - 59.5
    assert found.text_scores.tolist() == pytest.approx([0.91, 0.92])


@pytest.mark.parametrize('batch_size', [1, 2, 3])
def test_images_that_are_refused_are_left_out_and_named(reader, tmp_path, batch_size):
    long, missing = np.zeros((1, 30000, 3), np.uint8), tmp_path / 'no.png'
    told = []
    given = [page(WORDS[0]), long, page(WORDS[1]), missing, long, page(WORDS[2])]
    found = list(reader.stream(given, batch_size, on_error=lambda name, error: told.append((name, str(error)))))
    assert [(one.image, read(one)) for one in found] == [(0, ['RGB']), (2, ['BG']), (5, ['GR'])]
    assert sorted(name for name, _ in told if name != str(missing)) == [1, 4]
    assert [message for name, message in told if name == str(missing)] == [
        f'there is no image file or folder {missing}']
    with pytest.raises(BrokenImageError, match='too long and narrow'):
        reader(long)
    with pytest.raises(FileNotFoundError):
        reader(missing)


@pytest.mark.parametrize('min_score', [50, -0.1, float('nan')])
def test_lowest_score_beyond_its_range(detector, files, min_score):
    with pytest.raises(ValueError, match=f'the lowest score is a number from 0 to 1, got {min_score}'):
        TextReader(detector, *files[2:], 'cpu', min_score=min_score)
