"""Synthetic text that is drawn when it is asked for: data sets without files."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset
from mmocr.registry import DATASETS

from dbnetpp_plugin.annotations.mmocr_json import METAINFO

from .sample_seeding import SampleSeed, SeededSamples
from .synth import RICH, SPLITS, find_fonts, find_photographs, make_vocabulary
from .synth.options import with_changes
from .synth.page import LEVELS, check_page, render_page
from .synth.word_crop import render_word


class RandomSynthDataset(SeededSamples, BaseDataset):
    """What the data sets of synthetic text share: where letters, words and grounds come from, and chance.

    A sample depends on ``seed``, ``split``, its index, the epoch and which part of a concatenation this is, not on who
    draws it when; what augments it, on the seed of the training too. Without :meth:`seed_samples`, which
    ``SampleSeedHook`` calls, every epoch is the same, and so is every part.

    Args:
        length: How many samples there are. Samplers make a list of all their numbers, so more than some millions cost
            memory; a million pages last for 62 500 iterations of 16.
        seed: Whole number from 0.
        split: ``train`` or ``test``; no sample or photograph is in both.
        fonts: Folder of fonts; None takes Matplotlib's.
        photographs: Folder of photographs without text; None takes scikit-image's.
        level: ``word``, or ``line`` for whole lines, as MSRA-TD500 has them.
        words: File of words, one a line; None takes those that come with the package.
        characters: Characters of another script, or ``chinese`` for the 3755 commonest of those; some of the text is
            then written in those fonts of the folder that have them all.
        options: Changes to :data:`.synth.options.RICH`, by name.
        metainfo: As ``BaseDataset``.
        pipeline: As ``BaseDataset``. It starts from ``img``; nothing needs to be loaded.
        test_mode: As ``BaseDataset``.

    Raises:
        ValueError: If an argument is out of its range.
        FileNotFoundError: If a folder holds no fonts or too few photographs.
    """

    def __init__(
        self,
        length: int = 1_000_000,
        seed: int = 0,
        split: str = 'train',
        fonts: str | None = None,
        photographs: str | None = None,
        level: str = 'word',
        words: str | None = None,
        characters: str | None = None,
        options: dict[str, Any] | None = None,
        metainfo: dict | None = None,
        pipeline: Sequence[Any] = (),
        test_mode: bool = False,
    ) -> None:
        if length < 1 or seed < 0:
            raise ValueError(f'length should be a whole number from 1 and seed one from 0, got {length} and {seed}')
        for name, value, known in (('split', split, SPLITS), ('level', level, LEVELS)):
            if value not in known:
                raise ValueError(f'{name} should be one of {", ".join(known)}, got {value!r}')
        self.length, self.seed, self.split, self.level = length, seed, split, level
        folder = Path(fonts) if fonts else None
        self.fonts = find_fonts(folder)
        self.photographs = find_photographs(Path(photographs) if photographs else None)[split]
        self.vocabulary = make_vocabulary(folder, Path(words) if words else None, characters)
        self.options = with_changes(RICH, options or {})
        self._sample_seed = SampleSeed()
        super().__init__(metainfo=metainfo, pipeline=list(pipeline), test_mode=test_mode, lazy_init=True)
        self.full_init()

    def full_init(self) -> None:
        """Nothing is left to be done."""
        self._fully_initialized = True

    def __len__(self) -> int:
        """How many samples there are."""
        return self.length

    def get_data_info(self, idx: int) -> dict[str, Any]:
        """Draw a sample.

        Returns:
            What the pipeline starts from: ``img``, (h, w, 3) uint8 BGR, ``instances`` as in MMOCR's annotation files,
            ``img_path``, which is a mere name, ``img_shape``, ``ori_shape``, ``height``, ``width``, ``sample_idx``.

        Raises:
            IndexError: If there are not so many samples.
        """
        index = range(self.length)[int(idx)]
        part = [self._sample_seed.part] if self._sample_seed.part else []
        rng = np.random.default_rng((self.seed, SPLITS.index(self.split), self._sample_seed.epoch, index, *part))
        image, instances = self.draw(rng)
        height, width = image.shape[:2]
        return {
            'img': image, 'instances': instances, 'img_path': f'synth/{self.split}/{index:06}.jpg',
            'img_shape': (height, width), 'ori_shape': (height, width), 'height': height, 'width': width,
            'sample_idx': index,
        }

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, list[dict[str, Any]]]:
        """Draw a picture and its instances."""


@DATASETS.register_module()
class RandomSynthText(RandomSynthDataset):
    """Pages of synthetic text with the outline of each word or line, to train detectors on.

    Args:
        size: Width and height of the pages in pixels.
        **kwargs: As :class:`RandomSynthDataset`.
    """

    METAINFO = METAINFO

    def __init__(self, size: tuple[int, int] = (640, 480), **kwargs: Any) -> None:
        self.size = check_page((int(size[0]), int(size[1])))
        super().__init__(**kwargs)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, list[dict[str, Any]]]:
        """Draw a page and the instances of its text."""
        return render_page(rng, self.fonts, self.photographs, self.size, self.options, level=self.level,
                           vocabulary=self.vocabulary)


@DATASETS.register_module()
class RandomSynthWords(RandomSynthDataset):
    """Pictures of single words or lines, as a detector's outlines cut them out, to train readers on.

    They are 8 to 80 pixels high. Instances have ``text`` alone, as those of MMOCR's ``RecogTextDataset``.

    Args:
        **kwargs: As :class:`RandomSynthDataset`.
    """

    METAINFO = {'dataset_type': 'RecogTextDataset', 'task_name': 'textrecog'}

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, list[dict[str, Any]]]:
        """Draw a word and its transcription."""
        image, text = render_word(rng, self.fonts, self.photographs, self.options, level=self.level,
                                  vocabulary=self.vocabulary)
        return image, [{'text': text}]
