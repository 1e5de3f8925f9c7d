"""Scoring: every pair of records worth comparing gets its weight and its verdict, and is scored once.

Belongs here: running Splink, and keeping its pairs in the vault until one of the two records changes. Stays out: what
is compared (model) and what follows from a pair (clusters).
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import astuple

import duckdb
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from dagster_project.identity import model
from dagster_project.identity.cleaning import CLEAN_COLUMNS
from dagster_project.identity.homes import homes_hold_families
from dagster_project.identity.training import TrainedModel
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted, write_rows, write_whole

# Pairs below the lenient threshold are kept so far down for the analyst's charts.
KEPT_BELOW_LENIENT = 3.0
PAIR_COLUMNS = ["person_number_l", "person_number_r", "weight", "verdict"]
PAIR_COLUMNS += [f"answer_{name}" for name in model.COMPARISONS]


def score_pairs(connection: duckdb.DuckDBPyConnection, settings: Settings, trained: TrainedModel) -> Linker | None:
    """Table `pairs`: `PAIR_COLUMNS`, one row per scored pair of `clean_persons` (left number smaller).

    Pairs scored by an earlier build under the same model are taken from `vault/linkage/` where both records are as they
    were. The result is the same as scoring all. Returns the linker, or None when there was nothing to score.
    """
    folder = settings.linkage
    folder.mkdir(parents=True, exist_ok=True)
    families = homes_hold_families(connection)
    key = _key(trained, families)
    pairs, persons, state = folder / "pairs.parquet", folder / "persons.parquet", folder / "state.json"
    fingerprint = f"hash({', '.join(f'c.{column}' for column in CLEAN_COLUMNS)})"
    is_cached = state.exists() and json.loads(state.read_text()) == key and pairs.exists() and persons.exists()
    if is_cached:
        connection.execute(f"""
            create table changed_persons as
            select c.* from clean_persons as c
            left join {quoted(persons)} as p using (person_number) where p.fingerprint is distinct from {fingerprint};
            create table unchanged_persons as
            select person_number from clean_persons anti join changed_persons using (person_number)
        """)
        if _count(connection, "changed_persons"):
            linker = make_linker(connection, trained)
            scored = _score(connection, linker, only_changed=True)
            connection.execute(f"create table fresh_pairs as {_judged(scored, families)}")
        else:
            linker = None
            connection.execute(f"create table fresh_pairs as from {quoted(pairs)} limit 0")
        connection.execute(f"""
            create table pairs as
            select p.* from {quoted(pairs)} as p
            semi join unchanged_persons as l on p.person_number_l = l.person_number
            semi join unchanged_persons as r on p.person_number_r = r.person_number
            union all by name from fresh_pairs
        """)
    else:
        linker = make_linker(connection, trained)
        scored = _score(connection, linker, only_changed=False)
        connection.execute(f"create table pairs as {_judged(scored, families)}")
    if settings.known_by:
        # Of a past day only some persons are known: what is kept serves the builds of today.
        return linker
    state.unlink(missing_ok=True)
    write_rows(connection, "from pairs order by person_number_l, person_number_r", pairs)
    fingerprints = f"select person_number, {fingerprint} as fingerprint from clean_persons as c order by all"
    write_rows(connection, fingerprints, persons)
    write_whole(state, json.dumps(key).encode())
    return linker


def make_linker(connection: duckdb.DuckDBPyConnection, trained: TrainedModel) -> Linker:
    """A Splink linker on `clean_persons`, with the model's name frequencies registered."""
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("clean_persons"), trained.settings(), log_level=logging.ERROR)
    trained.register_frequencies(connection, linker)
    return linker


def _score(connection: duckdb.DuckDBPyConnection, linker: Linker, only_changed: bool) -> str:
    """Name of Splink's table of predictions."""
    # The rules together say the same of (l, r) and (r, l): those who changed are looked for on one side only.
    left, condition = ("changed_persons", "<>") if only_changed else ("clean_persons", "<")
    found = " union all ".join(
        f"""select least(l.person_number, r.person_number) as join_key_l,
              greatest(l.person_number, r.person_number) as join_key_r
            from {left} as l join clean_persons as r on {rule} where l.person_number {condition} r.person_number"""
        for rule in model.BLOCKING_RULES
    )
    # One union is quicker than Splink's own blocking, in which each rule leaves out the pairs of all rules before it.
    connection.execute(f"""
        create or replace table blocked_pairs as
        select '0' as match_key, join_key_l, join_key_r from ({found}) group by all
    """)
    linker.table_management.register_blocked_pairs_for_predict(linker._db_api.register("blocked_pairs"))
    threshold = model.THRESHOLDS.lenient - KEPT_BELOW_LENIENT
    predictions = linker.inference.predict(threshold_match_weight=threshold, warning_mode="never")
    return str(predictions.physical_name)


def _judged(predictions: str, families: bool) -> str:
    answers = ", ".join(f"gamma_{name} as answer_{name}" for name in model.COMPARISONS)
    return f"""select person_number_l, person_number_r, match_weight as weight,
        {model.verdict_sql(families)} as verdict, {answers} from {predictions}"""


def _key(trained: TrainedModel, families: bool) -> dict[str, object]:
    code = json.dumps([model.BLOCKING_RULES, CLEAN_COLUMNS, model.verdict_sql(families)])
    return {
        "model": trained.fingerprint,
        "rules": hashlib.sha256(code.encode()).hexdigest(),
        "columns": PAIR_COLUMNS,
        "thresholds": list(astuple(model.THRESHOLDS)),
    }


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.sql(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
