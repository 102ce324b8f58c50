"""Squeeze-and-Excitation, https://arxiv.org/abs/1709.01507, with the hard sigmoid of MobileNetV3 and PP-OCR."""

from torch import Tensor, nn


class SqueezeExcitation(nn.Module):
    """Gates in [0, 1] for the channels of features, made of their means over the pixels.

    Args:
        channels: Of the features.
        slope: Of the hard sigmoid ``clip(slope * x + 0.5, 0, 1)``. PP-OCR has 1/6 in backbones and 0.2 in necks.
        reduction: How many times narrower the layer in between is.
    """

    def __init__(self, channels: int, slope: float = 1 / 6, reduction: int = 4) -> None:
        super().__init__()
        self.slope = slope
        self.conv1 = nn.Conv2d(channels, channels // reduction, 1)
        self.conv2 = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C, H, W), each channel times its gate."""
        pooled = self.conv2(self.conv1(x.mean((2, 3), keepdim=True)).relu())
        return x * (self.slope * pooled + 0.5).clamp(0, 1)
