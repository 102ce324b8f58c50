"""What tests of several networks use."""

from collections.abc import Iterator

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode


@pytest.fixture
def fake_cuda_autocast() -> Iterator[None]:
    """The rules of CUDA's autocast, also on machines without CUDA, where ``torch.autocast`` would not turn it on.

    Tensors made in the test are fake ones, which have dtypes and devices, and no values.
    """
    before = torch.is_autocast_enabled('cuda'), torch.get_autocast_dtype('cuda')
    with FakeTensorMode():
        try:
            torch.empty(1, device='cuda').uniform_()
        except RuntimeError as error:
            pytest.skip(f'this PyTorch makes fake CUDA tensors only with a driver: {error}')
        torch.set_autocast_enabled('cuda', True)
        torch.set_autocast_dtype('cuda', torch.float16)
        try:
            yield
        finally:
            torch.set_autocast_enabled('cuda', before[0])
            torch.set_autocast_dtype('cuda', before[1])
