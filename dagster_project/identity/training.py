"""Training: the model's m and u values, learned once there are enough persons, then kept.

Belongs here: learning with Splink's expectation maximisation, and keeping what was learned: the values in the journal,
the frequencies of common names in the archive (names never enter the journal). Stays out: what is compared (model).
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from splink import Linker, SettingsCreator
from splink.backends.duckdb import DuckDBAPI

from dagster_project.identity import model
from dagster_project.identity.journal import Journal
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted, write_rows

COLUMNS = "trained_on date, persons bigint, definition varchar, parameters varchar, frequencies varchar"
# Values learned are kept until there are so many times more persons than they were learned from.
LEARN_AGAIN_AT = 4
PAIRS_FOR_U = 1_000_000
PAIRS_FOR_M = 1_000_000
# So much of the shipped value stays in: a level hardly seen in these data does not become evidence against.
SHIPPED_SHARE = 0.1
# A name borne by fewer is rare, and rare names are not written down.
COMMON_NAME_PERSONS = 5
NAMES_WITH_FREQUENCY = ("given", "family")


@dataclass(frozen=True)
class TrainedModel:
    """The values in use. `parameters` None: the shipped ones. `frequencies`: parquet of (name_column, name, share)."""

    prior: float
    parameters: dict[str, list[tuple[float, float]]] | None = None
    frequencies: Path | None = None

    @property
    def fingerprint(self) -> str:
        told = [self.prior, self.parameters, self.frequencies.name if self.frequencies else None, _definition()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def settings(self) -> SettingsCreator:
        """Splink's settings with these values."""
        return model.settings_creator(self.prior, self.parameters)

    def register_frequencies(self, connection: duckdb.DuckDBPyConnection, linker: Linker) -> None:
        """Give the linker the share of persons who bear each name; rare names share the lowest."""
        if self.frequencies is None:
            return
        for column in NAMES_WITH_FREQUENCY:
            connection.execute(f"""
                create or replace table frequency_of_{column} as
                select n.name as {column},
                  coalesce(f.share, (select min(share) from {quoted(self.frequencies)})) as tf_{column}
                from (select distinct {column} as name from clean_persons where {column} is not null) as n
                left join (select * from {quoted(self.frequencies)} where name_column = '{column}') as f using (name)
            """)
            table = linker._db_api.register(f"frequency_of_{column}")
            linker.table_management.register_term_frequency_lookup(table, column)


def model_for(connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> TrainedModel:
    """The model for `clean_persons`: shipped values while they are few, else the journal's, learned anew when due."""
    row = connection.sql("select count(*) from clean_persons").fetchone()
    persons = int(row[0]) if row else 0
    if persons < model.TRAINED_FROM_PERSONS:
        return TrainedModel(model.prior_among(persons))
    journal = Journal(settings, "linkage_models", COLUMNS, dated="trained_on")
    journal.load(connection, "linkage_models")
    kept = connection.execute(
        """select persons, parameters, frequencies from linkage_models
        where definition = ? and ? < persons * ? order by _segment desc limit 1""",
        [_definition(), persons, LEARN_AGAIN_AT],
    ).fetchone()
    if kept:
        learned_from, parameters, frequencies = kept
        values = {name: [(m, u) for m, u in pairs] for name, pairs in json.loads(parameters).items()}
        return TrainedModel(model.prior_among(learned_from), values, settings.archive / "linkage" / frequencies)
    return _learn(connection, settings, journal, persons, as_of)


def _learn(
    connection: duckdb.DuckDBPyConnection, settings: Settings, journal: Journal, persons: int, as_of: date
) -> TrainedModel:
    api = DuckDBAPI(connection=connection)
    linker = Linker(
        api.register("clean_persons"), model.settings_creator(model.prior_among(persons)), log_level=logging.ERROR
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS_FOR_U, seed=model.SEED)
    for rule in model.TRAINING_RULES:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=PAIRS_FOR_M
        )
    parameters = _learned(linker)
    frequencies = _keep_frequencies(connection, settings)
    connection.execute(
        "create or replace temp table _learned as select ?::date, ?::bigint, ?, ?, ?",
        [as_of, persons, _definition(), json.dumps(parameters), frequencies.name],
    )
    journal.add(
        connection,
        """select #1 as trained_on, #2 as persons, #3 as definition, #4 as parameters, #5 as frequencies
        from _learned""",
    )
    return TrainedModel(model.prior_among(persons), parameters, frequencies)


def _learned(linker: Linker) -> dict[str, list[tuple[float, float]]]:
    """The values of each comparison's levels, with the shipped share; what was not seen keeps the shipped value."""
    parameters = {}
    for comparison in linker.misc.save_model_to_json()["comparisons"]:
        name = comparison["output_column_name"]
        known = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        parameters[name] = [
            (_blend(learned.get("m_probability"), shipped.m), _blend(learned.get("u_probability"), shipped.u))
            for learned, shipped in zip(known, model.COMPARISONS[name][1], strict=True)
        ]
    return parameters


def _blend(learned: object, shipped: float) -> float:
    if not isinstance(learned, float) or not 0 < learned <= 1:
        return shipped
    return (1 - SHIPPED_SHARE) * learned + SHIPPED_SHARE * shipped


def _keep_frequencies(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Path:
    """Write the shares of common names beside the archive, under a name made of their content."""
    parts = " union all ".join(
        f"""select '{column}' as name_column, {column} as name, count(*) / sum(count(*)) over () as share
        from clean_persons where {column} is not null group by {column}
        qualify count(*) >= {COMMON_NAME_PERSONS}"""
        for column in NAMES_WITH_FREQUENCY
    )
    connection.execute(f"create or replace temp table name_shares as {parts} order by all")
    row = connection.sql(
        "select md5(string_agg(concat_ws('|', name_column, name, share), ';')) from name_shares"
    ).fetchone()
    # What a build of a past day learns goes with it.
    folder = settings.linkage if settings.known_by else settings.archive / "linkage"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"names-{row[0] if row else 'none'}.parquet"
    write_rows(connection, "from name_shares", path)
    return path


def _definition() -> str:
    """Changes when the comparisons do: values learned for others are of no use."""
    told = [(name, unknown, [(level.label, level.sql) for level in known])
            for name, (unknown, known) in model.COMPARISONS.items()]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
