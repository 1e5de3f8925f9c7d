"""Reference tables: what the expectations say, as tables that dbt reads, and dbt's source columns.

Belongs here: turning contracts, agreements and the initiative into `data/reference/*.parquet` and the generated
`_sources.yml`. Stays out: anything about rows that partners sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import yaml

from dagster_project.contracts import Contract, Expectations, Words
from dagster_project.intervals import Interval, intervals, wave_intervals
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole, written_whole
from dagster_project.words import LABELS, LABELS_OF_CODES, REMOTENESS, SECTORS, UNKNOWN, UNKNOWN_ZONE

ADULT_AGE = 18


def write_reference(settings: Settings, expectations: Expectations, as_of: date) -> None:
    """Write every reference table, and dbt's sources when they changed."""
    settings.reference.mkdir(parents=True, exist_ok=True)
    initiative = expectations.initiative
    agencies = list(expectations.agreements.values())
    tables: dict[str, list[dict[str, Any]]] = {
        "build": [
            {
                "as_of": as_of,
                "first_month": initiative.first_month,
                **_bilingual("initiative_name", initiative.name),
                "contact": initiative.contact,
            }
        ],
        "agencies": [
            {
                "agency_id": a.agency_id,
                **_bilingual("name", a.name),
                "sector": a.sector,
                **_bilingual("sector", SECTORS[a.sector]),
                "datasets": ";".join(a.datasets),
                "language": a.language,
            }
            for a in agencies
        ],
        "agency_columns": [
            {"agency_id": a.agency_id, "dataset": dataset, "column_name": column}
            for a in agencies
            for dataset, column in a.collected_columns
        ],
        "programs": [
            {
                "program_id": p.program_id,
                "agency_id": a.agency_id,
                **_bilingual("name", p.name),
                "records_destinations": p.records_destinations,
                "uses_instruments": bool(p.instruments),
                "population_id": p.population,
            }
            for a in agencies
            for p in a.programs
        ],
        "zones": [
            {
                "zone_id": z.zone_id,
                **_bilingual("name", z.name),
                "remoteness": z.remoteness,
                **_bilingual("remoteness", REMOTENESS[z.remoteness]),
                "zone_order": n,
            }
            for n, z in enumerate(initiative.zones, 1)
        ]
        + [
            {
                "zone_id": "unknown",
                **_bilingual("name", UNKNOWN_ZONE),
                "remoteness": None,
                "remoteness_en": None,
                "remoteness_fr": None,
                "zone_order": 99,
            }
        ],
        "instruments": [
            {
                "instrument_id": i.instrument_id,
                "better": i.better,
                "margin": float(i.margin),
                **_bilingual("name", i.name),
            }
            for i in initiative.instruments
        ],
        "age_bands": [
            {"age_band": b.code, "from_age": b.from_age, "is_adult": b.from_age >= ADULT_AGE}
            for b in initiative.age_bands
        ],
        "network_sectors": [
            {"network_id": n.network_id, "sector_code": sector}
            for n in initiative.networks
            for sector in n.expected_sectors
        ],
        "intervals": [_interval_row(i) for i in intervals(initiative, as_of)],
        "waves": [
            {"wave_id": ids[0] if i.kind == "wave" else None, **_interval_row(i)}
            for i, ids in wave_intervals(initiative, as_of)
        ],
        "wave_intervals": [
            {"wave_id": wave_id, "interval_kind": i.kind, "interval_start": i.start, "interval_end": i.end}
            for i, ids in wave_intervals(initiative, as_of)
            for wave_id in ids
        ],
        "labels": list(_labels(expectations)),
        "code_groups": [
            {"dataset": c.dataset, "column": column.name, "code": code.code, "code_group": code.group}
            for c in expectations.contracts.values()
            for column in c.columns
            for code in column.codes
            if code.group
        ],
        "rules": [
            {"rule_id": rule_id, **_bilingual("rule_label", words)}
            for rule_id, words in rule_labels(expectations).items()
        ],
    }
    for name, rows in tables.items():
        _write(rows, name, settings.reference / f"{name}.parquet")
    write_sources(settings, expectations.contracts)


def rule_labels(expectations: Expectations) -> dict[str, Words]:
    """A label for every rule: those of findings.yml, and of a contract's own rules their message."""
    labels = {rule_id: words.label for rule_id, words in expectations.finding_words.items()}
    return labels | {rule.rule_id: rule.message for c in expectations.contracts.values() for rule in c.rules}


