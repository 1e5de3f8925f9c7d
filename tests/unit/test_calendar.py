"""The calendar: who sent what, who is silent, what waits; reminders in the agency's language; Dagster's checks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dagster_project.build_record import recorded
from dagster_project.calendar_status import NoBuildError, read_calendar
from dagster_project.contracts import load_expectations
from dagster_project.reminders import write_reminders
from dagster_project.settings import PROJECT_ROOT, Settings
from tests.conftest import run_dorsale
from tests.integration.small_initiative import small_settings

HELD = "ab12cd34" + "0" * 56
# Agency, dataset, month, state, on time, sent again, day received.
SUBMISSIONS = """
    ('prompt', 'persons', 1, 'accepted', true, false, '2026-02-03'),
    ('prompt', 'persons', 2, 'accepted', true, true, '2026-03-03'),
    ('tardy', 'persons', 1, 'accepted', false, false, '2026-02-20'),
    ('tardy', 'persons', 2, 'held', null, false, '2026-03-05'),
    ('tardy', 'contacts', 1, 'nil', true, false, '2026-02-05'),
    ('tardy', 'contacts', 2, 'rejected', null, false, '2026-03-05'),
    ('quiet', 'persons', 1, 'accepted', true, false, '2026-02-05'),
    ('quiet', 'persons', 2, 'missing', null, false, null),
    ('quiet', 'contacts', 1, 'missing', null, false, null),
    ('quiet', 'contacts', 2, 'missing', null, false, null),
    ('never', 'persons', 1, 'missing', null, false, null),
    ('never', 'persons', 2, 'missing', null, false, null)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What a build of 31 March leaves of four agencies of which two are silent."""
    made = small_settings(tmp_path, ("prompt", "en"), ("tardy", "en"), ("quiet", "fr"), ("never", "en"))
    made.quarantine.mkdir(parents=True)
    with duckdb.connect(str(made.warehouse)) as connection:
        connection.execute(f"""
            create schema marts;
            create table marts.dim_build as select date '2026-03-31' as as_of;
            create table marts.dim_agencies as select unnest(['prompt', 'tardy', 'quiet', 'never']) as agency_id;
            create table marts.fct_submissions as
            select agency_id, dataset, make_date(2026, m, 1) as period_start,
              last_day(make_date(2026, m, 1)) as period_end, make_date(2026, m + 1, 15) as due_date,
              received::date as received_date, state, true as is_expected, is_on_time, is_resubmitted
            from (values {SUBMISSIONS}) as t (agency_id, dataset, m, state, is_on_time, is_resubmitted, received);
            -- Not due: neither owed nor silence.
            insert into marts.fct_submissions values ('prompt', 'persons', '2026-03-01', '2026-03-31', '2026-04-15',
              '2026-03-30', 'rejected', true, null, false);
            create table marts.fct_submission_extracts as
            select md5(concat(agency_id, dataset, period_start)) as submission_id, agency_id, dataset, period_start,
              period_end, received_date, state
            from marts.fct_submissions where state <> 'missing'
            union all values ('old', 'prompt', 'persons', date '2026-02-01', date '2026-02-28', date '2026-03-01',
              'superseded');
            create table marts.fct_submission_files as
            select '{HELD}' as submission_id, 'tardy' as agency_id, date '2026-02-01' as period_start,
              date '2026-02-28' as period_end, date '2026-03-05' as received_date, 'held' as state;
            copy (
              select '{HELD}' as _submission_id, unnest(['wrong_period', 'file_much_smaller', 'new_codes']) as rule_id,
                unnest(['hold', 'hold', 'warn']) as severity
            ) to '{made.quarantine / "findings.parquet"}' (format parquet);
        """)
    return made


def test_the_silent_come_first_and_the_longest_silent_at_the_top(settings: Settings) -> None:
    calendar = read_calendar(settings)
    assert calendar.as_of == date(2026, 3, 31)
    silences = [(a.agency_id, a.silent_since, a.silent_periods, a.last_received) for a in calendar.agencies]
    assert silences == [
        ("never", date(2026, 2, 15), 2, None),
        ("quiet", date(2026, 3, 15), 1, date(2026, 2, 5)),
        ("tardy", None, 0, date(2026, 3, 5)),
        ("prompt", None, 0, date(2026, 3, 3)),
    ]
    assert calendar.agencies[1].last_period_end == date(2026, 1, 31)


def test_who_sends_what_cannot_be_used_is_not_silent(settings: Settings) -> None:
    """A file whose name or content nobody can read has no dataset and perhaps no period."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("""insert into marts.fct_submission_files
            values ('unreadable', 'quiet', null, null, '2026-03-02', 'rejected')""")
    agencies = {status.agency_id: status for status in read_calendar(settings).agencies}
    assert agencies["quiet"].silent_since is None
    assert [o.dataset for o in agencies["quiet"].owed] == ["contacts", "contacts", "persons"]


def test_what_came_of_each_dataset(settings: Settings) -> None:
    agencies = {status.agency_id: status for status in read_calendar(settings).agencies}
    [prompt] = agencies["prompt"].datasets
    assert (prompt.due, prompt.received, prompt.resubmitted, prompt.superseded) == (3, 2, 1, 1)
    contacts, persons = agencies["tardy"].datasets
    assert (contacts.nil, contacts.rejected, contacts.late) == (1, 1, 0)
    assert (persons.received, persons.late, persons.held, persons.missing) == (1, 1, 1, 0)
    assert [(o.dataset, o.state) for o in agencies["tardy"].owed] == [("contacts", "rejected")]
    assert agencies["prompt"].owed == [], "what is not due is not owed"
    [held] = agencies["tardy"].held
    assert (held.submission_id, held.rules) == (HELD, ["file_much_smaller", "wrong_period"])


def test_the_command_says_the_loudest_first_and_how_to_lift_a_pause(settings: Settings) -> None:
    lines = run_dorsale(settings, "status").splitlines()
    assert lines[0] == (
        "SILENT  never: nothing for 2 periods, since what was due on 2026-02-15; nothing was ever received"
    )
    assert lines[1] == (
        "SILENT  quiet: nothing for 1 period, since what was due on 2026-03-15; "
        "last received on 2026-02-05, for 2026-01-01 to 2026-01-31"
    )
    assert lines[2:4] == [
        "HELD    ab12cd34 of tardy, 2026-02-01 to 2026-02-28: file_much_smaller, wrong_period",
        '        if it is right: dorsale accept ab12cd34 --because "..."',
    ]
    assert "OWED    tardy, 2026-02-01 to 2026-02-28, due on 2026-03-15: contacts (sent back)" in lines
    told = json.loads(run_dorsale(settings, "status", "--json"))
    assert [agency["agency_id"] for agency in told["agencies"]] == ["never", "quiet", "tardy", "prompt"]
    assert told["agencies"][0]["owed"][0]["due_date"] == "2026-02-15"
    assert not list(settings.data.glob("feedback/*/reminder*")), "reminders are written when asked for"


def test_a_sensor_that_cannot_look_is_louder_than_the_silent(settings: Settings) -> None:
    path = settings.state / "sensor.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"looked_at": "2026-03-31T03:00:00+00:00", "failure": "PermissionError"}', encoding="utf-8")
    lines = run_dorsale(settings, "status").splitlines()
    path.unlink()
    assert lines[0].startswith("FAILED  the sensor could not look at the drop folder on 2026-03-31T03:00:00+00:00")
    assert lines[1].startswith("SILENT")


def test_the_state_of_the_installation_is_told_to_a_monitor_and_to_a_person(settings: Settings) -> None:
    (settings.releases / "2026-03-01").mkdir(parents=True)
    (settings.releases / "2026-03-01-2").mkdir()
    settings.stewardship.mkdir(exist_ok=True)
    (settings.stewardship / "review_unclear_2026-03-30.xlsx").write_bytes(b"")
    with recorded(settings, date(2026, 3, 31)) as record:
        record.outcome = "built"
    told = json.loads(run_dorsale(settings, "status", "--json"))
    assert set(told) == {"as_of", "agencies", "drop_folder", "build", "release", "disk", "waiting", "past_retention"}
    assert (told["build"]["outcome"], told["build"]["as_of"]) == ("built", "2026-03-31")
    assert told["build"]["began_at"] <= told["build"]["ended_at"]
    assert not told["build"]["is_current"], "nothing was published"
    assert told["release"] == "2026-03-01-2"
    assert 0 < told["disk"]["free_bytes"] < told["disk"]["total_bytes"]
    assert told["waiting"] == {"held": 1, "review_pairs": 0, "workbooks_put_aside": 1}
    assert told["past_retention"] == []
    lines = run_dorsale(settings, "status").splitlines()
    assert "Release   2026-03-01-2" in lines
    assert any(line.startswith("Build     ended well, ") and "make build" in line for line in lines)
    assert "Steward   0 pairs wait in data/stewardship/review.xlsx, 1 workbooks put aside" in lines


def test_a_build_that_failed_is_told_first(settings: Settings) -> None:
    with pytest.raises(ValueError, match="full"), recorded(settings, date(2026, 3, 31)):
        raise ValueError("full")
    assert run_dorsale(settings, "status").splitlines()[0].startswith("FAILED  the last build, on ")


def test_a_workbook_that_cannot_be_read_is_no_number_of_pairs(settings: Settings) -> None:
    settings.stewardship.mkdir(exist_ok=True)
    settings.review_workbook.write_bytes(b"no workbook")
    assert json.loads(run_dorsale(settings, "status", "--json"))["waiting"]["review_pairs"] is None


def test_without_a_build_there_is_no_calendar(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, ("prompt", "en"))
    with pytest.raises(NoBuildError):
        read_calendar(settings)
    duckdb.connect(str(settings.warehouse)).close()
    assert "run make build first" in run_dorsale(settings, "status", expect=1)


def test_a_reminder_says_exactly_what_is_owed_and_how_to_send_it(settings: Settings) -> None:
    written = write_reminders(settings, load_expectations(settings.expectations), read_calendar(settings))
    assert [path.relative_to(settings.feedback).as_posix() for path in written] == [
        "never/reminder_2026-03-31.txt",
        "quiet/reminder_2026-03-31.txt",
        "tardy/reminder_2026-03-31.txt",
    ]
    never, quiet, tardy = (path.read_text(encoding="utf-8") for path in written)
    assert "- Persons, for 2026-01-01 to 2026-01-31: due on 2026-02-15, 44 days ago\n" in never
    assert "- Persons, for 2026-02-01 to 2026-02-28: due on 2026-03-15, 16 days ago\n" in never
    assert "\n  persons_2026-01.csv\n  persons_2026-02.csv\n" in never
    assert "The last that" not in never
    assert "NIL_2026-01.txt" in never
    assert "backbone@boussole.example" in never
    assert "- Contacts, du 2026-02-01 au 2026-02-28 : attendu le 2026-03-15, il y a 16 jours\n" in quiet
    assert "est parvenu le 2026-02-05, pour la période du 2026-01-01 au 2026-01-31." in quiet
    assert "AUCUN_2026-01.txt" in quiet
    assert "\n  visits_2026-02.xlsx\n" in quiet
    assert "was sent back; its annotated workbook" in tardy
    assert HELD[:8] not in tardy, "of a held file somebody calls"


def test_the_template_is_asked_for_where_nothing_else_was_agreed(settings: Settings) -> None:
    path = settings.expectations / "partners" / "never.yml"
    text = path.read_text(encoding="utf-8")
    files = text.index("files:")
    path.write_text(text[:files] + "template: [persons]\n", encoding="utf-8")
    write_reminders(settings, load_expectations(settings.expectations), read_calendar(settings))
    told = (settings.feedback / "never" / "reminder_2026-03-31.txt").read_text(encoding="utf-8")
    assert "\n  Persons: the template workbook, filled in\n" in told
    assert "persons_2026" not in told


@dataclass(frozen=True)
class Check:
    passed: bool
    severity: str
    metadata: dict[str, str]


def checks_of(settings: Settings) -> dict[str, Check]:
    """Dagster's checks in a process of their own: `defs/` reads its settings when it is imported."""
    program = """
import json
from dagster_project.defs.calendar import calendar
found = {}
for r in calendar():
    found[r.check_name] = [r.passed, r.severity.value, {k: str(v.value) for k, v in r.metadata.items()}]
print(json.dumps(found))
"""
    environment = {
        **os.environ,
        "DORSALE_DATA": str(settings.data),
        "DORSALE_EXPECTATIONS": str(settings.expectations),
        "DAGSTER_DISABLE_TELEMETRY": "true",
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    return {name: Check(*found) for name, found in json.loads(done.stdout).items()}


def test_dagster_warns_of_the_silent_and_of_what_is_owed(settings: Settings) -> None:
    checks = checks_of(settings)
    assert {name for name, check in checks.items() if not check.passed} == {
        "never_is_not_silent",
        "quiet_is_not_silent",
        "never_owes_nothing",
        "quiet_owes_nothing",
        "tardy_owes_nothing",
    }
    assert len(checks) == 8
    assert {check.severity for check in checks.values()} == {"WARN"}, "no build stops for want of a file"
    assert checks["quiet_is_not_silent"].metadata == {
        "silent_since": "2026-03-15",
        "silent_periods": "1",
        "last_received": "2026-02-05",
    }
    assert checks["tardy_owes_nothing"].metadata == {"missing": "0", "sent_back": "1", "held": "1", "late": "1"}
