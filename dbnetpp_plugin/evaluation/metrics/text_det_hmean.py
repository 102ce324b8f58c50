"""Detection figures at a fixed score threshold, for MMEngine's loops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmocr.registry import METRICS
from numpy.typing import NDArray

from ..diagnosis import TOO_LOW, diagnose
from ..faults import count_faults, describe_faults, find_faults
from ..iou import IGNORE_THR, IOU_THR, STRATEGIES, Comparison, compare_regions, count_matches
from ..mmocr_rule import compare_as_mmocr
from ..regions import Indices, make_regions
from ..tally import Tally
from ..text_image import TextImage
from .data_samples import check_threshold, read_sample

RULES = ('icdar2015', 'mmocr')
# Of how many images, in each process, outlines are kept to find out why nothing was found.
KEPT_IMAGES = 16


@dataclass(frozen=True, eq=False)
class _Image:
    """What is kept of an image."""

    comparison: Comparison
    scores: NDArray[np.floating]
    faults: tuple[dict[str, Indices], dict[str, Indices]]
    outlines: tuple[TextImage, TextImage] | None


@METRICS.register_module()
class TextDetHmeanMetric(BaseMetric):
    """Precision, recall and hmean by the IoU protocol of ICDAR 2015 (see :mod:`.iou`), for quadrangles and polygons.

    The metrics are ``precision``, ``recall`` and ``hmean`` of the predictions that score at least ``score_thr``, and
    ``sweep/precision``, ``sweep/recall``, ``sweep/hmean`` and ``sweep/score_thr`` for the best of several thresholds.
    That one is chosen on the evaluated data, and is no test result. It is what MMOCR's ``HmeanIOUMetric`` reports.

    Outlines that are invalid, without area, repeated or outside of the image count like all others, and are reported.
    Where next to nothing is found, the log says at which stage predictions were lost.

    Args:
        score_thr: Predictions with a lower score are left out.
        iou_thr: The IoU of a match is above it.
        ignore_thr: A prediction is left out if a larger part of it is inside a do-not-care region.
        rule: ``'icdar2015'``, or ``'mmocr'`` for the arithmetic of ``HmeanIOUMetric`` to the last bit.
        strategy: ``'in_order'``: the first that fit are matched, as in the official script (``'vanilla'`` in MMOCR);
            ``'most'``: as many as possible (``'max_matching'``).
        sweep: ``start``, ``stop`` and ``step`` of the thresholds, as in MMOCR's metric; None for no sweep.
        collect_device: Where results of several processes are brought together, ``'cpu'`` or ``'gpu'``.
        prefix: Of the names of the metrics.

    Raises:
        ValueError: If ``rule`` or ``strategy`` is unknown, or a threshold lies outside of [0, 1].
    """

    default_prefix = 'icdar2015'

    def __init__(self, score_thr: float = 0.5, iou_thr: float = IOU_THR, ignore_thr: float = IGNORE_THR,
                 rule: str = 'icdar2015', strategy: str = 'in_order',
                 sweep: Mapping[str, float] | None = dict(start=0.3, stop=0.9, step=0.1),
                 collect_device: str = 'cpu', prefix: str | None = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        for name, value, choices in (('rule', rule, RULES), ('strategy', strategy, STRATEGIES)):
            if value not in choices:
                raise ValueError(f'{name} of TextDetHmeanMetric is one of {", ".join(choices)}, got {value!r}')
        self.score_thr, self.iou_thr, self.ignore_thr = (
            check_threshold(name, value) for name, value in
            (('score_thr', score_thr), ('iou_thr', iou_thr), ('ignore_thr', ignore_thr)))
        self.rule, self.strategy = rule, strategy
        self.thresholds = [] if sweep is None else np.arange(sweep['start'], sweep['stop'], sweep['step']).tolist()

    def process(self, data_batch: Any, data_samples: Sequence[Mapping[str, Any]]) -> None:
        """Compare ground truth and predictions of some images.

        Args:
            data_batch: Not used.
            data_samples: See :func:`.data_samples.read_sample`.

        Raises:
            ValueError: If something is missing in a data sample.
        """
        for sample in data_samples:
            self.results.append(self._compare(*read_sample(sample)))

    def _compare(self, truth: TextImage, found: TextImage) -> _Image:
        first, second = make_regions(truth.polygons), make_regions(found.polygons)
        scores = found.scores if found.scores is not None else np.empty(0)
        if self.rule == 'mmocr':
            comparison = compare_as_mmocr(truth.polygons, truth.ignored, found.polygons, self.iou_thr, self.ignore_thr)
            # It holds scores of single precision against thresholds of double precision.
            scores = scores.astype(np.float32).astype(np.float64)
        else:
            comparison = compare_regions(first, truth.ignored, second, self.iou_thr, self.ignore_thr)
        faults = (find_faults(first, truth.size), find_faults(second, truth.size))
        return _Image(comparison, scores, faults, (truth, found) if len(self.results) < KEPT_IMAGES else None)

    def compute_metrics(self, results: list[_Image]) -> dict[str, float]:
        """Bring the images together.

        Args:
            results: Of all processes.

        Returns:
            The metrics, by name without prefix.
        """
        fixed = self._total(results, self.score_thr)
        _log(f'{self._title()}, score >= {self.score_thr:g}: {_figures(fixed)}')
        for side, name in enumerate(('ground truths', 'predictions')):
            faults = describe_faults(count_faults([image.faults[side] for image in results]))
            if faults:
                _log(f'Of the {name}: {faults}.')
        if fixed.hmean < TOO_LOW:
            self._explain(results)
        return {**_named(fixed), **self._sweep(results)}

    def _total(self, results: list[_Image], score_thr: float) -> Tally:
        kept = (image.comparison.kept(image.scores >= score_thr) for image in results)
        return sum((count_matches(comparison, STRATEGIES[self.strategy]) for comparison in kept), Tally())

    def _sweep(self, results: list[_Image]) -> dict[str, float]:
        if not self.thresholds:
            return {}
        totals = [self._total(results, threshold) for threshold in self.thresholds]
        best = int(np.argmax([total.hmean for total in totals]))
        threshold = self.thresholds[best]
        _log(f'{self._title()}, best of {len(totals)} score thresholds, chosen on these very images: '
             f'score >= {threshold:.4g}: {_figures(totals[best])}')
        return {f'sweep/{key}': value for key, value in {**_named(totals[best]), 'score_thr': threshold}.items()}

    def _explain(self, results: list[_Image]) -> None:
        reasons = diagnose([image.outlines for image in results if image.outlines], self.score_thr)
        _log(' '.join(['Next to nothing was found.', *reasons]))

    def _title(self) -> str:
        return f'{self.rule} rule, IoU > {self.iou_thr:g}'


def _named(total: Tally) -> dict[str, float]:
    return {'precision': total.precision, 'recall': total.recall, 'hmean': total.hmean}


def _figures(total: Tally) -> str:
    return (f'recall {total.recall:.4f} ({total.recalled:g} of {total.ground_truths}), '
            f'precision {total.precision:.4f} ({total.precise:g} of {total.predictions}), hmean {total.hmean:.4f}')


def _log(message: str) -> None:
    MMLogger.get_current_instance().info(message)
