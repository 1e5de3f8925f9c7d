"""The demonstration partners: the same files every time, small, as agreed, with every fault that is promised."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineError, CalamineWorkbook

import dagster_project.demonstration as demonstration
from dagster_project.contracts import Expectations, load_expectations
from dagster_project.demonstration.backbone import BACKBONE
from dagster_project.demonstration.backbone.networks import EXPECTED_SECTORS
from dagster_project.demonstration.backbone.waves import WAVES
from dagster_project.demonstration.faults import FILE_FAULTS, ROW_FAULTS
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.region import ZONE_POSTAL_PREFIXES

PROJECT = Path(__file__).resolve().parents[2]
COMMITTED = PROJECT / "data" / "raw"
BYTES_ALLOWED, BYTES_ALLOWED_A_FILE = 4_300_000, 1_000_000
NIL_NAME = re.compile(r"(AUCUN|NIL)_\d{4}-\d{2}(_[a-z_]+)?\.txt")
ENCODINGS = {"school_board": "cp1252", "police_victim_support": "utf-16"}
DELIMITERS = {"school_board": ";", "police_victim_support": "\t"}
SENDERS = [*PARTNERS, BACKBONE]
Row = dict[str, str]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("raw")
    demonstration.write_demonstration(root)
    return root


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return load_expectations(PROJECT / "expectations")


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return demonstration.true_persons()


def files_below(root: Path) -> list[Path]:
    return sorted(path for agency_id in SENDERS for path in (root / agency_id).iterdir())


def unpacked(path: Path) -> dict[str, bytes]:
    """A file's content; that of a container by its members, since compressors differ from machine to machine."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as container:
            return {name: container.read(name) for name in container.namelist()}
    return {"": path.read_bytes()}


def read_rows(path: Path, sheet: str = "", header_row: int = 1) -> list[Row]:
    """Rows of a file as text, by header; cells beyond the headers under '+'."""
    agency_id = path.parent.name
    if path.suffix in (".xlsx", ".ods"):
        cells = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        lines = [[str(cell) for cell in line] for line in cells[header_row - 1 :]]
    else:
        if path.suffix == ".zip":
            content = unpacked(path)[sheet].decode()
        else:
            content = path.read_bytes().decode(ENCODINGS.get(agency_id, "utf-8"))
        lines = list(csv.reader(io.StringIO(content), delimiter=DELIMITERS.get(agency_id, ",")))
    return [dict(zip([*lines[0], "+"], line, strict=False)) for line in lines[1:]]


def persons_of(raw: Path, agency_id: str, pattern: str, column: str) -> set[str]:
    return {row[column] for path in (raw / agency_id).glob(pattern) for row in read_rows(path)}


def test_the_same_seed_gives_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    demonstration.write_demonstration(tmp_path)
    first, second = (
        {path.relative_to(root): path.read_bytes() for path in files_below(root)} for root in (raw, tmp_path)
    )
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_committed_files_are_those_of_the_generator(raw: Path) -> None:
    written = {path.relative_to(raw): path for path in files_below(raw)}
    committed = {path.relative_to(COMMITTED): path for path in files_below(COMMITTED)}
    assert written.keys() == committed.keys()
    # A workbook that is cut short cannot be unpacked; its bytes depend on the machine's compressor.
    whole = [name for name in written if name.name != "post_adoption_2026-01.xlsx"]
    assert [name for name in whole if unpacked(written[name]) != unpacked(committed[name])] == []


def test_the_files_are_small(raw: Path) -> None:
    sizes = [path.stat().st_size for path in files_below(raw)]
    assert sum(sizes) < BYTES_ALLOWED
    assert max(sizes) < BYTES_ALLOWED_A_FILE


def test_only_the_demonstration_folders_are_replaced(tmp_path: Path) -> None:
    kept, stale = tmp_path / "real_partner" / "march.csv", tmp_path / "school_board" / "stale.csv"
    for path in (kept, stale):
        path.parent.mkdir()
        path.write_text("x")
    demonstration.write_demonstration(tmp_path)
    assert kept.exists()
    assert not stale.exists()


def test_more_families_at_a_higher_scale(truth: pd.DataFrame) -> None:
    doubled = demonstration.true_persons(scale=2)
    assert doubled.true_family.nunique() > 1.8 * truth.true_family.nunique()


@pytest.mark.parametrize("agency_id", SENDERS)
def test_every_file_has_an_agreed_name(raw: Path, expectations: Expectations, agency_id: str) -> None:
    kinds = expectations.agreements[agency_id].files
    for path in (raw / agency_id).iterdir():
        agreed = path.name == "received.csv" or NIL_NAME.fullmatch(path.name)
        assert agreed or any(kind.period_start(path.name) for kind in kinds), path.name


