"""Augmentation of text images in one warp."""
# ruff: noqa: NPY002 - MMEngine seeds NumPy's global generator in each worker, and no other.

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform
from mmocr.registry import TRANSFORMS
from numpy.typing import NDArray

from dbnetpp_plugin.images.decoding import REDUCTIONS, decode_reduced, shrink

from . import affine
from .affine import Matrix, Size
from .cropping import Placement, draw_window, grown_window, place
from .photometric import adjust_colours
from .words import Words, annotations, look_through, read_words

# A crop at a corner that rotation has emptied may show hardly anything; the whole image is then taken.
_LEAST_IMAGE = 0.5

# A reduced image is not magnified again, but for rounding.
_FULL_SIZE = 1.001


@TRANSFORMS.register_module()
class DBTextAugment(BaseTransform):
    """Flip, rotate, scale, crop, resize and pad with one matrix, and adjust colours with another.

    The image is mirrored, turned and scaled about its centre without changing its size, cropped along lines between
    words (:func:`~.cropping.draw_window`), resized with its aspect ratio to fit the output, and padded on the right and
    at the bottom. All of that is one affine matrix, applied to the polygons in floating point and to the pixels in one
    warp. An image that is shrunk to 1/2, 1/4 or less is first reduced by that factor by averaging, already in the
    decoder where it is still encoded.

    Words that are not wholly inside the crop are clipped, ignored or left out (:func:`~.cropping.look_through`).

    All random numbers come from NumPy's global generator, which MMEngine seeds in each worker.

    Required Keys:

    - img_bytes, from ``LoadEncodedImage``, or img: ``(H, W, 3)`` uint8, BGR
    - img_path, img_shape
    - gt_polygons, gt_ignored
    - gt_bboxes_labels, gt_texts (optional)

    Modified Keys:

    - img: ``(size[1], size[0], 3)``; img_shape: its height and width
    - gt_polygons: in output pixels, flat float32. Where the image was mirrored, both halves of the vertices of each are
      read backwards: a clockwise outline stays clockwise, and begins at the left end of the upper side of the text.
    - gt_ignored, gt_bboxes_labels, gt_texts: one entry a polygon

    Added Keys:

    - gt_bboxes: ``x0, y0, x1, y1`` around each polygon, (N, 4) float32
    - valid_polygon: outline, in output pixels, of what is image and not padding; (K, 2) float32
    - augment_matrix: (2, 3) float64, from pixels of the stored image to output pixels
    - scale_factor: output pixels a pixel of the stored image, along x and along y
    - pad_shape: as img_shape

    Removed Keys:

    - img_bytes

    Args:
        size: Width and height of the output.
        flip: Probability of mirroring left and right.
        rotation: Least and greatest angle, in degrees.
        scale: Least and greatest magnification about the centre of the image, before the crop. The official code's
            resize by 0.5 to 3 is not this: the crop that follows it is relative to the resized image and fitted to the
            output, so that its factor cancels out.
        max_tries: How many crops are drawn until one shows a word; 0 keeps the whole image.
        min_side_ratio: Least width of a crop relative to the image; the same for the height.
        fill: Whether the crop is grown by what is around it to the shape of the output. In the official code, and by
            default, it is not, and more than half of the output is padding. Words at the border may then be cut.
        keep_visible: Least visible part of a word, by area, with which it is still trained on.
        brightness: The factor is uniform in ``[max(0, 1 - brightness), 1 + brightness]``, as in torchvision.
        contrast: The same for contrast, about the mean grey of the part of the image that is seen.
        saturation: The same for saturation.
        pad_value: What fills the output outside the image.

    Raises:
        ValueError: If an argument is out of its range, the image or the annotations are missing, or a polygon has
            fewer than 3 points or coordinates that are not finite.
        BrokenImageError: If the image cannot be decoded.
    """

    def __init__(self,
                 size: Size = (640, 640),
                 flip: float = 0.5,
                 rotation: tuple[float, float] = (-10.0, 10.0),
                 scale: tuple[float, float] = (1.0, 1.0),
                 max_tries: int = 10,
                 min_side_ratio: float = 0.1,
                 fill: bool = False,
                 keep_visible: float = 0.8,
                 brightness: float = 0.0,
                 contrast: float = 0.0,
                 saturation: float = 0.0,
                 pad_value: int = 0) -> None:
        self.size = (int(size[0]), int(size[1]))
        self.flip = _in_range('flip', flip, 0, 1)
        self.rotation = _span('rotation', rotation, -180)
        self.scale = _span('scale', scale, 1e-3)
        self.max_tries = int(_in_range('max_tries', max_tries, 0))
        self.min_side_ratio = _in_range('min_side_ratio', min_side_ratio, 0, 1)
        self.fill = bool(fill)
        self.keep_visible = _in_range('keep_visible', keep_visible, 0, 1)
        self.brightness = _in_range('brightness', brightness, 0)
        self.contrast = _in_range('contrast', contrast, 0)
        self.saturation = _in_range('saturation', saturation, 0)
        self.pad_value = int(_in_range('pad_value', pad_value, 0, 255))
        _in_range('size', min(self.size), 1)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        height, width = results['img_shape'][:2]
        words, ignored = read_words(results), results['gt_ignored']
        mirrored = _uniform((0, 1)) < self.flip
        placement = self._draw_placement((width, height), mirrored, words, ignored)
        polygons = _move(words, placement.matrix).polygons()
        if mirrored:
            polygons = [affine.mirrored_order(polygon) for polygon in polygons]
        return {
            **{key: value for key, value in results.items() if key != 'img_bytes'},
            **annotations(results, look_through(placement.rectangle, polygons, ignored, self.keep_visible)),
            'img': self._draw_image(results, placement),
            'img_shape': self.size[::-1],
            'pad_shape': self.size[::-1],
            'scale_factor': (placement.magnification, placement.magnification),
            'valid_polygon': placement.valid_polygon.astype(np.float32),
            'augment_matrix': placement.matrix,
        }

    def _draw_placement(self, size: Size, mirrored: bool, words: Words, ignored: Sequence[bool]) -> Placement:
        canvas = affine.rotate_and_scale(size, _uniform(self.rotation), _uniform(self.scale))
        if mirrored:
            canvas = affine.compose(affine.mirror(size[0]), canvas)
        trained = ~np.asarray(ignored, dtype=bool)
        window = draw_window(size, _move(words, canvas).boxes()[trained], min_side_ratio=self.min_side_ratio,
                             max_tries=self.max_tries)
        if self.fill:
            window = grown_window(window, size, self.size)
        placement = place(size, canvas, window, self.size)
        if placement.valid_fraction < _LEAST_IMAGE:
            placement = place(size, canvas, (0, 0, *size), self.size)
        return placement

    def _draw_image(self, results: dict[str, Any], placement: Placement) -> NDArray:
        reduction = max(r for r in REDUCTIONS if r * placement.magnification < _FULL_SIZE or r == 1)
        image, scales = read_image(results, reduction)
        matrix = affine.compose(affine.invert(affine.resize(*scales)), placement.matrix)
        view, matrix = affine.cut_out(image, matrix, placement.content)
        factors = (_uniform((max(0.0, 1 - x), 1 + x)) for x in (self.brightness, self.contrast, self.saturation))
        view = adjust_colours(view, *factors)
        return affine.warp(view, matrix, placement.content, self.size, self.pad_value)

    def __repr__(self) -> str:
        arguments = ', '.join(f'{name}={value}' for name, value in vars(self).items())
        return f'{type(self).__name__}({arguments})'


