"""The fixtures ``stuntdouble`` and ``stuntdouble_clock``."""

import pathlib

import pytest

from .command import MISSING, find_command
from .mock import Clock, Mock


def pytest_addoption(parser):
    parser.addini("stuntdouble_command", "command that runs stuntdouble (default: the installed one)")
    parser.addini(
        "stuntdouble_options",
        "options of the mock, as for `stuntdouble start` (default: --clock virtual)",
        type="args",
        default=["--clock", "virtual"],
    )


@pytest.fixture(scope="session")
def stuntdouble_server(pytestconfig):
    """The mock of the session, which keeps its tasks from test to test."""
    folder = pathlib.Path(pytestconfig.rootpath).resolve()
    command = find_command(pytestconfig.getini("stuntdouble_command"), folder)
    if command is None:
        pytest.fail(MISSING, pytrace=False)
    mock = Mock.start(command, pytestconfig.getini("stuntdouble_options"))
    yield mock
    mock.stop()


@pytest.fixture
def stuntdouble(stuntdouble_server):
    """A mock without tasks, at the start of its time."""
    stuntdouble_server.reset()
    return stuntdouble_server


@pytest.fixture
def stuntdouble_clock(stuntdouble):
    """The service time of the mock."""
    return Clock(stuntdouble)
