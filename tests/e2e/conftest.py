"""Fixtures of the end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import Broker, free_port
from tests.e2e.whole import Whole


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Whole]]:
    """Makes sites on demand, each with its own broker; leaves no process behind."""
    made: list[Whole] = []
    yield made
    for whole in made:
        whole.stop()
        if whole.broker is not None:
            whole.broker.kill()


@pytest.fixture(scope="module")
def new_whole(tmp_path_factory: pytest.TempPathFactory, wholes: list[Whole]) -> object:
    """A function that makes a site with a running broker."""

    def make() -> Whole:
        folder: Path = tmp_path_factory.mktemp("whole")
        (folder / "broker").mkdir()
        broker = Broker(folder / "broker", free_port())
        broker.start()
        whole = Whole(folder / "site", broker)
        wholes.append(whole)
        return whole

    return make