@pytest.mark.parametrize("agency_id", SENDERS)
def test_received_names_every_file_with_a_day_after_its_period(
    raw: Path, expectations: Expectations, agency_id: str
) -> None:
    received = {row["file"]: date.fromisoformat(row["received"]) for row in read_received(raw / agency_id)}
    agreement = expectations.agreements[agency_id]
    assert set(received) == {path.name for path in (raw / agency_id).iterdir()} - {"received.csv"}
    for name, day in received.items():
        for start in filter(None, (kind.period_start(name) for kind in agreement.files)):
            assert agreement.period_of(start).end < day <= date(2026, 7, 31)


def read_received(folder: Path) -> list[Row]:
    with (folder / "received.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_zones_are_those_of_the_initiative(expectations: Expectations) -> None:
    zones = {zone.zone_id: tuple(zone.postal_prefixes) for zone in expectations.initiative.zones}
    assert zones == ZONE_POSTAL_PREFIXES


def test_waves_and_networks_are_those_of_the_initiative(expectations: Expectations) -> None:
    initiative = expectations.initiative
    assert {wave.wave_id: (wave.start, wave.end) for wave in initiative.waves} == WAVES
    assert {network.network_id: network.expected_sectors for network in initiative.networks} == EXPECTED_SECTORS


def test_a_third_of_the_families_is_known_to_several_agencies(truth: pd.DataFrame) -> None:
    agencies = truth.groupby("true_family").agency_id.nunique()
    assert 0.28 < (agencies > 1).mean() < 0.42
    assert (agencies > 3).any()


def test_most_shared_persons_are_written_alike_and_no_two_persons_are(truth: pd.DataFrame) -> None:
    def plain(text: str) -> str:
        return re.sub("[^a-z]", "", unicodedata.normalize("NFD", text.lower()))

    written = truth.dropna(subset=["birth_date"])
    written = written.assign(
        form=[(plain(row.last_name), plain(row.first_name), row.birth_date) for row in written.itertuples()]
    )
    shared = written.groupby("true_person").filter(lambda rows: rows.agency_id.nunique() > 1)
    alike = shared.groupby("true_person").form.nunique() == 1
    assert 0.75 < alike.mean() < 0.97
    assert (written.groupby("form").true_person.nunique() == 1).all()


def test_some_families_have_twins_and_some_children_two_homes(truth: pd.DataFrame) -> None:
    persons = truth.drop_duplicates("true_person").dropna(subset=["birth_date"])
    assert persons.duplicated(["true_family", "birth_date"]).any()
    assert (truth.groupby("true_person").true_family.nunique() > 1).any()


def test_every_fault_is_in_the_table_of_the_package() -> None:
    listed = set(re.findall(r"^([a-z0-9_]+)  +[a-z_]+, ", demonstration.__doc__ or "", re.MULTILINE))
    assert listed - {"fault"} == {fault.fault_id for fault in (*ROW_FAULTS, *FILE_FAULTS)}


def count(rows: list[Row], found: Callable[[Row], bool]) -> int:
    return sum(found(row) for row in rows)


# fault: file, sheet, header row, how a faulty row is known, how many there are
ROWS_WITH_FAULTS: dict[str, tuple[str, str, int, Callable[[Row], bool], int]] = {
    "day_that_is_none": ("school_board/suivis_2025-03.csv", "", 1, lambda row: row["Début"] == "31/02/2025", 1),
    "person_without_name": ("school_board/eleves_2025-06.csv", "", 1, lambda row: row["Nom"] == "", 1),
    "one_cell_too_many": ("school_board/resultats_2025-11.csv", "", 1, lambda row: "+" in row, 1),
    "programme_not_agreed": ("school_board/suivis_2025-12.csv", "", 1, lambda row: row["Volet"] == "ROBO", 1),
    "closed_before_opened": (
        "child_protection/CP_extract_2025_05.xlsx", "Cases", 4,
        lambda row: bool(row["Closed"]) and row["Closed"] < row["Opened"], 1,
    ),
    "opened_in_the_future": (
        "child_protection/CP_extract_2025_06.xlsx", "Cases", 4, lambda row: row["Opened"] > "2052", 1,
    ),
    "a_week_long_contact": (
        "child_protection/CP_extract_2025_09.xlsx", "Contacts", 4, lambda row: row["Minutes"] == "9990.0", 1,
    ),
    "kind_not_agreed": (
        "child_protection/CP_extract_2025_12.xlsx", "Contacts", 4, lambda row: row["Kind"] == "Video call", 3,
    ),
    "contact_without_status": (
        "health_centre/contacts_2025-08.csv", "", 1, lambda row: row["Status / Statut"] == "", 1,
    ),
    "agency_not_agreed": (
        "health_centre/referrals_2026-03.csv", "", 1, lambda row: row["Agency / Organisme"] == "BIBLIO", 1,
    ),
    "score_that_is_no_number": (
        "post_adoption/post_adoption_2025-06.xlsx", "Outcomes", 1, lambda row: row["Score"] == "not done", 1,
    ),
    "outcome_before_referral": (
        "post_adoption/post_adoption_2025-09.xlsx", "Referrals", 1,
        lambda row: bool(row["Outcome date"]) and as_iso(row["Outcome date"]) < as_iso(row["Referral date"]), 1,
    ),
    "answer_before_call": (
        "post_adoption/post_adoption_2025-11.xlsx", "Contacts", 1,
        lambda row: bool(row["Answered at"]) and as_iso(row["Answered at"][:10]) < as_iso(row["Requested at"][:10]), 1,
    ),
    "fewer_than_no_places": (
        "health_centre/annexe_2026-01.xlsx", "Places", 1, lambda row: row["Free / Libres"].startswith("-"), 1,
    ),
    "closed_before_presented": (
        "backbone/table_2025-10.xlsx", "Situations", 2,
        lambda row: bool(row["Fermée le"]) and row["Fermée le"] < row["Présentée le"], 1,
    ),
    "client_deleted": ("housing_agency/hmis_2025-09.zip", "Client.csv", 1, lambda row: row["DateDeleted"] != "", 1),
    "visit_on_no_day": (
        "family_centre/visites_2026-02.ods", "Visites", 2, lambda row: row["Date de la visite"] == "31/02/2026", 1,
    ),
    "born_in_1885": (
        "police_victim_support/vs_202504.tsv", "", 1, lambda row: row["DOB"].startswith("1885"), 1,
    ),
}  # fmt: skip


def as_iso(american_date: str) -> str:
    month, day, year = american_date.split("/")
    return f"{year}-{month}-{day}"


@pytest.mark.parametrize("fault_id", ROWS_WITH_FAULTS)
def test_a_row_has_its_fault(raw: Path, fault_id: str) -> None:
    file, sheet, header_row, is_faulty, expected = ROWS_WITH_FAULTS[fault_id]
    assert count(read_rows(raw / file, sheet, header_row), is_faulty) == expected


def test_rows_repeat_or_share_a_number(raw: Path) -> None:
    repeated = [tuple(row.values()) for row in read_rows(raw / "school_board/suivis_2025-04.csv")]
    assert len(repeated) - len(set(repeated)) == 1
    pupils = [tuple(row.values()) for row in read_rows(raw / "school_board/eleves_2025-03.csv")]
    assert len(pupils) == len(set(pupils)) == len({pupil[0] for pupil in pupils}) + 1


def test_an_enrolment_and_a_contact_are_of_nobody(raw: Path) -> None:
    known = persons_of(raw, "school_board", "eleves_*.csv", "No de fiche")
    enrolments = read_rows(raw / "school_board/suivis_2025-10.csv")
    assert count(enrolments, lambda row: row["No de fiche"] not in known) == 1
    clients = persons_of(raw, "health_centre", "clients_*.csv", "Client no")
    contacts = read_rows(raw / "health_centre/contacts_2025-05.csv")
    assert count(contacts, lambda row: row["Client no"] not in clients) == 1


def test_nil_returns_and_a_silent_month(raw: Path) -> None:
    assert (raw / "school_board/AUCUN_2025-07.txt").exists()
    assert not list((raw / "school_board").glob("*2025-07*.csv"))
    assert (raw / "family_centre/AUCUN_2025-08.txt").exists()
    assert not list((raw / "family_centre").glob("*2025-08*.ods"))
    assert not list((raw / "police_victim_support").glob("*202602*"))


def test_one_file_comes_after_its_due_day(raw: Path, expectations: Expectations) -> None:
    agreement = expectations.agreements["child_protection"]
    late = []
    for row in read_received(raw / "child_protection"):
        start = agreement.files[0].period_start(row["file"])
        assert start is not None
        due = agreement.period_of(start).end + timedelta(days=agreement.due_day)
        late += [row["file"]] if date.fromisoformat(row["received"]) > due else []
    assert late == ["CP_extract_2025_10.xlsx"]


def test_a_workbook_is_cut_short_and_sent_again(raw: Path) -> None:
    with pytest.raises(CalamineError):
        CalamineWorkbook.from_path(raw / "post_adoption/post_adoption_2026-01.xlsx")
    assert read_rows(raw / "post_adoption/post_adoption_2026-01_v2.xlsx", "Contacts")


def test_scores_are_corrected_by_a_second_file(raw: Path) -> None:
    wrong, right = (
        [float(row["Cote"].replace(",", ".")) for row in read_rows(raw / f"school_board/resultats_2026-02{suffix}.csv")]
        for suffix in ("", "_v2")
    )
    assert wrong == [10 * score for score in right]


def test_the_same_bytes_come_twice(raw: Path) -> None:
    folder = raw / "health_centre"
    assert (folder / "contacts_2025-11.csv").read_bytes() == (folder / "contacts_2025-11_copie.csv").read_bytes()