def write_sources(settings: Settings, contracts: dict[str, Contract]) -> None:
    """Write `dbt/models/staging/_sources.yml`, whose columns are the contracts'; git ignores it."""
    tables = [
        {
            "name": contract.dataset,
            "description": f"Accepted rows. {contract.grain['en']}",
            "columns": [{"name": c.name, "description": c.label["en"]} for c in contract.columns if not c.is_personal],
        }
        for contract in contracts.values()
    ]
    location = "read_parquet('accepted/{name}.parquet')"
    source = {"name": "accepted", "config": {"external_location": location}, "tables": tables}
    text = "# Made from expectations/datasets/ by each build: change the contracts, not this file.\n"
    text += yaml.safe_dump({"version": 2, "sources": [source]}, sort_keys=False, allow_unicode=True, width=120)
    path = settings.dbt / "models" / "staging" / "_sources.yml"
    # Written only when it changed, so that dbt need not parse it again.
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_whole(path, text.encode())


def _labels(expectations: Expectations) -> Iterator[dict[str, Any]]:
    initiative = expectations.initiative
    rows = [
        *LABELS,
        *(("age_band", b.code, b.name["en"], b.name["fr"]) for b in initiative.age_bands),
        *(("instrument", i.instrument_id, i.name["en"], i.name["fr"]) for i in initiative.instruments),
        *(("dataset", c.dataset, c.label["en"], c.label["fr"]) for c in expectations.contracts.values()),
        *(("sector", code, words["en"], words["fr"]) for code, words in SECTORS.items()),
        *(("network", n.network_id, n.name["en"], n.name["fr"]) for n in initiative.networks),
        *_labels_of_codes(expectations.contracts),
        # A code without a map is counted under unknown; so is what was left blank.
        *((kind, "unknown", UNKNOWN["en"], UNKNOWN["fr"]) for kind in ("sector", "network", *LABELS_OF_CODES)),
    ]
    for order, (kind, code, english, french) in enumerate(rows):
        # Unknown comes last in every list.
        sort_order = order + (10_000 if code == "unknown" else 0)
        yield {"kind": kind, "code": code, "label_en": english, "label_fr": french, "sort_order": sort_order}


def _labels_of_codes(contracts: dict[str, Contract]) -> Iterator[tuple[str, str, str, str]]:
    """The labels that contracts give their codes; an initiative may have fewer datasets."""
    for kind, (dataset, name) in LABELS_OF_CODES.items():
        columns = contracts[dataset].columns if dataset in contracts else ()
        for code in (code for column in columns if column.name == name for code in column.codes):
            if code.code != "unknown":
                yield kind, code.code, code.label["en"], code.label["fr"]


def _interval_row(interval: Interval) -> dict[str, Any]:
    return {
        "interval_kind": interval.kind,
        "interval_start": interval.start,
        "interval_end": interval.end,
        **_bilingual("label", interval.label),
        **_bilingual("kind_label", interval.kind_label),
        "kind_order": interval.kind_order,
    }


def _bilingual(name: str, words: Words) -> dict[str, str]:
    return {f"{name}_en": words["en"], f"{name}_fr": words["fr"]}


_INTERVAL = {
    "interval_kind": pa.string(),
    "interval_start": pa.date32(),
    "interval_end": pa.date32(),
    "label_en": pa.string(),
    "label_fr": pa.string(),
    "kind_label_en": pa.string(),
    "kind_label_fr": pa.string(),
    "kind_order": pa.int64(),
}
# Columns of the tables that may have no row, or none that fills a column.
_COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "instruments": {
        "instrument_id": pa.string(),
        "better": pa.string(),
        "margin": pa.float64(),
        "name_en": pa.string(),
        "name_fr": pa.string(),
    },
    "intervals": _INTERVAL,
    "waves": {"wave_id": pa.string(), **_INTERVAL},
    "wave_intervals": {
        "wave_id": pa.string(),
        "interval_kind": pa.string(),
        "interval_start": pa.date32(),
        "interval_end": pa.date32(),
    },
    "network_sectors": dict.fromkeys(("network_id", "sector_code"), pa.string()),
    "code_groups": dict.fromkeys(("dataset", "column", "code", "code_group"), pa.string()),
    "agencies": dict.fromkeys(
        ("agency_id", "name_en", "name_fr", "sector", "sector_en", "sector_fr", "datasets", "language"), pa.string()
    ),
    "agency_columns": dict.fromkeys(("agency_id", "dataset", "column_name"), pa.string()),
    "programs": {
        **dict.fromkeys(("program_id", "agency_id", "name_en", "name_fr"), pa.string()),
        "records_destinations": pa.bool_(),
        "uses_instruments": pa.bool_(),
        "population_id": pa.string(),
    },
}


def _write(rows: list[dict[str, Any]], name: str, path: Path) -> None:
    """Write rows; an empty table keeps its columns, so that an initiative without partners can be built."""
    table = pa.Table.from_pylist(rows, schema=pa.schema(_COLUMNS[name]) if name in _COLUMNS else None)
    with written_whole(path) as temporary:
        parquet.write_table(table, temporary)
