import json
import pathlib
import stat

import pytest
from pytest_stuntdouble import Mock, MockError
from pytest_stuntdouble.command import find_command

pytest_plugins = ["pytester"]


def test_every_test_gets_a_mock_without_tasks(stuntdouble, stuntdouble_clock):
    start = stuntdouble_clock.now
    stuntdouble_clock.advance("1d")
    stuntdouble.reset()
    assert stuntdouble.tasks() == [] and stuntdouble_clock.now == start


def test_errors_name_the_remedy(stuntdouble, stuntdouble_clock):
    with pytest.raises(MockError, match="soon"):
        stuntdouble_clock.advance("soon")
    with pytest.raises(MockError, match="use one of: .*runway"):
        stuntdouble.url_of("runwai")


def test_a_mock_that_does_not_start_shows_its_error(stuntdouble_server, pytestconfig):
    command = find_command(pytestconfig.getini("stuntdouble_command"), pathlib.Path("/"))
    with pytest.raises(MockError, match="--speed"):
        Mock.start(command, ["--speed", "never"])


def test_the_command_is_found_in_a_folder_above(tmp_path, monkeypatch):
    program = tmp_path / "node_modules/stuntdouble/dist/cli/stuntdouble.js"
    program.parent.mkdir(parents=True)
    program.write_text("")
    below = tmp_path / "api" / "tests"
    below.mkdir(parents=True)
    assert find_command("", below) == ["node", str(program)]
    assert find_command("node 'my program.js'", below) == ["node", "my program.js"]


def test_an_image_runs_in_the_network_of_the_host(tmp_path, monkeypatch):
    engine = tmp_path / "docker"
    engine.write_text("#!/bin/sh\n")
    engine.chmod(engine.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("STUNTDOUBLE_IMAGE", "some/image")
    assert find_command("", tmp_path)[:2] == [str(engine), "run"] and find_command("", tmp_path)[-1] == "some/image"


def test_a_missing_program_is_explained(pytester, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("STUNTDOUBLE_IMAGE", raising=False)
    pytester.makepyfile("def test_it(stuntdouble): pass")
    result = pytester.runpytest_inprocess("-p", "pytest_stuntdouble.plugin")
    result.stdout.fnmatch_lines(["*npm install --save-dev stuntdouble*"])
    assert result.ret == 1


def test_options_of_the_mock_come_from_the_configuration(pytester, pytestconfig):
    pytester.makeini(
        "[pytest]\nstuntdouble_options = --clock virtual --scenario fail.generate --only luma\n"
        f"stuntdouble_command = {pytestconfig.getini('stuntdouble_command')}\n"
    )
    pytester.makepyfile(
        "def test_it(stuntdouble):\n    assert stuntdouble.admin('GET', '/health')['packs'] == ['luma']\n"
    )
    pytester.runpytest_inprocess("-p", "pytest_stuntdouble.plugin").assert_outcomes(passed=1)


def test_answers_of_the_admin_api_are_json(stuntdouble):
    assert json.dumps(stuntdouble.admin("GET", "/health"))