def read_image(results: dict[str, Any], reduction: int) -> tuple[NDArray, tuple[float, float]]:
    """The image of a sample, decoded if it is not yet, and reduced.

    Returns:
        The image, and the factors by which its width and height were scaled.

    Raises:
        ValueError: If there is no image, or it is not of bytes in three channels.
        BrokenImageError: If it cannot be decoded.
    """
    path = str(results.get('img_path'))
    if 'img' in results:
        image = results['img']
        if image.dtype != np.uint8 or image.shape[2:] != (3,):
            raise ValueError(f'{path}: DBTextAugment needs a uint8 image of shape (H, W, 3), '
                             f'got {image.dtype} of shape {image.shape}')
        return shrink(image, reduction)
    if 'img_bytes' in results:
        return decode_reduced(results['img_bytes'], path, reduction)
    raise ValueError(f'{path}: DBTextAugment needs img_bytes, from LoadEncodedImage, or img, from LoadImageFromFile')


def _move(words: Words, matrix: Matrix) -> Words:
    return words._replace(points=affine.transform_points(words.points, matrix))


def _uniform(span: tuple[float, float]) -> float:
    return float(np.random.uniform(*span))


def _in_range(name: str, value: float, least: float, most: float = np.inf) -> float:
    if not least <= value <= most:
        raise ValueError(f'{name} must be in [{least}, {most}], got {value}')
    return value


def _span(name: str, values: Sequence[float], least: float) -> tuple[float, float]:
    if len(values) != 2 or not least <= values[0] <= values[1]:
        raise ValueError(f'{name} must be (least, greatest), not below {least}, got {values}')
    return float(values[0]), float(values[1])
