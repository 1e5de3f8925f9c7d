"""What is published: the queries of the public tables, what each table and column is, and hiding what must be hidden.

Belongs here: the content of `published/`. Stays out: writing it, releasing it (publication), and the rules of what is
hidden (disclosure); knows no stage before the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from dagster_project.changes import CELL
from dagster_project.disclosure import rules
from dagster_project.disclosure.protection import Hiding, Judged, PublicTables, hide, judge
from dagster_project.settings import Settings

# Which tables hold counts of people is stated, so that none is published that disclosure control never saw.
WITHOUT_COUNTS = (
    "indicators", "intervals", "agencies", "programs", "notes", "integration_stages", "partners", "zones", "labels",
    "parameters", "disclosure_rules", "publication_detail", "receipts", "build", "files",
)  # fmt: skip

_PROVEN = (
    "open_to_the_public", "open_to_an_agency", "attacks_as_agencies", "earlier_releases", "fewest_possible_values",
)  # fmt: skip

# What each table is, for the Data Package.
DESCRIPTIONS = {
    "indicators": "Definitions of the indicators. One row per indicator.",
    "indicator_values": "The indicators. One row per indicator, interval, slice and breakdown.",
    "intervals": "Months, quarters, reporting years and waves. One row per interval.",
    "agencies": "The partner agencies. One row per agency.",
    "programs": "The agencies' programmes. One row per programme.",
    "zones": "The zones of the region. One row per zone.",
    "labels": "Words for codes, in English and French. One row per kind and code.",
    "parameters": "Time limits that the definitions name. One row per parameter.",
    "disclosure_rules": "Which counts are hidden. One row per disclosure class.",
    "publication_detail": "For which intervals figures of people are published: the finer the group, the longer the "
    "interval. One row per indicator, slice and breakdown.",
    "submissions": "What was expected and received. One row per agency, dataset and period.",
    "data_quality": "How often a rule was broken. One row per agency, dataset, period and rule.",
    "signals": "Whether a monthly measure changed by more than noise. One row per indicator and slice.",
    "notes": "The story behind the curve. One row per indicator and interval.",
    "referral_flows": "Referrals from sector to sector. One row per interval, sending and receiving sector.",
    "integration_stages": "The rating form of the continuum of service integration. One row per dimension and stage.",
    "partners": "Partner organisations that may be named. One row per partner.",
    "restatements": "Final figures that changed since the release before, and why. One row per release, indicator, "
    "interval and agency (null: all).",
    "receipts": "What a number was made of. One row per indicator, interval and agency (null: all).",
    "changes": "What changed since the release before. One row per release, indicator and kind of interval.",
    "disclosure_proof": "What the attack on this publication found, with no value. One row.",
    "publication": "This publication: preview or release, its day and its totals. One row.",
}

# What a column means where its name does not say it, for the Data Package.
COLUMN_DESCRIPTIONS = {
    "numerator": "The count, or the part of a share; null when hidden or missing.",
    "denominator": "The whole of a share, or how many a mean or median is of; null for a count.",
    "value": "The indicator's value; null when hidden or missing.",
    "value_low": "Lower end of the linkage band: the least count when records are matched as chosen, strictly or "
    "leniently (as a rule leniently). Null when the indicator has no band, or when an end of it is a small count.",
    "value_high": "Upper end of the linkage band: the greatest of those counts (as a rule strictly). Null with it.",
    "bound_low": "Worst case where submissions are missing: the value if the missing cases, estimated from the "
    "partner's fullest interval and rounded up to ten, all spoke against it. Null where none is missing.",
    "bound_high": "Best case where submissions are missing. Null where none is missing.",
    "measure_kind": "count, share (percent of a denominator) or measure (mean, median, ratio or index).",
    "people_in": "Which of numerator and denominator count people or respondents, separated by semicolons.",
    "beside": "The indicator beside which a companion is shown.",
    "center": "Mean of the final months.",
    "limit_low": "Lower process-behaviour limit (XmR): the mean less 2.66 times the mean moving range.",
    "limit_high": "Upper process-behaviour limit (XmR).",
    "signal": "above or below a limit, run_above or run_below (eight months in a row on one side of the mean), none.",
    "is_resubmitted": "True when another file that could be used came for the same period before.",
    "reason": "late_file, resubmission, linkage (persons merged or split), new_definition or new_calculation.",
    "breakdown_kind": "What the cell is broken down by; null for all. `linkability` counts those apart who did not "
    "consent to linking.",
    "has_linkage_band": "True for a count of persons, families or households: values have value_low and value_high.",
    "open_to_the_public": "Hidden small counts that the attack could narrow too far with all that is published.",
    "open_to_an_agency": "The same for an agency, which knows its own figures too; the most of any agency.",
    "earlier_releases": "How many earlier releases the attack knew as well.",
    "fewest_possible_values": "How many values each hidden small count may still have at least.",
    "suppression": "shown, hidden (to protect privacy) or missing (missing_reason says why).",
}

# An agency that may not be named has no rows of its own; the totals hold it.
_IS_PUBLIC = "(agency_id is null or agency_id in (select agency_id from marts.dim_agencies where is_public))"

_PLAIN_QUERIES = {
    "indicators": "select * exclude (slices, has_total, has_zone_breakdowns, key_datasets, key_columns) "
    "from marts.dim_indicators order by indicator_id",
    "intervals": "from marts.dim_dates order by kind_order, interval_start",
    "agencies": "select * exclude (is_public) from marts.dim_agencies where is_public order by agency_id",
    "programs": f"select program_id, agency_id, name_en, name_fr from marts.dim_programs where {_IS_PUBLIC} "
    "order by agency_id, program_id",
    "notes": "from seeds.notes order by indicator_id, interval_kind, interval_start",
    "integration_stages": "from seeds.integration_stages order by dimension_order, stage_order",
    "partners": "select * exclude (partner_id) from marts.dim_partners_named order by partner_name",
    "zones": "from marts.dim_zones order by zone_order",
    "labels": "from marts.dim_labels order by sort_order",
    "parameters": "from seeds.parameters order by parameter_id",
    "disclosure_rules": "from seeds.disclosure_rules order by disclosure_class",
    "publication_detail": "from seeds.publication_detail order by all",
}

_RECEIPTS = f"""
    with asked as (
      select distinct v.indicator_id, v.interval_kind, v.interval_start, v.interval_end, v.agency_id,
        v.submissions_expected, v.submissions_received, i.datasets, i.definition_version
      from marts.fct_indicator_values as v join marts.dim_indicators as i using (indicator_id)
      where is_published and {_IS_PUBLIC}
    ),
    -- The extracts that cover the interval: those of its periods, and those that hold everything.
    covering as (
      select a.indicator_id, a.interval_kind, a.interval_start, a.agency_id,
        list(distinct left(e.submission_id, 12)) as hashes
      from asked as a join marts.fct_submission_extracts as e
        on (a.agency_id is null or a.agency_id = e.agency_id)
        and (a.datasets = 'submissions' or list_contains(string_split(a.datasets, ';'), e.dataset))
        and e.state in ('accepted', 'nil')
        and (e.delivers = 'everything' or (e.period_start <= a.interval_end and e.period_end >= a.interval_start))
      group by all
    )
    select left(md5(concat_ws('|', a.indicator_id, a.interval_kind, a.interval_start, coalesce(a.agency_id, 'all'))),
        12) as receipt_id,
      a.* exclude (datasets, definition_version), a.definition_version,
      coalesce(array_to_string(list_sort(c.hashes), ';'), '') as submission_hashes
    from asked as a left join covering as c
      on c.indicator_id = a.indicator_id and c.interval_kind = a.interval_kind
      and c.interval_start = a.interval_start and coalesce(c.agency_id, '') = coalesce(a.agency_id, '')
    order by a.indicator_id, a.interval_kind, a.interval_start, a.agency_id nulls first
