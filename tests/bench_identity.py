"""`make bench-identity`: how well and how fast persons are counted once, printed to keep in docs/benchmarks.md by hand.

Belongs here: measuring. Stays out: judging (tests/integration/test_linkage_quality.py); no test is timed.
The floor is Splink alone on the same cleaned persons with the same settings: train, predict, cluster.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.contracts import load_expectations
from dagster_project.identity import cleaning, homes, known, link_persons, model, numbers, tokens
from dagster_project.pseudonymise import pseudonymise
from dagster_project.settings import PROJECT_ROOT, Settings
from tests.labelled import FEBRL_COLUMNS, drop_table, febrl, initiative_for, link_dropped_files, score
from tests.made_up_persons import write_persons

ENTITY = r"regexp_extract(person_id_agency, 'rec-(\d+)', 1)"
KEY = b"bench" * 13


def in_a_process(work: Callable[..., None], *arguments: Any) -> tuple[float, float]:
    """Run in a fresh process; return its seconds and its peak memory in GiB."""
    started = time.perf_counter()
    child = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    child.start()
    child.join()
    if child.exitcode:
        raise RuntimeError(f"{work.__name__} failed")
    return time.perf_counter() - started, float(Path(arguments[-1]).read_text())


def identity(data: Path, report: Path) -> None:
    """The product's identity stage on `data`."""
    settings = replace(Settings.from_environment(), data=data)
    expectations = load_expectations(settings.expectations)
    assert expectations.initiative.as_of is not None
    link_persons(settings, expectations, expectations.initiative.as_of)
    _tell_memory(report)


def splink_alone(data: Path, report: Path) -> None:
    """The floor: Splink's own training, blocking, scoring and clustering of the cleaned persons."""
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    from dagster_project.identity.training import PAIRS_FOR_M, PAIRS_FOR_U

    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"create table clean_persons as from '{data}/clean_persons.parquet'")
    rows = connection.sql("select count(*) from clean_persons").fetchall()[0][0]
    settings = model.settings_creator(model.prior_among(rows))
    linker = Linker(DuckDBAPI(connection=connection).register("clean_persons"), settings, log_level=logging.ERROR)
    # Below that the product keeps its shipped values, and the floor too.
    if rows >= model.TRAINED_FROM_PERSONS:
        linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS_FOR_U, seed=model.SEED)
        for rule in model.TRAINING_RULES:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, max_pairs=PAIRS_FOR_M
            )
    threshold = model.THRESHOLDS.lenient - 3
    predictions = linker.inference.predict(threshold_match_weight=threshold, warning_mode="never")
    linker.clustering.cluster_pairwise_predictions_at_threshold(
        predictions, threshold_match_weight=model.THRESHOLDS.chosen
    )
    _tell_memory(report)


def write_clean_persons(data: Path) -> None:
    """What the floor starts from, so that cleaning is no part of it."""
    room = replace(Settings.from_environment(), data=data / "room")
    shutil.copytree(data / "vault", room.vault)
    shutil.copytree(data / "accepted", room.accepted)
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        known.load_known(connection, room, load_expectations(room.expectations))
        numbers.number_persons(connection, room, date(2026, 1, 1))
        cleaning.clean_persons(connection, room.expectations / "nicknames.csv")
        homes.judge_homes(connection)
        connection.execute(f"copy clean_persons to '{data}/clean_persons.parquet'")


def _tell_memory(report: Path) -> None:
    report.write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2))


def febrl_tables(folder: Path) -> None:
    """FEBRL 1 to 3 through intake and identity, without and with the social-security column."""
    print("\n| set | precision | recall | F1 | true | counted | band |\n|---|---|---|---|---|---|---|")
    for identifier in (False, True):
        for number in (1, 2, 3):
            columns: dict[str, object] = {**FEBRL_COLUMNS}
            if identifier:
                columns["national_number"] = "soc_sec_id"
            settings = initiative_for(folder / f"{number}{identifier}", columns, ["registry"], identifier)
            drop_table(settings, "registry", febrl(number))
            link_dropped_files(settings)
            print_scores(f"FEBRL {number}{', with its number' if identifier else ''}", settings)


