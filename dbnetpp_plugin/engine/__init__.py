"""Hooks and optimizer wrappers for MMEngine's runner, registered in MMOCR's registries."""

from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .channels_last_hook import ChannelsLastHook
from .checkpoints import explain_failed_downloads
from .freeze_backbone_hook import FreezeBackboneHook
from .sample_seed_hook import SampleSeedHook

explain_failed_downloads()

__all__ = ['BFloat16OptimWrapper', 'ChannelsLastHook', 'FreezeBackboneHook', 'SampleSeedHook',
           'explain_failed_downloads']
