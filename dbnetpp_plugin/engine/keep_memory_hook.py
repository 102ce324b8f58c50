"""Memory of one image kept for the next one, in training."""

from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmocr.registry import HOOKS

from dbnetpp_plugin.memory import keep_freed_memory


@HOOKS.register_module()
class KeepMemoryHook(Hook):
    """Keeps freed memory in the process, see :func:`dbnetpp_plugin.memory.keep_freed_memory`.

    Data workers inherit the setting where they are forked, which is what PyTorch does on Linux.
    """

    def before_run(self, runner: Runner) -> None:
        """Set it before the data workers start."""
        keep_freed_memory()
