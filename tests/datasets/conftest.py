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
    """What is logged to OpenMMLab's logger during a test; pytest's own `caplog` does not see that logger."""
    keeper, logger = Keeper(), MMLogger.get_current_instance()
    logger.addHandler(keeper)
    yield keeper.messages
    logger.removeHandler(keeper)
