"""The test pipeline of a config, as steps that prepare an image that is read already."""

from typing import Any

from mmengine.config import Config

Step = dict[str, Any]


def test_steps(config: Config) -> tuple[Step, list[Step]]:
    """The step of the test pipeline that loads the image, and those after it, without any that loads annotations.

    Raises:
        ValueError: If the config has no test pipeline, or it loads no image.
    """
    dataset = config.get('test_dataloader', {}).get('dataset', {})
    pipeline = dataset.get('pipeline') or config.get('test_pipeline')
    if not pipeline:
        raise ValueError('the config has neither test_dataloader.dataset.pipeline nor test_pipeline')
    for place, step in enumerate(pipeline):
        if _type_name(step).endswith('LoadImageFromFile'):
            return step, [later for later in pipeline[place + 1:] if not _type_name(later).endswith('Annotations')]
    raise ValueError('the test pipeline of the config has no LoadImageFromFile')


def _type_name(step: Step) -> str:
    return str(getattr(step['type'], '__name__', step['type']))
