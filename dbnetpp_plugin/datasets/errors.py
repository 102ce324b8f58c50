"""What can be wrong with a file of a data set."""


class BrokenImageError(ValueError):
    """An image file is missing, empty, truncated, or not an image. The message names the file."""
