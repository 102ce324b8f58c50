"""Hooks and optimizer wrappers for MMEngine's runner, registered in MMOCR's registries."""

from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .broken_image_hook import BrokenImageHook
from .channels_last_hook import ChannelsLastHook
from .finite_loss_hook import FiniteLossHook
from .fitting_weights_hook import FittingWeightsHook
from .freeze_backbone_hook import FreezeBackboneHook
from .keep_memory_hook import KeepMemoryHook
from .sample_seed_hook import SampleSeedHook

__all__ = ['BFloat16OptimWrapper', 'BrokenImageHook', 'ChannelsLastHook', 'FiniteLossHook', 'FittingWeightsHook',
           'FreezeBackboneHook', 'KeepMemoryHook', 'SampleSeedHook']
