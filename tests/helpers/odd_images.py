"""Image files of many kinds that all show the same picture, and files that are broken in many ways."""

import io
import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

Encoder = Callable[[np.ndarray], bytes]


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pillow(kind: str, mode: str = 'RGB', **options: object) -> Encoder:
    return lambda image: encoded(Image.fromarray(image[..., ::-1]).convert(mode), kind, **options)


def opencv(suffix: str, convert: Callable[[np.ndarray], np.ndarray]) -> Encoder:
    return lambda image: cv2.imencode(suffix, convert(image))[1].tobytes()


def animated(kind: str, **options: object) -> Encoder:
    """Two frames, of which the second is the negative of the first."""
    def encode(image: np.ndarray) -> bytes:
        first, second = (Image.fromarray(frame[..., ::-1]) for frame in (image, 255 - image))
        return encoded(first, kind, save_all=True, append_images=[second], **options)
    return encode


def transparent(image: np.ndarray) -> bytes:
    """What is white is see-through, and black underneath."""
    alpha = 255 - image.min(axis=2)
    hidden = np.where(alpha[..., None] == 0, 0, image).astype(np.uint8)
    return encoded(Image.fromarray(np.dstack([hidden[..., ::-1], alpha])), 'PNG')


def see_through_palette(image: np.ndarray) -> bytes:
    """Of greys, but what is white is see-through, and black underneath."""
    grey = Image.fromarray(image[..., 0])
    palette = Image.frombytes('P', grey.size, grey.tobytes())
    palette.putpalette([*[value for value in range(255) for _ in range(3)], 0, 0, 0])
    return encoded(palette, 'PNG', transparency=255)


def cmyk_without_adobe(image: np.ndarray) -> bytes:
    """Of Pillow's, which is inverted, the inverse, without the marker that says so."""
    inverse = Image.fromarray(255 - np.asarray(Image.fromarray(image[..., ::-1]).convert('CMYK')), 'CMYK')
    data = encoded(inverse, 'JPEG', quality=100)
    start = data.index(b'\xff\xee')
    return data[:start] + data[start + 2 + int.from_bytes(data[start + 2:start + 4], 'big'):]


def turned(image: np.ndarray) -> bytes:
    """Orientation 6: stored a quarter turn back."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(Image.fromarray(np.rot90(image)[..., ::-1]), 'PNG', exif=exif)


def grey_float(image: np.ndarray, limit: float) -> bytes:
    return encoded(Image.fromarray(image[..., 0].astype(np.float32) / 255 * limit), 'TIFF')


# Name -> encoder of black and white images. All of them are lossless, or nearly so.
READABLE: dict[str, Encoder] = {
    'plain.png': pillow('PNG'),
    'plain.bmp': pillow('BMP'),
    'plain.tif': pillow('TIFF'),
    'plain.webp': pillow('WEBP', lossless=True),
    'plain.jpg': pillow('JPEG', quality=100),
    'grey.jpg': pillow('JPEG', 'L', quality=100),
    'grey.png': pillow('PNG', 'L'),
    'grey16.png': opencv('.png', lambda image: image[..., 0].astype(np.uint16) * 257),
    'grey16.tif': opencv('.tif', lambda image: image[..., 0].astype(np.uint16) * 257),
    'colour16.png': opencv('.png', lambda image: image.astype(np.uint16) * 257),
    'colour16.tif': opencv('.tif', lambda image: image.astype(np.uint16) * 257),
    'float1.tif': lambda image: grey_float(image, 1),
    'float255.tif': lambda image: grey_float(image, 255),
    'float65535.tif': lambda image: grey_float(image, 65535),
    'int32.tif': lambda image: encoded(Image.fromarray(image[..., 0].astype(np.int32)), 'TIFF'),
    'cmyk.jpg': pillow('JPEG', 'CMYK', quality=100),
    'cmyk.tif': pillow('TIFF', 'CMYK'),
    'cmyk_without_adobe.jpg': cmyk_without_adobe,
    'alpha.png': pillow('PNG', 'RGBA'),
    'grey_alpha.png': pillow('PNG', 'LA'),
    'transparent.png': transparent,
    'palette.png': pillow('PNG', 'P'),
    'see_through_palette.png': see_through_palette,
    'bilevel.png': pillow('PNG', '1'),
    'bilevel.tif': pillow('TIFF', '1', compression='group4'),
    'plain.gif': pillow('GIF'),
    'animated.gif': animated('GIF'),
    'animated.webp': animated('WEBP', lossless=True),
    'animated.png': animated('PNG'),
    'pages.tif': animated('TIFF'),
    'upper case.PNG': pillow('PNG'),
    'ümläut 文字.png': pillow('PNG'),
    'line\nbreak\tand tab.png': pillow('PNG'),
    '[1]*.png': pillow('PNG'),
    'png_inside.jpg': pillow('PNG'),
}


def png(width: int, height: int, pixels: bytes = b'') -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', zlib.crc32(kind + content))

    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(pixels)) + chunk(b'IEND', b''))


def noise() -> Image.Image:
    """Does not compress, so that half of a file is half of the picture."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8))


