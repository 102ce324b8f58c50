"""Fixtures of the data set tests."""

import logging
from collections.abc import Iterator

import pytest
from mmengine.logging import MMLogger


class Keeper(logging.Handler):
    """Keeps messages as 'LEVEL: text'."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f'{record.levelname}: {record.getMessage()}')


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What is logged during a test, to this package's loggers and to OpenMMLab's, which pytest's `caplog` does not see.
    """
    keeper, package, openmmlab = Keeper(), logging.getLogger('dbnetpp_plugin'), MMLogger.get_current_instance()
    level = package.level
    package.setLevel(logging.INFO)
    for logger in (package, openmmlab):
        logger.addHandler(keeper)
    yield keeper.messages
    for logger in (package, openmmlab):
        logger.removeHandler(keeper)
    package.setLevel(level)
