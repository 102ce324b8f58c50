"""A text detection data set that says what is wrong with its files, and trains on in spite of a few broken ones."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from mmengine.dataset import Compose
from mmengine.logging import MMLogger
from mmocr.datasets import OCRDataset
from mmocr.registry import DATASETS

from dbnetpp_plugin.annotations.mmocr_json import BadInstance, make_instance, read_annotations, validate_annotations
from dbnetpp_plugin.images.errors import BrokenImageError
from dbnetpp_plugin.wording import few

from .sample_seeding import SampleSeed, SeededSamples
from .transforms import LoadEncodedImage
from .transforms.loading import with_own_decoder

# How many broken images are named one by one; more would bury the rest of the log.
TOLD_SINGLY = 5
# So many broken images drawn one after the other mean a wrong folder, not a few broken files.
MAX_BROKEN_IN_A_ROW = 20
# Sides of the picture that stands for a broken one in testing, in pixels.
BLANK_SIDE = 64
FILTERS = ('filter_empty_gt', 'min_size')


@DATASETS.register_module()
class TextDetDataset(SeededSamples, OCRDataset):
    """Images with text outlines, read from MMOCR's detection annotation file.

    What is different from ``OCRDataset``:

    - The annotation file is checked while it is loaded. In training, instances without a usable outline are left out
      with one warning; in testing they are an error, as scores would silently be about other text than the file says.
    - An image that cannot be read is counted and warned of. In training another one takes its place, and when
      ``MAX_BROKEN_IN_A_ROW`` draws in a row fail, training stops. In testing, which validation is too, it is left out
      of the figures: a blank picture takes its place, all of it ignored text, so that whatever is found there does not
      count. When the first ``MAX_BROKEN_IN_A_ROW`` fail, testing stops. :class:`.BrokenImageHook` says at the end how
      many there were.
    - Images have the pixels that ``TextDetector`` sees, also where the pipeline names ``LoadImageFromFile``: what is
      transparent is white, and a truncated file is an error.
    - ``filter_cfg`` works, in training: ``filter_empty_gt=True`` leaves out images without any text that counts, and
      ``min_size=N`` those with a side shorter than N pixels. By default none is left out: an image without text
      teaches what text is not.

    Args:
        *args: As ``OCRDataset``.
        **kwargs: As ``OCRDataset``.

    Raises:
        FileNotFoundError: If there is no annotation file.
        ValueError: If its content is not as in :mod:`dbnetpp_plugin.annotations.mmocr_json`, or no image is left.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._broken: set[str] = set()
        self._broken_in_a_row = 0
        self._has_read = False
        self._is_broken = torch.zeros(0, dtype=torch.bool)
        self._sample_seed = SampleSeed()
        super().__init__(*args, **kwargs)

    @property
    def pipeline(self) -> Compose:
        """The transforms, which load images as :class:`.LoadImage` does."""
        return self._pipeline

    @pipeline.setter
    def pipeline(self, pipeline: Compose) -> None:
        self._pipeline = with_own_decoder(pipeline)

    def load_data_list(self) -> list[dict]:
        """Read and check the annotation file.

        Returns:
            One entry an image, with its path completed.
        """
        annotations = read_annotations(self.ann_file)
        bad = validate_annotations(annotations, self.ann_file)
        entries = annotations['data_list']
        if bad:
            self._report_bad_instances(bad, sum(len(entry['instances']) for entry in entries))
        instances = [instance for entry in entries for instance in entry['instances']]
        if instances and all(instance['ignore'] for instance in instances):
            MMLogger.get_current_instance().warning(
                f'{self.ann_file}: all {len(instances)} instances are marked to be ignored: no text counts')
        for key, value in annotations['metainfo'].items():
            self._metainfo.setdefault(key, value)
        return [self.parse_data_info(entry) for entry in without_instances(entries, bad)]

    def filter_data(self) -> list[dict]:
        """Leave out images as ``filter_cfg`` says, in training only.

        Returns:
            The entries that are left, at least one.
        """
        rules = {} if self.test_mode else dict(self.filter_cfg or {})
        unknown = sorted(set(rules) - set(FILTERS))
        if unknown:
            raise ValueError(f'filter_cfg knows {", ".join(FILTERS)}, got {", ".join(unknown)}')
        kept = [entry for entry in self.data_list if is_kept(entry, **rules)]
        dropped = len(self.data_list) - len(kept)
        if not kept:
            left_by = f' after filter_cfg={rules} left out all {dropped}' if dropped else ''
            raise ValueError(f'there are no images in {self.ann_file}{left_by}')
        if dropped:
            MMLogger.get_current_instance().info(
                f'{self.ann_file}: filter_cfg={rules} leaves out {dropped} of {dropped + len(kept)} images')
        return kept

    def full_init(self) -> None:
        """Load the annotations, see ``BaseDataset``."""
        if not self._fully_initialized:
            super().full_init()
            # In memory that data workers share, so that what they find is known where the training runs.
            self._is_broken = torch.zeros(len(self), dtype=torch.bool).share_memory_()

    def broken_images(self) -> list[str]:
        """Paths of the images that could not be read so far, in any worker of this process."""
        return [self.get_data_info(idx)['img_path'] for idx in self._is_broken.nonzero()[:, 0].tolist()]

    def forget_broken_images(self) -> None:
        """Count broken images from here on."""
        self._is_broken.zero_()

    def prepare_data(self, idx: int) -> Any:
        """Run the pipeline on one image.

        Returns:
            What the pipeline gave. If the image cannot be read: in training None, for which another one is drawn, and
            in testing what the pipeline gives for a blank picture without text that counts.
        """
        try:
            data = super().prepare_data(idx)
        except (BrokenImageError, OSError) as error:
            self._note_broken_image(idx, self.get_data_info(idx)['img_path'], error)
            return self._prepare_blank(idx) if self.test_mode else None
        self._broken_in_a_row = 0
        self._has_read = True
        return data

    def _prepare_blank(self, idx: int) -> Any:
        data: Any = blank_in_place_of(self.get_data_info(idx))
        for transform in self.pipeline.transforms:
            if isinstance(transform, LoadEncodedImage):
                continue
            try:
                data = transform(data)
            except (BrokenImageError, OSError):  # the one that loads; the blank picture is there already
                continue
        return data

    def _note_broken_image(self, idx: int, path: str, error: Exception) -> None:
        self._broken_in_a_row += 1
        # Testing goes through the list in order, in which broken files may well follow each other.
        if self._broken_in_a_row >= MAX_BROKEN_IN_A_ROW and not (self.test_mode and self._has_read):
            folder = self.data_prefix.get('img_path') or 'the working directory'
            raise RuntimeError(
                f'{self._broken_in_a_row} images in a row from {folder} could not be read, the last one {path}: '
                'check data_root and data_prefix') from error
        if idx < len(self._is_broken):
            self._is_broken[idx] = True
        if path in self._broken:
            return
        self._broken.add(path)
        count = len(self._broken)
        if count <= TOLD_SINGLY or count % 100 == 0:
            reason = str(error) if path in str(error) else f'{path}: {error}'
            MMLogger.get_current_instance().warning(
                f'skipped a broken image, {count} of {len(self)} so far in this process: {reason}')

    def _report_bad_instances(self, bad: list[BadInstance], total: int) -> None:
        summary = f'{self.ann_file}: {len(bad)} of {total} instances have no usable outline: {few(bad)}'
        if self.test_mode:
            raise ValueError(f'{summary}; correct or remove them, as scores would not be about all text')
        if len(bad) == total:
            raise ValueError(summary)
        MMLogger.get_current_instance().warning(f'{summary}; they are left out')