"""


@dataclass(frozen=True)
class MartTables:
    """The public tables as the marts have them: those with counts of people judged row by row, `others` as they are."""

    judged: Judged
    signals: pa.Table
    others: dict[str, pa.Table]


def read_marts(settings: Settings) -> MartTables:
    """Read what may be published. Raises `PublicationError`."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:

        def query(sql: str) -> pa.Table:
            # A table of the warehouse has no order; what is hidden must not hang on one.
            return connection.sql(f"from ({sql}) order by all").to_arrow_table()

        others = {name: query(sql) for name, sql in _PLAIN_QUERIES.items()}
        unknown = sorted(set(others) - set(WITHOUT_COUNTS))
        if unknown:
            raise rules.PublicationError(
                f"Nobody said whether these tables hold counts of people: {', '.join(unknown)}. Link them "
                "(disclosure/counts.py), or name them in WITHOUT_COUNTS of public_tables.py."
            )
        judged = judge(
            PublicTables(
                indicator_values=query(f"""select * exclude (is_published) from marts.fct_indicator_values
                    where is_published and {_IS_PUBLIC}"""),
                submissions=query(f"""select * exclude (is_expected) from marts.fct_submissions
                    where state <> 'superseded' and {_IS_PUBLIC}"""),
                data_quality=query(f"""select q.*, l.rule_label_en, l.rule_label_fr
                    from marts.fct_data_quality as q left join marts.dim_rules as l using (rule_id)
                    where {_IS_PUBLIC}"""),
                referral_flows=query("from marts.fct_referral_flows"),
                indicators=query("from marts.dim_indicators"),
                rules=others["disclosure_rules"],
                agencies=query("select agency_id, sector from marts.dim_agencies"),
            )
        )
        signals = query(f"from marts.fct_indicator_signals where {_IS_PUBLIC}")
        others["receipts"] = query(_RECEIPTS)
        others["build"] = query("from marts.dim_build")
        others["files"] = query("""select count(distinct submission_id) as files_received
            from marts.fct_submission_extracts where state in ('accepted', 'nil', 'superseded')""")
    return MartTables(judged, signals, others)


