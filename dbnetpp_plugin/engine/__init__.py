"""Hooks and optimizer wrappers for MMEngine's runner, registered in MMOCR's registries."""

from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .channels_last_hook import ChannelsLastHook
from .freeze_backbone_hook import FreezeBackboneHook
from .keep_memory_hook import KeepMemoryHook
from .sample_seed_hook import SampleSeedHook

__all__ = ['BFloat16OptimWrapper', 'ChannelsLastHook', 'FreezeBackboneHook', 'KeepMemoryHook', 'SampleSeedHook']
