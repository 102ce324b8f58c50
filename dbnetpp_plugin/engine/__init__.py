"""Hooks for MMEngine's runner, registered in MMOCR's ``HOOKS``."""

from .checkpoints import explain_failed_downloads
from .freeze_backbone_hook import FreezeBackboneHook
from .sample_seed_hook import SampleSeedHook

explain_failed_downloads()

__all__ = ['FreezeBackboneHook', 'SampleSeedHook', 'explain_failed_downloads']