def hidden_tables(marts: MartTables, hiding: Hiding, code_version: str) -> tuple[dict[str, pa.Table], pa.Table]:
    """The public tables without what is hidden, and the counts as they are told (these are not public)."""
    told = hide(marts.judged, hiding.hidden_units)
    counts = told.pop("counts")
    tables = {**marts.others, **told}
    receipts = tables["receipts"]
    tables["signals"] = rules.drop_signals_on_hidden_months(marts.signals, told["indicator_values"])
    tables["indicator_values"] = _with_receipt_ids(told["indicator_values"], receipts)
    tables["receipts"] = receipts.append_column("code_version", pa.array([code_version] * len(receipts), pa.string()))
    # The rest of the proof differs from build to build, or with what is hidden: it stands in a file of its own.
    tables["disclosure_proof"] = pa.Table.from_pylist([{name: hiding.proof[name] for name in _PROVEN}])
    return tables, counts


def _with_receipt_ids(values: pa.Table, receipts: pa.Table) -> pa.Table:
    with duckdb.connect() as connection:
        connection.register("cells", values)
        connection.register("receipts", receipts)
        return connection.sql(f"""
            select v.*, r.receipt_id
            from cells as v join receipts as r
              on r.indicator_id = v.indicator_id and r.interval_kind = v.interval_kind
              and r.interval_start = v.interval_start and coalesce(r.agency_id, '') = coalesce(v.agency_id, '')
            order by {", ".join(f"v.{column} nulls first" for column in CELL.split(", "))}
        """).to_arrow_table()
