"""Persons are counted once: FEBRL's labelled sets and the demonstration's truth, through the product's own intake."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest

from dagster_project.contracts import load_expectations
from dagster_project.demonstration import true_family_members, true_persons
from dagster_project.pseudonymise import pseudonymise
from dagster_project.settings import Settings
from tests.conftest import Build
from tests.labelled import FEBRL_COLUMNS, Scores, drop_table, febrl, initiative_for, link_dropped_files, score

FEBRL_ENTITY = r"regexp_extract(person_id_agency, 'rec-(\d+)', 1)"


def febrl_scores(root: Path, number: int, identifier: bool) -> Scores:
    columns: dict[str, object] = {**FEBRL_COLUMNS}
    if identifier:
        columns["national_number"] = "soc_sec_id"
    settings = initiative_for(root, columns, ["registry"], identifier)
    drop_table(settings, "registry", febrl(number))
    link_dropped_files(settings)
    return score(settings, FEBRL_ENTITY)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(("identifier", "f1", "error_pct"), [(False, 0.99, 1.0), (True, 0.998, 0.3)])
def test_febrl_is_counted_right(tmp_path: Path, number: int, identifier: bool, f1: float, error_pct: float) -> None:
    found = febrl_scores(tmp_path, number, identifier)
    assert found.precision >= 0.999
    assert found.f1 >= f1
    assert abs(found.count_error_pct) <= error_pct
    assert found.low <= found.entities <= found.high


def test_the_demonstrations_persons_are_found_again(built: Build) -> None:
    truth = true_persons()
    truth = truth[truth.is_in_files & truth.may_be_linked]
    vault, crosswalk = built.settings.vault_persons, built.settings.identity / "person_crosswalk.parquet"
    with duckdb.connect() as connection:
        connection.register("truth", truth)
        # The family centre numbers nobody: its persons are known by what it wrote.
        connection.execute(f"""
            create table linked as
            with numbered as (
              select t.true_person, t.agency_id, coalesce(t.person_id_agency, k.person_id_agency) as person_id_agency
              from truth as t left join (
                select distinct _agency_id, person_id_agency, last_name, first_name, birth_date from '{vault}'
              ) as k on t.person_id_agency is null and k._agency_id = t.agency_id
                and k.last_name is not distinct from t.last_name and k.first_name is not distinct from t.first_name
                and k.birth_date is not distinct from t.birth_date::date
            )
            select true_person, person_id_shared from numbered join '{crosswalk}' using (agency_id, person_id_agency)
        """)

        def pairs(*columns: str) -> int:
            sizes = f"select count(*) as n from linked group by {', '.join(columns)}"
            return int(connection.sql(f"select sum(n * (n - 1) // 2) from ({sizes})").fetchall()[0][0])

        # One of them is in no accepted row: fault two_rows_one_number.
        assert connection.sql("select count(*) from linked").fetchall()[0][0] == len(truth) - 1
        right = pairs("true_person", "person_id_shared")
        assert right / pairs("person_id_shared") >= 0.999
        assert right / pairs("true_person") >= 0.97


def test_the_demonstrations_families_are_counted_within_one_percent(built: Build) -> None:
    identity = built.settings.identity
    # Who may not be linked is a family of their own by rule, and counted apart.
    counted = duckdb.sql(f"""
        select count(distinct family_id_shared) from '{identity}/family_members.parquet'
        join '{identity}/persons.parquet' using (person_id_shared) where is_linkable""").fetchall()[0][0]
    sent = true_persons()
    sent = set(sent[sent.is_in_files & sent.may_be_linked].true_person)
    truth = true_family_members()
    assert abs(counted / truth[truth.true_person.isin(sent)].true_family.nunique() - 1) <= 0.01


@pytest.fixture(scope="module")
def half_tokens(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """FEBRL 3 from two agencies: one sends names, the other tokens."""
    root = tmp_path_factory.mktemp("tokens")
    settings = initiative_for(root, {**FEBRL_COLUMNS}, ["named", "tokened"])
    table = febrl(3)
    drop_table(settings, "named", table.iloc[::2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DORSALE_TOKEN_KEY", "k" * 64)
        own = drop_table(settings, "tokened", table.iloc[1::2])
        made = pseudonymise(settings, load_expectations(settings.expectations), own, "tokened", b"k" * 64, root / "out")
        own.unlink()
        shutil.copy(made.zip_path, own.parent / made.zip_path.name)
        shutil.copy(made.agreement_path, settings.expectations / "partners" / "tokened.yml")
        link_dropped_files(settings)
    return settings


def test_tokens_link_with_names(half_tokens: Settings, tmp_path: Path) -> None:
    found, named = score(half_tokens, FEBRL_ENTITY), febrl_scores(tmp_path, 3, identifier=False)
    assert found.precision >= 0.999
    assert found.recall >= 0.9 * named.recall


def test_no_name_and_no_birth_date_comes_with_tokens(half_tokens: Settings) -> None:
    columns = ("first_name", "last_name", "birth_date", "_written_birth_date", "postal_code", "address", "city")
    told = ", ".join(f"count({column})" for column in columns)
    counts = duckdb.sql(f"select {told} from '{half_tokens.vault_persons}' where _agency_id = 'tokened'").fetchall()[0]
    assert counts == (0,) * len(columns)


def test_tokens_of_two_keys_have_nothing_in_common(tmp_path: Path) -> None:
    settings = initiative_for(tmp_path, {**FEBRL_COLUMNS}, ["tokened"])
    own = drop_table(settings, "tokened", febrl(1))
    expectations = load_expectations(settings.expectations)
    tokens = []
    for key in (b"a" * 64, b"b" * 64):
        made = pseudonymise(settings, expectations, own, "tokened", key, tmp_path / key[:1].decode())
        tokens.append(tokens_in(made.zip_path))
    assert tokens[0]
    assert not {token.partition(":")[2] for token in tokens[0]} & {token.partition(":")[2] for token in tokens[1]}


def tokens_in(path: Path) -> set[str]:
    with ZipFile(path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("1_persons.csv").decode("utf-8"))))
    return {token for row in rows for token in row["link_tokens"].split()}
