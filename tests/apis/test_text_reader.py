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
    return TextReader(detector, *files[2:], 'cpu')


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
    original = reader.detector.read
    monkeypatch.setattr(reader.detector, 'read', lambda path: seen.append(path) or original(path))
    reader(paths, batch_size=3)
    assert seen == paths


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
    with pytest.raises(ValueError, match=r'an image is an array \(height, width, 3\) of uint8'):
        reader(np.zeros((5, 5)))
    with pytest.raises(ValueError, match='the batch size is a positive number, got 0'):
        reader(page(), batch_size=0)
    with pytest.raises(FileNotFoundError, match=r'there is no weights file none\.pth'):
        TextReader(detector, files[2], 'none.pth')


class Fixed:
    """Finds what it is told to."""

    def __init__(self, *polygons: list) -> None:
        self.polygons = [np.float32(polygon).reshape(-1, 2) for polygon in polygons]

    def read(self, path):
        raise NotImplementedError

    def stream(self, images, batch_size):
        from dbnetpp_plugin.apis import Detection
        for image in images:
            yield Detection(self.polygons, np.ones(len(self.polygons), np.float32), 0, image.shape[:2])


def quad(left: int, top: int, right: int, bottom: int) -> list[int]:
    return [left, top, right, top, right, bottom, left, bottom]


def test_outlines_without_extent_are_read_as_nothing(files):
    reader = TextReader(Fixed(quad(20, 20, 91, 39), [5, 5, 5, 5, 5, 5, 5, 5], [np.nan] * 8), *files[2:], 'cpu')
    found = reader(page(WORDS[0]))[0]
    assert sorted(read(found)) == ['', '', 'RGB']
    assert sorted(found.text_scores.tolist())[:2] == [0, 0]


class Recorder(TextRecognizer):
    """Reads nothing, with scores as they are told, and keeps the crops."""

    def __init__(self, *scores: float) -> None:
        self.scores, self.crops = scores, []

    def __call__(self, crops, batch_size=64):
        from dbnetpp_plugin.apis.text_recognizer import Recognition
        self.crops = list(crops)
        return [Recognition(f'way {i}', score) for i, score in zip(range(len(crops)), self.scores, strict=True)]


TALL, WIDE = quad(10, 10, 29, 81), quad(10, 10, 81, 29)


@pytest.mark.parametrize(('polygon', 'options', 'turns'), [
    (WIDE, {}, [0]),
    (WIDE, {'upside_down': True}, [0, 2]),
    (TALL, {}, [0, 1, 3]),
    (TALL, {'vertical': False}, [1]),
    (TALL, {'upside_down': True}, [0, 1, 3, 2]),
    (TALL, {'vertical': False, 'upside_down': True}, [1, 3]),
])
def test_ways_of_reading(polygon, options, turns):
    image = np.random.default_rng(0).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    left, top, right, bottom = np.array(polygon)[[0, 1, 2, 5]]
    for best in range(len(turns)):
        recognizer = Recorder(*(0.9 if way == best else 0.5 for way in range(len(turns))))
        found = TextReader(Fixed(polygon), recognizer, margin=0, **options)(image)[0]
        assert found.texts == [f'way {best}']
        assert found.text_scores.tolist() == pytest.approx([0.9])
        for crop, quarters in zip(recognizer.crops, turns, strict=True):
            np.testing.assert_array_equal(crop, np.rot90(image[top:bottom + 1, left:right + 1], quarters))


def test_crops_reach_beyond_what_was_detected():
    image = np.random.default_rng(0).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    recognizer = Recorder(0.9)
    TextReader(Fixed(quad(10, 10, 80, 30)), recognizer, margin=0.4)(image)
    np.testing.assert_array_equal(recognizer.crops, [image[8:33, 2:89]])


def test_text_that_runs_down_or_up(files):
    """Stripes look the same from both sides; read downwards is what comes first."""
    reader = TextReader(Fixed(quad(40, 20, 59, 91)), *files[2:], 'cpu', vertical=False)
    assert read(reader(page(('RGB', 40, 20), is_vertical=True))[0]) == ['RGB']
