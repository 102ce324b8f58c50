"""Finding out which files are about the same image.

Files go by their names without folder, suffix, and ``gt_``, ``poly_gt_``, ``res_`` or ``pred_`` before. If that leaves
some alone, they go by the last number in their names: ``poly_gt_img7.txt`` and ``res_img_7.txt`` are 7.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from dbnetpp_plugin.images.listing import SUFFIXES as IMAGE_SUFFIXES
from dbnetpp_plugin.wording import few

from .text_image import TextImage, without_text

SUFFIXES = re.compile(rf'({"|".join(map(re.escape, (".txt", ".gt", ".json", *IMAGE_SUFFIXES)))})+$', re.IGNORECASE)
PREFIX = re.compile(r'^(?:poly_)?(?:gt|res|pred)_', re.IGNORECASE)
Key = str | int | None


def pair_images(ground_truths: Mapping[str, TextImage],
                predictions: Mapping[str, TextImage]) -> list[tuple[TextImage, TextImage]]:
    """Pair ground truth and predictions.

    Returns:
        A pair for each ground truth, in the order of numbers; where there are no predictions, nothing was found.

    Raises:
        ValueError: As :func:`pair_names`.
    """
    names = pair_names(ground_truths, predictions)
    return [(truth, predictions[names[name]] if name in names else without_text(name))
            for name, truth in sorted(ground_truths.items(), key=lambda item: (image_number(item[0]) or 0, item[0]))]


def pair_names(names: Iterable[str], others: Iterable[str], what: str = 'predictions') -> dict[str, str]:
    """Find for each of the other names the one that it belongs to.

    Args:
        names: Of files.
        others: Of files.
        what: To call the others in an error.

    Returns:
        Name -> other name. Some names may be left alone.

    Raises:
        ValueError: If one of the others is left alone, or two files on a side cannot be told apart.
    """
    names, others = list(names), list(others)
    for key in (image_name, image_number):
        first, second = _keyed(names, key), _keyed(others, key)
        if first is not None and second is not None and second.keys() <= first.keys():
            return {first[shared]: second[shared] for shared in second}
    raise ValueError(_why_not(names, others, what))


def image_name(file: str) -> str:
    """Name of the image that a file is about. A detector may append to its whole name: ``res_IMG_0059.JPG.txt``."""
    return PREFIX.sub('', SUFFIXES.sub('', re.split(r'[/\\]', file)[-1])).lower()


def image_number(file: str) -> int | None:
    """The last number in the name, or None."""
    digits = re.findall('[0-9]+', image_name(file))
    return int(digits[-1]) if digits else None


def _keyed(names: list[str], key: Callable[[str], Key]) -> dict[Key, str] | None:
    keyed = {key(name): name for name in names}
    return keyed if len(keyed) == len(names) and None not in keyed else None


def _why_not(names: list[str], others: list[str], what: str) -> str:
    for side, files in (('ground truths', names), (what, others)):
        groups = defaultdict(list)
        for file in files:
            groups[image_number(file)].append(file)
        for number, group in groups.items():
            if number is None:
                return f'{side} and images cannot be paired: {group[0]} has no number in its name'
            if len(group) > 1:
                return f'{side} cannot be told apart: {group[0]} and {group[1]} have the same number {number}'
    known = {image_number(file) for file in names}
    alone = [file for file in others if image_number(file) not in known]
    return f'{len(alone)} {what} belong to no ground truth: {few(alone)}'
