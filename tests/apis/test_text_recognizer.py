"""Recognizers of MMOCR, and one whose results are known."""

from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
import torch
from mmengine.config import Config
from PIL import Image, ImageDraw, ImageFont
from reading_models import write_recognizer

from dbnetpp_plugin.apis.text_recognizer import NOTHING, TextRecognizer
from dbnetpp_plugin.inference.mmocr_models import find_recognizer

BGR = {'B': (255, 0, 0), 'G': (0, 255, 0), 'R': (0, 0, 255), ' ': (0, 0, 0)}


def striped(letters: str, level: float = 1.0, height: int = 32) -> np.ndarray:
    """A crop that ColorReader reads as these letters, each with this score."""
    stripes = [np.full((height, height // 2, 3), BGR[letter], np.uint8) for letter in letters]
    return np.uint8(np.concatenate(stripes, axis=1) * level)


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    return write_recognizer(tmp_path_factory.mktemp('recognizer'))


@pytest.fixture
def recognizer(files) -> TextRecognizer:
    return TextRecognizer(*files, device='cpu')


def test_text_and_mean_score(recognizer):
    crop = np.concatenate([striped('RG'), striped('B', 0.6)], axis=1)
    text, score, _ = recognizer([crop])[0]
    assert text == 'RGB'
    assert score == pytest.approx((1 + 1 + 0.6) / 3, abs=0.01)


def test_nothing_read_has_score_zero(recognizer):
    assert recognizer([striped('  ')]) == [NOTHING] == [('', 0.0, ())]
    assert recognizer([]) == []


def test_results_are_in_order_whatever_the_sizes(recognizer):
    letters = ['RRR', 'GB', 'BBBBBB', 'RG', 'GGG', 'BG', 'R G']
    assert [found.text for found in recognizer([striped(text) for text in letters], batch_size=2)] == [
        text.replace(' ', '') for text in letters]


def test_only_crops_of_the_same_size_share_a_batch(recognizer):
    recognizer([striped('RRR'), striped('GB'), striped('RGB'), striped('BG'), striped('BBB')], batch_size=2)
    assert sorted(recognizer.model.batches) == [(1, 3, 32, 48), (2, 3, 32, 32), (2, 3, 32, 48)]


def test_crops_of_all_kinds(recognizer, tmp_path):
    crop = striped('RGB')
    cv2.imwrite(str(tmp_path / 'a.png'), crop)
    kinds = [crop, tmp_path / 'a.png', (tmp_path / 'a.png').read_bytes(), np.dstack([crop, np.full(crop.shape[:2], 255,
                                                                                                  np.uint8)])]
    assert [found.text for found in recognizer(kinds)] == ['RGB'] * 4
    with pytest.raises(TypeError, match=r'^image 1 is None, which is what cv2\.imread gives'):
        recognizer([crop, None])


def test_words_take_a_recognizer_with_ctc(recognizer):
    with pytest.raises(ValueError, match='ColorReader does not say where its words are: that takes a recognizer with '
                                         'CTC, such as the default'):
        recognizer([striped('RG')], words=True)


def test_precision_is_one_of_three(files):
    with pytest.raises(ValueError, match="the precision is one of float32, bfloat16, float16, got 'int8'"):
        TextRecognizer(*files, 'cpu', precision='int8')


def test_batch_size_is_positive(recognizer):
    with pytest.raises(ValueError, match='the batch size is a positive number, got 0'):
        recognizer([striped('RG')], batch_size=0)


def test_given_crop_stays_as_it_is(recognizer):
    crop = striped('RGB', height=40)
    crop.setflags(write=False)
    recognizer([crop])


def test_grey_is_that_of_the_image(tmp_path):
    """Red is darker than green."""
    recognizer = TextRecognizer(*write_recognizer(tmp_path, ", color_type='grayscale'"), device='cpu')
    crop = striped('RR')
    assert recognizer([crop])[0].score == pytest.approx(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).mean() / 255, abs=1e-3)
    assert recognizer([crop])[0].score < recognizer([striped('GG')])[0].score


def test_names_of_mmocr():
    for name in ('CRNN', 'crnn', 'crnn_mini-vgg_5e_mj'):
        config, weights = find_recognizer(name)
        assert config.name == 'crnn_mini-vgg_5e_mj.py'
        assert config.is_file()
        assert weights.startswith('https://download.openmmlab.com/mmocr/textrecog/crnn/')


def test_unknown_name_lists_those_there_are():
    with pytest.raises(ValueError, match=r'no config file XYZ, and no recognizer .* it has .*CRNN.*SAR, SATRN'):
        TextRecognizer('XYZ')


def test_missing_files(files, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'there is no config file none\.py'):
        TextRecognizer('none.py')
    with pytest.raises(FileNotFoundError, match=r'there is no weights file .*none\.pth'):
        TextRecognizer(files[0], tmp_path / 'none.pth')


def test_name_with_own_weights_downloads_nothing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'there is no weights file .*none\.pth'):
        TextRecognizer('CRNN', tmp_path / 'none.pth')


def test_offline_says_which_file_is_wanted(monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError('no network')

    monkeypatch.setattr('mmengine.runner.checkpoint.CheckpointLoader.load_checkpoint', refuse)
    with pytest.raises(OSError, match=r'weights https://.*crnn.*\.pth cannot be downloaded \(no network\): fetch that'):
        TextRecognizer('CRNN')


def test_config_that_is_read_already(files):
    assert TextRecognizer(Config.fromfile(files[0]), files[1], 'cpu')([striped('RG')])[0].text == 'RG'


NOISE = [np.random.default_rng(size).integers(0, 255, (size, 90, 3), dtype=np.uint8) for size in (20, 32, 33)]


@pytest.mark.parametrize('name', ['CRNN', 'ABINet', 'ABINet_Vision', 'ASTER', 'svtr-small', 'SATRN_sm', 'RobustScanner',
                                  'SAR', 'NRTR', 'SATRN', 'MASTER'])
def test_recognizers_of_mmocr_read_in_batches_what_they_read_singly(name):
    torch.manual_seed(0)
    config = Config.fromfile(find_recognizer(name).config)
    _shorten(config.model.decoder)
    recognizer = TextRecognizer(config, device='cpu')
    together = recognizer(NOISE)
    assert any(found.text for found in together)
    for result, crop in zip(together, NOISE, strict=True):
        alone = recognizer([crop])[0]
        assert result.text == alone.text
        assert result.score == pytest.approx(alone.score, abs=1e-4)
        assert 0 <= result.score <= 1


def _shorten(decoder: dict) -> None:
    """A random model never ends a text, and most take a step of the whole decoder a character."""
    if 'max_seq_len' in decoder and decoder['type'] != 'ABIFuser':  # which reads all at once
        decoder['max_seq_len'] = 4


@pytest.fixture(scope='module')
def ppocr() -> TextRecognizer:
    return TextRecognizer(device='cpu')


def printed(*words: str, gap: int = 30) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """A line of print, and where each word begins and ends, in pixels."""
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / 'fonts' / 'ttf' / 'DejaVuSans.ttf'), 40)
    places, x = [], 10
    for word in words:
        places.append((x, x + round(font.getlength(word))))
        x = places[-1][1] + gap
    image = Image.new('RGB', (places[-1][1] + 10, 60), 'white')
    for word, (left, _) in zip(words, places, strict=True):
        ImageDraw.Draw(image).text((left, 4), word, 'black', font)
    return np.array(image), places


