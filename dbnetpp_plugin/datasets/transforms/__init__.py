"""Loading, augmentation, label maps and packing of training samples."""

from .db_text_augment import DBTextAugment
from .generate_db_targets import GenerateDBTargets
from .loading import LoadEncodedImage, LoadImage
from .pack_db_inputs import PackDBInputs

__all__ = ['DBTextAugment', 'GenerateDBTargets', 'LoadEncodedImage', 'LoadImage', 'PackDBInputs']