def cut(kind: str, part: float) -> bytes:
    data = encoded(noise(), kind)
    return data[:int(len(data) * part)]


def damaged(kind: str) -> bytes:
    data = bytearray(encoded(noise(), kind))
    middle = len(data) // 2
    data[middle:middle + 40] = bytes(40)
    return bytes(data)


def headless_jpeg() -> bytes:
    """Of height 0."""
    data = bytearray(encoded(noise(), 'JPEG'))
    start = data.index(b'\xff\xc0')
    data[start + 5:start + 7] = bytes(2)
    return bytes(data)


# Name -> content, and what the error says.
BROKEN: dict[str, tuple[bytes, str]] = {
    'empty.jpg': (b'', 'is empty'),
    'text.jpg': (b'this is no image\n', 'is not an image that can be read'),
    'html.png': (b'<html><title>404</title></html>', 'is not an image that can be read'),
    'zeros.bmp': (bytes(1000), 'is not an image that can be read'),
    'start.jpg': (b'\xff\xd8\xff', 'is not an image that can be read'),
    'start.png': (b'\x89PNG\r\n\x1a\n', 'is not an image that can be read'),
    'cut.jpg': (cut('JPEG', 0.5), 'is truncated after'),
    'nearly_whole.jpg': (cut('JPEG', 0.99), 'is truncated after'),
    'cut.png': (cut('PNG', 0.5), 'is truncated after'),
    'cut.bmp': (cut('BMP', 0.5), 'cannot be decoded'),
    'cut.tif': (cut('TIFF', 0.5), 'cannot be decoded'),
    'cut.gif': (cut('GIF', 0.5), 'cannot be decoded'),
    'cut.webp': (cut('WEBP', 0.5), 'is not an image that can be read'),
    'damaged.png': (damaged('PNG'), 'cannot be decoded'),
    'damaged.gif': (damaged('GIF'), 'cannot be decoded'),
    'no_width.png': (png(0, 5), 'is not an image that can be read'),
    'no_height.png': (png(5, 0), 'is not an image that can be read'),
    'no_height.jpg': (headless_jpeg(), 'is not an image that can be read'),
    'huge.png': (png(100000, 100000), 'claims to be larger than is safe to decode'),
    'no_pixels.png': (png(50, 60), 'cannot be decoded'),
    'negative.tif': (encoded(Image.fromarray(np.full((5, 5), -1, np.float32)), 'TIFF'), 'has pixels from -1 to -1'),
    'nan.tif': (encoded(Image.fromarray(np.full((5, 5), np.nan, np.float32)), 'TIFF'), 'has pixels from nan to nan'),
}
