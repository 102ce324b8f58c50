"""Weights that fit nothing of what they are loaded into."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mmengine.hooks import Hook
from mmengine.logging import MMLogger
from mmengine.model import PretrainedInit, is_model_wrapper
from mmengine.runner import Runner
from mmocr.registry import HOOKS
from torch import Size, nn

from dbnetpp_plugin.wording import few


class Fit(NamedTuple):
    """How many parameters of a part of a model a checkpoint has."""

    part: str
    taken: int
    total: int

    def __str__(self) -> str:
        return f'{self.part} {self.taken} of {self.total}'


@HOOKS.register_module()
class FittingWeightsHook(Hook):
    """Says which part of a model, such as its neck, took nothing from a checkpoint, and stops if none took anything.

    MMEngine lists the names that differ, in a message that is easily overlooked, and trains from random values. This
    hook watches what ``load_from``, ``resume`` and every ``init_cfg`` of type ``Pretrained`` load, however it is
    renamed while it is loaded. A parameter is taken if its name is there and its shape is the same.

    Raises:
        ValueError: If nothing is taken, from the load itself.
    """

    priority = 'VERY_LOW'  # moving averages copy the model first, without what watches it

    def __init__(self) -> None:
        self._watches: list[_Watch] = []
        self._has_file = False

    def before_run(self, runner: Runner) -> None:
        """Watch the model and each module with pretrained weights, until all is loaded."""
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        for name, module in model.named_modules():
            file = pretrained_file(module)
            if module is model or file is not None:
                self._watches.append(_Watch(module, name, file, self, runner))

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict[str, Any]) -> None:
        """From now on the model loads a checkpoint of the runner, and no longer pretrained weights."""
        self._has_file = True

    def before_train(self, runner: Runner) -> None:
        """All is loaded."""
        self._unwatch()

    def before_val(self, runner: Runner) -> None:
        """All is loaded."""
        self._unwatch()

    def before_test(self, runner: Runner) -> None:
        """All is loaded."""
        self._unwatch()

    def _unwatch(self) -> None:
        for watch in self._watches:
            watch.remove()
        self._watches.clear()


class _Watch:
    """Looks on while a module loads a state dict."""

    def __init__(self, module: nn.Module, name: str, file: str | None, hook: FittingWeightsHook,
                 runner: Runner) -> None:
        self._module, self._name, self._file, self._hook, self._runner = module, name, file, hook, runner
        self._given: dict[str, Size] | None = None
        self._handles = [module.register_load_state_dict_pre_hook(self._before),
                         module.register_load_state_dict_post_hook(self._after)]

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()

    def _before(self, module: nn.Module, state_dict: Mapping[str, Any], prefix: str, *_: Any) -> None:
        # With a prefix, a module around this one is loaded, which is watched itself.
        self._given = None if prefix else {name: value.shape for name, value in state_dict.items()
                                           if hasattr(value, 'shape')}

    def _after(self, module: nn.Module, incompatible_keys: Any) -> None:
        if self._given is not None:
            fits = find_fits(module, self._given, incompatible_keys.missing_keys, self._name)
            report_fits(fits, self._source(), list(self._given))
            self._given = None

    def _source(self) -> str:
        if self._file is not None and not self._hook._has_file:
            return f'{self._file} (init_cfg of {self._name or "the model"})'
        return str(self._runner._load_from or 'the checkpoint to resume')


def pretrained_file(module: nn.Module) -> str | None:
    """The checkpoint in a module's ``init_cfg``; None if there is none."""
    init_cfg = getattr(module, 'init_cfg', None)
    for cfg in [init_cfg] if isinstance(init_cfg, Mapping) else init_cfg or []:
        if isinstance(cfg, Mapping) and cfg.get('type') in ('Pretrained', PretrainedInit):
            return str(cfg.get('checkpoint'))
    return None


def find_fits(module: nn.Module, given: Mapping[str, Size], missing: list[str], name: str = '') -> list[Fit]:
    """How many parameters of each part of a module a checkpoint has.

    Args:
        module: Its children with parameters are the parts; a module that is a part itself has a name.
        given: Shapes in the checkpoint, by name.
        missing: Names that loading did not find, after whatever was renamed.
        name: Of the module in the model; empty for the model.
    """
    absent = set(missing)
    counts: dict[str, tuple[int, int]] = {}
    for parameter, value in module.state_dict().items():
        if parameter.endswith('num_batches_tracked'):
            continue
        part = name or parameter.split('.')[0]
        taken, total = counts.get(part, (0, 0))
        fits = parameter not in absent and given.get(parameter, value.shape) == value.shape
        counts[part] = (taken + fits, total + 1)
    return [Fit(part, *count) for part, count in counts.items()]


def report_fits(fits: list[Fit], source: str, given: list[str]) -> None:
    """Warn, in one line, of parts that took nothing.

    Args:
        fits: Of all parts.
        source: Where the weights come from.
        given: Names in the checkpoint.

    Raises:
        ValueError: If no part took anything.
    """
    without = [fit for fit in fits if not fit.taken]
    if not without:
        return
    if len(without) == len(fits):
        raise ValueError(f'The weights {source} fit nothing: of {few(fits)} parameters are among its {len(given)}, '
                         f'{few(given)}')
    MMLogger.get_current_instance().warning(
        f'!!! THE WEIGHTS {source} FIT NOTHING OF: {", ".join(fit.part for fit in without)}. These keep the values '
        f'that they were initialised with. Parameters taken: {", ".join(map(str, fits))}.')