def print_scores(name: str, settings: Settings) -> None:
    found = score(settings, ENTITY)
    print(
        f"| {name} | {found.precision:.4f} | {found.recall:.4f} | {found.f1:.4f} | {found.entities}"
        f" | {found.counted} ({found.count_error_pct:+.2f} %) | {found.low} to {found.high} |"
    )


def token_tables(folder: Path) -> None:
    """FEBRL 3, every other record as tokens: the whole, and what is lost without each match key."""
    os.environ[tokens.KEY_VARIABLE] = KEY.decode()
    settings = initiative_for(folder / "tokens", {**FEBRL_COLUMNS}, ["named", "tokened"])
    table = febrl(3)
    drop_table(settings, "named", table.iloc[::2])
    own = drop_table(settings, "tokened", table.iloc[1::2])
    made = pseudonymise(settings, load_expectations(settings.expectations), own, "tokened", KEY, folder / "out")
    own.unlink()
    shutil.copy(made.zip_path, own.parent / made.zip_path.name)
    shutil.copy(made.agreement_path, settings.expectations / "partners" / "tokened.yml")
    expectations = link_dropped_files(settings)
    print_scores("FEBRL 3, half of it tokens", settings)
    whole = score(settings, ENTITY).recall
    print("\n| without the key | recall lost |\n|---|---|")
    all_keys = tokens.MATCH_KEYS
    assert expectations.initiative.as_of is not None
    for key in all_keys:
        tokens.MATCH_KEYS = tuple(k for k in all_keys if k is not key)
        link_persons(settings, expectations, expectations.initiative.as_of)
        print(f"| {key.name} | {whole - score(settings, ENTITY).recall:.4f} |")
    tokens.MATCH_KEYS = all_keys
    del os.environ[tokens.KEY_VARIABLE]


def million_table(folder: Path, persons: int) -> None:
    """Full run, floor, and one month more, each in a process of its own; the month's ids against a full rescoring."""
    data, report = folder / "data", folder / "memory"
    newcomers = persons // 50
    write_persons(data, persons)
    write_clean_persons(data)
    floor = in_a_process(splink_alone, data, report)
    full = in_a_process(identity, data, report)
    write_persons(data, persons, newcomers)
    month = in_a_process(identity, data, report)
    crosswalk = data / "identity" / "person_crosswalk.parquet"
    ids = crosswalk.read_bytes()
    shutil.rmtree(data / "vault" / "linkage")
    in_a_process(identity, data, report)
    print(
        f"\n{persons} persons, {newcomers} more in the second month\n| what | s | ratio | peak GiB |\n|---|---|---|---|"
    )
    for name, (seconds, memory), base in (
        ("Splink alone: train, predict, cluster", floor, floor[0]),
        ("identity, full", full, floor[0]),
        ("identity, one month more", month, full[0]),
    ):
        print(f"| {name} | {seconds:.1f} | {seconds / base:.2f} | {memory:.2f} |")
    print(f"The month's ids {'equal' if ids == crosswalk.read_bytes() else 'DIFFER FROM'} those of a full rescoring.")


def main() -> None:
    """Print all tables; the number of made-up persons may be given, a million by default."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    packages = ", ".join(f"{name} {version(name)}" for name in ("splink", "duckdb", "recordlinkage"))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}")
    os.environ["DORSALE_EXPECTATIONS"] = str(PROJECT_ROOT / "expectations")
    with tempfile.TemporaryDirectory(prefix="dorsale-bench-identity-") as folder:
        febrl_tables(Path(folder) / "febrl")
        token_tables(Path(folder) / "tokens")
        million_table(Path(folder) / "million", persons)


if __name__ == "__main__":
    main()
