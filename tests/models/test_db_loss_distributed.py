"""The loss of a batch split between two processes is the loss of the whole batch, and so are the gradients."""

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.structures import PixelData
from mmocr.structures import TextDetDataSample
from torch.nn.parallel import DistributedDataParallel

import dbnetpp_plugin  # noqa: F401  (first, also in the processes that import this file anew)
from dbnetpp_plugin.models.losses import DBNetPPLoss

PROCESSES = 2
SIZE = (12, 16)
# Share of pixels that are text, and share that is valid, in each process' half of the batch; scale of the logits.
CASES = {
    'text in both halves': ((0.1, 0.2), (0.9, 0.9), 1.0),
    'text in one half': ((0.1, 0.0), (0.9, 0.9), 1.0),
    'no text': ((0.0, 0.0), (0.9, 0.5), 1.0),
    'one half ignored': ((0.1, 0.1), (0.9, 0.0), 1.0),
    'all ignored': ((0.1, 0.1), (0.0, 0.0), 1.0),
    'all negatives equally hard': ((0.1, 0.0), (0.9, 0.9), 0.0),
}


class TinyModel(torch.nn.Module):
    """Two 1x1 convolutions: logits of the probability map and of the threshold map."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 2, 1)
        with torch.no_grad():
            self.conv.weight.copy_(scale * torch.tensor([[0.5, -0.3, 0.8], [0.1, 0.7, -0.2]])[:, :, None, None])
            self.conv.bias.copy_(torch.tensor([-0.2, 0.1]))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        logits, threshold = self.conv(x).unbind(1)
        threshold = threshold.sigmoid()
        return logits, threshold, torch.sigmoid(50 * (logits.sigmoid() - threshold))


def half_batch(name: str, half: int) -> tuple[torch.Tensor, list[TextDetDataSample]]:
    """Images and samples of one half: the first has one image, the second two."""
    text, valid, _ = (c[half] if isinstance(c, tuple) else c for c in CASES[name])
    generator = torch.Generator().manual_seed(half)
    samples = []
    for _ in range(half + 1):
        noise = torch.rand(4, 1, *SIZE, generator=generator)
        sample = TextDetDataSample()
        sample.gt_db_maps = PixelData(
            shrink_map=(noise[0] < text).byte(), shrink_mask=(noise[1] < valid).byte(),
            threshold_map=noise[2].half(), threshold_mask=(noise[3] < valid * 0.5).byte())
        samples.append(sample)
    return torch.randn(half + 1, 3, *SIZE, generator=generator), samples


def losses_and_gradients(model: torch.nn.Module, weighting: str, images: torch.Tensor,
                         samples: list[TextDetDataSample]) -> list[torch.Tensor]:
    losses = DBNetPPLoss(weighting)(model(images), samples)
    sum(losses.values()).backward()
    return [*(loss.detach() for loss in losses.values()), *(p.grad for p in model.parameters())]


def run_process(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group('gloo', init_method=f'file://{folder}/rendezvous', rank=rank, world_size=PROCESSES)
    results = {}
    for name in CASES:
        for weighting in ('official', 'paper'):
            model = DistributedDataParallel(TinyModel(CASES[name][2]))
            results[name, weighting] = losses_and_gradients(model, weighting, *half_batch(name, rank))
    torch.save(results, f'{folder}/{rank}.pth')
    dist.destroy_process_group()


@pytest.fixture(scope='module')
def distributed_results(tmp_path_factory) -> list[dict]:
    folder = tmp_path_factory.mktemp('distributed')
    mp.spawn(run_process, (str(folder),), nprocs=PROCESSES)
    return [torch.load(Path(folder) / f'{rank}.pth') for rank in range(PROCESSES)]


@pytest.mark.parametrize('weighting', ['official', 'paper'])
@pytest.mark.parametrize('name', CASES)
def test_two_processes_equal_one(distributed_results, name, weighting):
    halves = [half_batch(name, half) for half in range(PROCESSES)]
    images, samples = torch.cat([h[0] for h in halves]), [s for h in halves for s in h[1]]
    expected = losses_and_gradients(TinyModel(CASES[name][2]), weighting, images, samples)
    for results in distributed_results:  # every process logs the loss of the whole batch, and steps the same way
        for value, reference in zip(results[name, weighting], expected, strict=True):
            torch.testing.assert_close(value, reference, rtol=1e-4, atol=1e-5)


def test_halves_alone_would_differ():
    # What the test above would miss if the cases were too tame.
    losses = [losses_and_gradients(TinyModel(1.0), 'official', *half_batch('text in one half', half))
              for half in range(PROCESSES)]
    assert all(abs(float(a - b)) > 0.1 for a, b in zip(losses[0][:3:2], losses[1][:3:2], strict=True))
