"""Hooks for MMEngine's runner, registered in MMOCR's ``HOOKS``."""

from .channels_last_hook import ChannelsLastHook
from .checkpoints import explain_failed_downloads
from .freeze_backbone_hook import FreezeBackboneHook
from .sample_seed_hook import SampleSeedHook

explain_failed_downloads()

__all__ = ['ChannelsLastHook', 'FreezeBackboneHook', 'SampleSeedHook', 'explain_failed_downloads']
