"""Figures of detection and transcription together, for MMEngine's loops."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmocr.registry import METRICS

from ..evaluate import keep_scores
from ..iou import IOU_THR
from ..lexicon import load_lexicon, with_lexicon
from ..protocols import score_spotting
from ..tally import Tally
from .data_samples import check_threshold, read_sample

TASKS = {'end-to-end': False, 'word-spotting': True}


@METRICS.register_module()
class TextSpottingHmeanMetric(BaseMetric):
    """Precision, recall and hmean of words that were found and read, by ICDAR's rules (see :mod:`.transcription`).

    Data samples need ``texts`` beside the polygons, in the ground truth and in the predictions.

    Args:
        task: ``'end-to-end'`` or ``'word-spotting'``.
        score_thr: Predictions with a lower score are left out.
        iou_thr: The IoU of a match is above it.
        lexicon: Path of a word list for all images, or of a folder or zip file with one for each (see
            :func:`.lexicon.load_lexicon`): what was read becomes the nearest word. None takes it as it is.
        max_distance: What takes more changes than this to become a word of the lexicon is left out.
        collect_device: Where results of several processes are brought together, ``'cpu'`` or ``'gpu'``.
        prefix: Of the names of the metrics; by default the task.

    Raises:
        ValueError: If the task is unknown.
    """

    def __init__(self, task: str = 'end-to-end', score_thr: float = 0.5, iou_thr: float = IOU_THR,
                 lexicon: str | None = None, max_distance: int | None = None, collect_device: str = 'cpu',
                 prefix: str | None = None) -> None:
        if task not in TASKS:
            raise ValueError(f'task of TextSpottingHmeanMetric is one of {", ".join(TASKS)}, got {task!r}')
        super().__init__(collect_device=collect_device, prefix=prefix or task)
        self.title = f'{task}, IoU > {iou_thr:g}, score >= {score_thr:g}, lexicon: {lexicon or "none"}'
        self.score_thr = check_threshold('score_thr', score_thr)
        self.score = partial(score_spotting, iou_thr=iou_thr, words_only=TASKS[task])
        self.words_of = None if lexicon is None else load_lexicon(Path(lexicon))
        self.max_distance = max_distance

    def process(self, data_batch: Any, data_samples: Sequence[Mapping[str, Any]]) -> None:
        """Score some images.

        Args:
            data_batch: Not used.
            data_samples: See :func:`.data_samples.read_sample`.

        Raises:
            ValueError: If something is missing in a data sample.
        """
        for sample in data_samples:
            truth, found = read_sample(sample, with_text=True)
            kept = keep_scores(found, self.score_thr)
            if self.words_of is not None:
                kept = with_lexicon(kept, self.words_of(truth.name), self.max_distance)
            self.results.append(self.score(truth, kept).tally)

    def compute_metrics(self, results: list[Tally]) -> dict[str, float]:
        """Bring the images together.

        Args:
            results: Of all processes.

        Returns:
            ``precision``, ``recall`` and ``hmean``.
        """
        total = sum(results, Tally())
        MMLogger.get_current_instance().info(
            f'{self.title}: recall {total.recall:.4f}, precision {total.precision:.4f}, hmean {total.hmean:.4f}')
        return {'precision': total.precision, 'recall': total.recall, 'hmean': total.hmean}
