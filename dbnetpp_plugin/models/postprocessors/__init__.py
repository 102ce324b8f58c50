"""From the maps of a head to text regions."""

from .db_postprocessor import DBNetPPPostprocessor

__all__ = ['DBNetPPPostprocessor']
