"""Text encoders: from a row of features to a row of features, for recognizers with CTC."""

from .ppocr import PPOCRv4Encoder, PPOCRv6Encoder, PPOCRv6TinyEncoder

__all__ = ['PPOCRv4Encoder', 'PPOCRv6Encoder', 'PPOCRv6TinyEncoder']
