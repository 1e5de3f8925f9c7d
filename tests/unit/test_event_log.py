"""The log tells what ran, who ran it and what it counted, never what it was told; no work waits for it."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dagster_project import event_log
from dagster_project.build_record import last_record, recorded
from dagster_project.cli import app
from dagster_project.event_log import note
from dagster_project.progress import step
from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.integration.small_initiative import small_settings

CANARY = "Zyxcanary"
DAY = date(2026, 3, 31)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = make_settings(tmp_path, small_settings(tmp_path / "small", ("clinic", "en")).expectations)
    monkeypatch.setenv("DORSALE_DATA", str(made.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(made.expectations))
    monkeypatch.setattr(event_log, "_told_of", set())
    # Said by whoever likes to be another.
    monkeypatch.setenv("USER", CANARY)
    monkeypatch.setenv("LOGNAME", CANARY)
    return made


def lines_of(settings: Settings) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(settings.log.iterdir()) for line in path.read_text().splitlines()]


def test_a_line_has_its_time_in_utc_and_its_run_in_a_file_of_its_month(settings: Settings) -> None:
    note(settings, "step", step="link", seconds=0.5)
    [path] = settings.log.iterdir()
    [line] = lines_of(settings)
    assert path.stem == line["at"][:7]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["at"])
    assert (line["run"], line["event"], line["step"], line["seconds"]) == (event_log.RUN, "step", "link", 0.5)


def test_nobody_else_may_read_it(settings: Settings) -> None:
    note(settings, "step")
    [path] = settings.log.iterdir()
    assert [stat.S_IMODE(p.stat().st_mode) for p in (settings.log, path)] == [0o700, 0o600]


def test_a_line_that_was_cut_short_spoils_no_other(settings: Settings) -> None:
    note(settings, "first")
    [path] = settings.log.iterdir()
    path.write_bytes(path.read_bytes() + b'{"at": "20')
    note(settings, "second")
    first, cut, second = path.read_text().splitlines()
    assert (json.loads(first)["event"], cut, json.loads(second)["event"]) == ("first", '{"at": "20', "second")


def test_lines_written_at_once_stay_whole(settings: Settings) -> None:
    def many() -> None:
        for number in range(50):
            note(settings, "step", counts="x" * 500, number=number)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines_of(settings)) == 200


def test_a_log_that_cannot_be_written_is_told_of_once_and_stops_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.log.write_text("no folder")
    with recorded(settings, DAY) as record, step("link"):
        record.outcome = "built"
    told = capsys.readouterr().err
    assert told.count("The log in data/log cannot be written") == 1
    assert str(settings.data) not in told
    assert (last_record(settings) or {})["outcome"] == "built"


def test_a_full_disk_stops_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda handle, line: 3)
    note(settings, "step")
    note(settings, "step")
    assert capsys.readouterr().err.count("cannot be written (OSError)") == 1


def test_a_step_that_fails_tells_its_kind_of_error_and_not_its_text(settings: Settings) -> None:
    with pytest.raises(ValueError, match=CANARY), step("link"):
        raise ValueError(CANARY)
    [line] = lines_of(settings)
    assert (line["step"], line["outcome"]) == ("link", "ValueError")
    assert CANARY not in json.dumps(line)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["accept", CANARY, "--because", CANARY], 1),
        (["undo", CANARY, "--because", CANARY], 1),
        (["take", CANARY], 1),
        (["status", f"--{CANARY}"], 2),
        (["report", CANARY], 1),
    ],
)
def test_a_command_is_noted_with_who_ran_it_and_nothing_that_it_was_told(
    settings: Settings, arguments: list[str], code: int
) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == code
    started, ended = lines_of(settings)
    assert (started["event"], ended["event"]) == ("command_started", "command_ended")
    assert started["command"] == ended["command"] == arguments[0]
    assert started["user"] == ended["user"] == event_log.user() != CANARY
    assert ended["exit_code"] == code
    assert CANARY.casefold() not in json.dumps([started, ended]).casefold()


def test_an_error_that_nobody_foresaw_is_told_by_its_kind_and_place(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(f"Could not convert string '{CANARY}'")

    monkeypatch.setattr("dagster_project.calendar_status.read_calendar", broken)
    result = CliRunner().invoke(app, ["status"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "nobody foresaw: ValueError at dagster_project/cli/calendar.py:" in result.output.replace("\n", "")
    assert CANARY not in result.output
    assert lines_of(settings)[-1]["exit_code"] == 1


@pytest.mark.parametrize("arguments", [[CANARY], ["build", "--help"], ["check", CANARY, "--agency", "clinic"], []])
def test_what_touches_nothing_leaves_no_line(settings: Settings, arguments: list[str]) -> None:
    CliRunner().invoke(app, arguments)
    assert not settings.log.exists()


def test_a_build_that_was_killed_stays_begun(settings: Settings) -> None:
    with recorded(settings, DAY):
        found = last_record(settings)
    assert found is not None
    assert (found["outcome"], found["ended_at"]) == ("begun", None)
    # Nobody said that it ended well.
    assert (last_record(settings) or {})["outcome"] == "failed"