def test_words_are_where_they_are_printed(ppocr):
    words = ('Platform', '9', 'and', 'three-quarters')
    crop, places = printed(*words)
    (found,) = ppocr([crop], words=True)
    assert [word.text for word in found.words] == list(words)
    assert found.text == ' '.join(words)
    assert (found.words[0].start, found.words[-1].stop) == (0, 1)
    for word, (left, right) in zip(found.words, places, strict=True):
        assert word.start * crop.shape[1] == pytest.approx(left, abs=16)  # two columns
        assert word.stop * crop.shape[1] == pytest.approx(right, abs=16)
        assert word.score > 0.8


def test_what_else_is_read_changes_nothing(ppocr):
    """Lines of widths that are padded to the same size, or to others."""
    crops = [printed(*text.split())[0] for text in ('one', 'one two', 'one two three', 'four', 'five six')]
    together = ppocr(crops, words=True)
    for crop, found in zip(crops, together, strict=True):
        (alone,) = ppocr([crop], words=True)
        assert (alone.text, [word.text for word in alone.words]) == (found.text, [word.text for word in found.words])
        assert alone.score == pytest.approx(found.score, abs=1e-4)
        np.testing.assert_allclose([word[2:] for word in alone.words], [word[2:] for word in found.words], atol=1e-6)


def test_other_precision_reads_the_same():
    crop, _ = printed('Half', 'the', 'bits')
    (found,) = TextRecognizer(device='cpu', precision='bfloat16')([crop])
    assert found.text == 'Half the bits'
