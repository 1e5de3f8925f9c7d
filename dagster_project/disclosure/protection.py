"""Protection: the tables of a publication in, the same tables without what must be hidden out, with the proof.

Belongs here: the order of the steps: rules, counts, linked system, hiding more, proof. Stays out: the steps themselves,
and where tables come from and go to.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from dagster_project.disclosure import rules
from dagster_project.disclosure.attack import PUBLIC, Attack, attack, surely_open
from dagster_project.disclosure.complementary import hide_more
from dagster_project.disclosure.counts import HEADLINE_COST, counts_of
from dagster_project.disclosure.linked_system import Booleans, Integers, LinkedSystem, link
from dagster_project.disclosure.worlds import Worlds


@dataclass(frozen=True)
class PublicTables:
    """The tables that hold counts of people, as the marts have them, and what the rules need to judge them."""

    indicator_values: pa.Table
    submissions: pa.Table
    data_quality: pa.Table
    referral_flows: pa.Table
    indicators: pa.Table
    rules: pa.Table
    agencies: pa.Table


@dataclass(frozen=True)
class Hiding:
    """What was found to be hidden, in units (see counts.py), and the proof that it is enough; no values."""

    hidden_units: list[str]
    proof: dict[str, object]


@dataclass(frozen=True)
class Judged:
    """The tables with each row judged by the rules alone, and the counts in them."""

    values: pa.Table
    submissions: pa.Table
    findings: pa.Table
    flows: pa.Table
    counts: pa.Table


def judge(tables: PublicTables) -> Judged:
    """Judge each row by itself. Raises `PublicationError`."""
    people = next(rule for rule in tables.rules.to_pylist() if rule["disclosure_class"] == "people")
    few = (people["hidden_from"], people["hidden_to"])
    values = rules.judge_indicator_values(tables.indicator_values, tables.indicators, tables.rules)
    submissions = rules.judge_row_counts(tables.submissions, *few)
    findings = rules.judge_finding_counts(tables.data_quality, *few)
    flows = rules.judge_referral_flows(tables.referral_flows, *few)
    with duckdb.connect() as connection:
        connection.register("judged_values", values)
        connection.register("judged_submissions", submissions)
        connection.register("judged_findings", findings)
        connection.register("judged_flows", flows)
        connection.register("indicators", tables.indicators)
        connection.register("rules", tables.rules)
        connection.register("agencies", tables.agencies)
        contradictions = connection.sql("""
            select distinct 'indicator_values: ' || indicator_id from judged_values join indicators using (indicator_id)
            where numerator < 0 or denominator < 0 or (measure_kind = 'share' and numerator > denominator)
            union all
            select distinct 'submissions: ' || dataset from judged_submissions
            where rows_in <> rows_accepted + rows_quarantined
            order by 1""").fetchall()
        if contradictions:
            raise rules.PublicationError(
                f"Parts that do not add up to their whole: {', '.join(row[0] for row in contradictions)}. "
                "Look at the dbt model that makes them."
            )
        return Judged(values, submissions, findings, flows, counts_of(connection))


def find_hiding(counts: pa.Table, earlier: list[pa.Table]) -> Hiding:
    """What to hide so that nobody can tell a small count, knowing this publication and every earlier release.

    Raises `PublicationError` when hiding does not help, or would have to hide a headline.
    """
    started = time.monotonic()
    system = link(counts, earlier)
    agencies = sorted(system.known_by)
    worlds = Worlds(system)
    shown = hide_more(system, agencies, worlds)
    lost = _hidden_headlines(system, shown)
    if lost:
        raise rules.PublicationError(
            f"Small counts could be told unless headline figures were hidden too: {', '.join(lost)}. "
            + _offer(counts, earlier, lost)
        )
    attacks = [attack(system, shown, attacker, worlds) for attacker in (PUBLIC, *agencies)]
    known_before = {found.attacker: _told_before(system, found) for found in attacks}
    open_series = sorted(
        {
            name
            for found in attacks
            for name in _series(system, np.setdiff1d(found.open_counts, known_before[found.attacker]))
        }
    )
    if open_series:
        raise rules.PublicationError(
            f"Small counts can be told from this publication and earlier releases: {', '.join(open_series)}. "
            "Hiding more does not help, since what tells them was released: leave out these indicators, or the "
            "slices that are new in them."
        )
    units = np.array(system.units)
    return Hiding(
        sorted(units[~shown & ~np.isinf(system.unit_cost)].tolist()),
        _proof(system, shown, attacks, known_before, len(earlier), time.monotonic() - started),
    )


def _told_before(system: LinkedSystem, found: Attack) -> Integers:
    """Open counts that an agency can tell from earlier releases and its own figures: to publish nothing would not help.

    The public is granted none: what two releases tell it together stops the next.
    """
    if found.attacker == PUBLIC or not len(found.open_counts):
        return np.array([], dtype=np.int64)
    nothing_new = system.unit_shown & np.isinf(system.unit_cost)
    return attack(system, nothing_new, found.attacker, among=found.open_counts).open_counts


# From fine to coarse: what could be left out of an indicator's slices, and what then remains.
_COARSER = (
    ("zone_id", ("month",), "zones by quarter and year only"),
    ("zone_id", ("month", "quarter"), "zones by year only"),
    ("breakdown_kind", ("month",), "breakdowns by quarter and year only"),
    ("breakdown_kind", ("month", "quarter"), "breakdowns by year only"),
    ("agency_id", ("month",), "agencies by quarter and year only"),
    ("agency_id", ("month", "quarter"), "agencies by year only"),
)
_WHERE_TO_SAY_SO = "dbt/seeds/publication_detail.csv"


def _offer(counts: pa.Table, earlier: list[pa.Table], indicators: list[str]) -> str:
    """The finest interval or area by which these indicators can be published with their headlines."""
    left_out = "false"
    with duckdb.connect() as connection:
        connection.register("counts", counts)
        for column, kinds, what_remains in _COARSER:
            names = ", ".join(f"'{indicator}'" for indicator in indicators)
            left_out += f""" or (string_split(series, ':')[1] in ({names}) and {column} <> ''
                and interval_kind in ({", ".join(f"'{kind}'" for kind in kinds)}))"""
            coarser = connection.sql(f"select * replace (is_shown and not ({left_out}) as is_shown) from counts")
            system = link(coarser.to_arrow_table(), earlier)
            if not _hidden_headlines(system, hide_more(system, sorted(system.known_by))):
                return f"They can be published with {what_remains}: say so in {_WHERE_TO_SAY_SO}."
    return f"No coarser interval or area passes: leave out their slices in {_WHERE_TO_SAY_SO}."


def _hidden_headlines(system: LinkedSystem, shown: Booleans) -> list[str]:
    lost = system.unit_shown & ~shown & (system.unit_cost >= HEADLINE_COST) & ~np.isinf(system.unit_cost)
    return _series(system, np.flatnonzero(system.unit_of @ lost.astype(np.float64)))


def _series(system: LinkedSystem, counts: Integers) -> list[str]:
    """What is counted there: indicators, and the other tables by their names."""
    return sorted({system.series[count].partition(":")[0] for count in counts})


def _proof(
    system: LinkedSystem,
    shown: Booleans,
    attacks: list[Attack],
    known_before: dict[str, Integers],
    releases: int,
    seconds: float,
) -> dict[str, object]:
    public, *agencies = attacks
    return {
        "counts": len(system.value),
        "relations": int(system.equal.shape[0] + system.at_least.shape[0]),
        "earlier_releases": releases,
        # How many of the hidden are small is not said: nobody is to know which marks protect others.
        "hidden": int((~shown).sum()),
        "open_before_hiding_more": len(surely_open(system, system.unit_shown)),
        "open_to_the_public": len(public.open_counts),
        "open_to_an_agency": max(
            (len(found.open_counts) - len(known_before[found.attacker]) for found in agencies), default=0
        ),
        "told_to_an_agency_by_earlier_releases": max((len(counts) for counts in known_before.values()), default=0),
        "attacks_as_agencies": len(agencies),
        "fewest_possible_values": int(min((found.fewest_values for found in attacks if found.protected), default=0)),
        "seconds": round(seconds, 1),
    }


def hide(judged: Judged, hidden_units: list[str]) -> dict[str, pa.Table]:
    """The public tables without what is hidden, and the `counts` as they are told in the end."""
    with duckdb.connect() as connection:
        connection.register("hidden", pa.table({"unit": pa.array(hidden_units, pa.string())}))

        def told(table: str, rows: pa.Table, parts: dict[str, str]) -> pa.Table:
            connection.register("judged", rows)
            replaced = ", ".join(
                f"""case when {column} = '{rules.SHOWN}'
                    and '{table}:' || row_id || ':{part}' in (select unit from hidden)
                  then '{rules.HIDDEN}' else {column} end as {column}"""
                for part, column in parts.items()
            )
            return connection.sql(f"select * replace ({replaced}) from judged order by row_id").to_arrow_table()

        values = told("values", judged.values, {"cell": "suppression", "band": "band_suppression"})
        connection.register("told_values", values)
        # A band is never shown without its value.
        values = connection.sql(f"""
            select * replace (case when suppression = '{rules.HIDDEN}' and band_suppression is not null
              then '{rules.HIDDEN}' else band_suppression end as band_suppression)
            from told_values order by row_id""")
        connection.register("counts", judged.counts)
        counts = connection.sql("""select * replace (is_shown and unit not in (select unit from hidden) as is_shown)
            from counts order by all""")
        return {
            "indicator_values": rules.hide_indicator_values(values.to_arrow_table()),
            "submissions": rules.hide_row_counts(
                told("submissions", judged.submissions, {"in": "in_suppression", "outcome": "suppression"})
            ),
            "data_quality": rules.hide_finding_counts(told("findings", judged.findings, {"cell": "suppression"})),
            "referral_flows": rules.hide_referral_flows(told("flows", judged.flows, {"cell": "suppression"})),
            "counts": counts.to_arrow_table(),
        }
