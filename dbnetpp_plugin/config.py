"""Config files of MMEngine: loading them, the scope in which their names are looked up, and their test pipeline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.registry import DefaultScope

Step = dict[str, Any]
_PACKAGE = Path(__file__).parent


def load_config(config: str | Path | Config) -> Config:
    """Load the config at a path; a config that is loaded already is returned as it is.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    if isinstance(config, Config):
        return config
    if not Path(config).is_file():
        raise FileNotFoundError(f'there is no config file {config}')
    return Config.fromfile(config)


def own_config(name: str) -> Path:
    """Config of this project by its name, such as ``'dbnet_r18_ic15'`` or ``'synthetic/dbnetpp_r18_synth'``.

    Raises:
        FileNotFoundError: If there is none.
    """
    # In a wheel, configs are where mim looks for them; in a clone, beside the package.
    folders = (_PACKAGE / '.mim' / 'configs', _PACKAGE.parent / 'configs')
    for folder in folders:
        if (folder / f'{name}.py').is_file():
            return folder / f'{name}.py'
    raise FileNotFoundError(f'the config {name}.py is neither in {folders[0]} nor in {folders[1]}')


def scope_of(config: Config) -> str:
    """The registry scope that the names in a config belong to, MMOCR's by default."""
    return config.get('default_scope') or 'mmocr'


def default_scope(config: Config) -> Any:
    """Context in which modules are found by the names that the config gives them; the previous scope is restored."""
    return DefaultScope.overwrite_default_scope(scope_of(config))


def test_pipeline(config: Config) -> list[Step]:
    """All steps of the test pipeline.

    Raises:
        ValueError: If the config has none.
    """
    dataset = config.get('test_dataloader', {}).get('dataset', {})
    pipeline = dataset.get('pipeline') or config.get('test_pipeline')
    if not pipeline:
        raise ValueError('the config has neither test_dataloader.dataset.pipeline nor test_pipeline')
    return pipeline


def test_steps(config: Config) -> tuple[Step, list[Step]]:
    """The step of the test pipeline that loads the image, and the steps after it without those that load annotations.

    Raises:
        ValueError: If the config has no test pipeline, or the pipeline loads no image.
    """
    pipeline = test_pipeline(config)
    for index, step in enumerate(pipeline):
        if step_type(step).endswith('LoadImageFromFile'):
            return step, [later for later in pipeline[index + 1:] if not step_type(later).endswith('Annotations')]
    raise ValueError('the test pipeline of the config has no LoadImageFromFile')


def resize_step(pipeline: Sequence[Step]) -> tuple[int, Step]:
    """The first step of a pipeline that resizes images to a scale with their ratio of sides kept, and its index.

    Raises:
        ValueError: If there is none.
    """
    for index, step in enumerate(pipeline):
        if step_type(step).endswith('Resize') and 'scale' in step and step.get('keep_ratio'):
            return index, step
    raise ValueError('the test pipeline has no Resize with a scale and keep_ratio=True, whose size could be changed')


def step_type(step: Step) -> str:
    """Name of the transform of a step."""
    return str(getattr(step['type'], '__name__', step['type']))
