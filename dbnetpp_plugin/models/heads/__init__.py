"""Detection heads."""

from .db_head import DBNetPPHead

__all__ = ['DBNetPPHead']
