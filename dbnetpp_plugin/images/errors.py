"""What can be wrong with an image file."""


class BrokenImageError(ValueError):
    """An image file is missing, empty, truncated, or not an image. The message names the file."""
