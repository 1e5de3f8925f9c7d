"""What is published: the queries of the public tables, what each table and column is, and hiding what must be hidden.

Belongs here: the content of `published/`. Stays out: writing it, releasing it (publication), and the rules of what is
hidden (disclosure); knows no stage before the warehouse.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project import disclosure
from dagster_project.changes import CELL
from dagster_project.settings import Settings

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
}

_RECEIPTS = f"""
    with asked as (
      select distinct v.indicator_id, v.interval_kind, v.interval_start, v.interval_end, v.agency_id,
        v.submissions_expected, v.submissions_received, i.datasets, i.definition_version
      from marts.fct_indicator_values as v join marts.dim_indicators as i using (indicator_id)
      where {_IS_PUBLIC}
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


def collect_tables(settings: Settings, code_version: str) -> dict[str, pa.Table]:
    """The public tables, with hidden cells hidden, from the marts."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:

        def query(sql: str) -> pa.Table:
            return connection.sql(sql).to_arrow_table()

        tables = {name: query(sql) for name, sql in _PLAIN_QUERIES.items()}
        values = query(f"from marts.fct_indicator_values where {_IS_PUBLIC}")
        indicators = query("from marts.dim_indicators")
        rules = tables["disclosure_rules"]
        receipts = query(_RECEIPTS)
        people = query("from seeds.disclosure_rules where disclosure_class = 'people'").to_pylist()[0]
        few = (people["hidden_from"], people["hidden_to"])
        submissions = query(f"""select * exclude (is_expected) from marts.fct_submissions
            where state <> 'superseded' and {_IS_PUBLIC}""")
        findings = query(f"""select q.*, l.rule_label_en, l.rule_label_fr
            from marts.fct_data_quality as q left join marts.dim_rules as l using (rule_id)
            where {_IS_PUBLIC}""")
        signals = query(f"from marts.fct_indicator_signals where {_IS_PUBLIC}")
        flows = query("from marts.fct_referral_flows")
        tables["build"] = query("from marts.dim_build")
        tables["files"] = query("""select count(distinct submission_id) as files_received
            from marts.fct_submission_extracts where state in ('accepted', 'nil', 'superseded')""")
    suppressed = disclosure.suppress_indicator_values(values, indicators, rules)
    tables["indicator_values"] = _with_receipt_ids(suppressed, receipts)
    tables["signals"] = disclosure.drop_signals_on_hidden_months(signals, suppressed)
    tables["referral_flows"] = disclosure.suppress_referral_flows(flows, *few)
    tables["submissions"] = disclosure.suppress_row_counts(submissions, *few)
    tables["data_quality"] = disclosure.suppress_finding_counts(findings, *few)
    tables["receipts"] = receipts.append_column("code_version", pa.array([code_version] * len(receipts), pa.string()))
    return tables


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
