"""Trainings of a model of a few numbers, to try hooks on."""

from pathlib import Path
from typing import Any

import torch
from mmengine.model import BaseModel, BaseModule
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner
from mmocr.structures import TextDetDataSample


class Part(BaseModule):
    """A layer and its statistics."""

    def __init__(self, init_cfg: Any = None) -> None:
        super().__init__(init_cfg)
        self.layer, self.norm = torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.layer(x))


class ToyDetector(BaseModel):
    """Backbone, neck and head."""

    def __init__(self, init_cfg: Any = None, **parts: Any) -> None:
        super().__init__(init_cfg=init_cfg)
        self.backbone, self.neck, self.head = (Part(parts.get(name)) for name in ('backbone', 'neck', 'head'))

    def forward(self, inputs: Any, data_samples: Any = None, mode: str = 'loss') -> Any:
        if mode == 'predict':
            return data_samples
        return dict(loss_toy=self.head(self.neck(self.backbone(torch.stack(list(inputs))))).square().mean())


class ToyImages(torch.utils.data.Dataset):
    """Pairs of numbers with names; those of some images are NaN."""

    metainfo: dict = {}

    def __init__(self, *bad: int, length: int = 8) -> None:
        self.bad, self.length = bad, length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict:
        values = torch.randn(2, generator=torch.Generator().manual_seed(index))
        sample = TextDetDataSample(metainfo=dict(img_path=f'imgs/{index}.jpg'))
        return dict(inputs=values * float('nan') if index in self.bad else values, data_samples=sample)


def toy_runner(folder: Path, model: BaseModel, images: Any, *hooks: Any, epochs: int = 2, **options: Any) -> Runner:
    """A training with batches of two, in order, on the CPU."""
    loader = dict(dataset=images, sampler=dict(type='DefaultSampler', shuffle=False), batch_size=2, num_workers=0)
    return Runner(
        model, str(folder), train_dataloader=loader, train_cfg=dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=dict(type=OptimWrapper, optimizer=dict(type='SGD', lr=0.1)), custom_hooks=list(hooks),
        default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)), default_scope='mmocr',
        experiment_name=f'{folder.name}{id(model)}', log_level='INFO', **options)
