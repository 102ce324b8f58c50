"""Reading text with two ONNX files."""

from pathlib import Path

from dbnetpp_plugin.pipelines.reader import Detector, PageReader, check_options
from dbnetpp_plugin.pipelines.recognizer import CropRecognizer
from dbnetpp_plugin.reading.crops import MARGIN
from dbnetpp_plugin.reading.settings import MIN_SCORE, UPRIGHT

from .text_detector import OnnxTextDetector
from .text_recognizer import OnnxTextRecognizer


class OnnxTextReader(PageReader):
    """A detector and a recognizer in ONNX files, as a function of images, without PyTorch.

    It is used as :class:`dbnetpp_plugin.apis.TextReader`.

    Args:
        detector: Path of a file, or a detector, such as an :class:`.text_detector.OnnxTextDetector` with options of its
            own.
        recognizer: Path of a file, or a recognizer.
        device: Of the files, as of :class:`.text_detector.OnnxTextDetector`.
        threads: How many threads compute on the CPU; by default as many as there are cores.
        words: As of :class:`dbnetpp_plugin.pipelines.reader.PageReader`, like the following.
        orientation: As there.
        min_score: As there.
        text_batch_size: As there.
        margin: As there.

    Raises:
        FileNotFoundError, ImportError, ValueError: As :class:`.text_detector.OnnxTextDetector`,
            :class:`.text_recognizer.OnnxTextRecognizer` and :class:`dbnetpp_plugin.pipelines.reader.PageReader`.
    """

    def __init__(self, detector: Detector | str | Path, recognizer: CropRecognizer | str | Path,
                 device: str | None = None, *, threads: int | None = None, words: bool = False,
                 orientation: str = UPRIGHT, min_score: float = MIN_SCORE, text_batch_size: int = 64,
                 margin: float = MARGIN) -> None:
        check_options(orientation, min_score)
        super().__init__(
            OnnxTextDetector(detector, device, threads=threads) if isinstance(detector, str | Path) else detector,
            OnnxTextRecognizer(recognizer, device, threads=threads) if isinstance(recognizer, str | Path)
            else recognizer,
            words=words, orientation=orientation, min_score=min_score, text_batch_size=text_batch_size, margin=margin)