def without_instances(entries: list[dict], bad: Iterable[BadInstance]) -> list[dict]:
    """Copy the entries that have bad instances, without those; the others are passed on as they are."""
    out: dict[int, set[int]] = {}
    for instance in bad:
        out.setdefault(instance.entry, set()).add(instance.instance)
    return [
        {**entry, 'instances': [one for i, one in enumerate(entry['instances']) if i not in out[n]]}
        if n in out else entry
        for n, entry in enumerate(entries)
    ]


def blank_in_place_of(entry: dict) -> dict:
    """A loaded blank picture with the path of an entry, wholly inside ignored text; the entry is not changed."""
    shape = (BLANK_SIDE, BLANK_SIDE)
    # With a margin of a picture, as an outline that reaches out of it must still be mostly inside.
    low, high = -BLANK_SIDE, 2 * BLANK_SIDE
    everywhere = make_instance([low, low, high, low, high, high, low, high], ignore=True, text='###')
    return {**entry, 'height': BLANK_SIDE, 'width': BLANK_SIDE, 'img_shape': shape, 'ori_shape': shape,
            'img': np.zeros((*shape, 3), np.uint8), 'instances': [everywhere]}


def is_kept(entry: dict, filter_empty_gt: bool = False, min_size: float = 0) -> bool:
    """Tell whether an entry passes the filters (see :class:`TextDetDataset`)."""
    if filter_empty_gt and all(instance['ignore'] for instance in entry['instances']):
        return False
    return min(entry['width'], entry['height']) >= min_size
