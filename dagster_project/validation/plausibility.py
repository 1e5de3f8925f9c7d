"""Plausibility: what is odd about an extract as a whole, beside the earlier ones of the same agency and kind.

Belongs here: the rules beyond rows, and which submissions wait for a person because of them. Stays out: measuring
(whole_extracts), rules on rows (suites), and what waiting means for the rows (acceptance).
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.contracts import Expectations, Plausibility
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.validation.acceptance_inputs import table
from dagster_project.validation.pauses import accepted_pauses
from dagster_project.validation.whole_extracts import (
    measure_against_earlier,
    measure_rows,
    placing_column,
    register_whole_extracts,
)

# Each rule: when it is found, when it is grave enough to hold the submission, its column, its two counts. `m` is a line
# of `measures`, names in braces are limits of the initiative.
_ON_EXTRACTS: dict[str, tuple[str, str, str, str, str]] = {
    "file_much_smaller": (
        "has_size and rows_in * {unusual_factor} < usual_rows and usual_rows - rows_in >= {unusual_difference}",
        "rows_in * {pause_factor} < usual_rows and usual_rows - rows_in >= {pause_difference}",
        "null", "rows_in", "usual_rows",
    ),
    "file_much_larger": (
        "has_size and rows_in > usual_rows * {unusual_factor} and rows_in - usual_rows >= {unusual_difference}",
        "rows_in > usual_rows * {pause_factor} and rows_in - usual_rows >= {pause_difference}",
        "null", "rows_in", "usual_rows",
    ),
    # A list without dates may well stay the same; rows of last month's days may not.
    "last_period_again": (
        "is_month and rows_in >= {least_rows} and again >= {same_share} and coalesce(usual_again, 0) < 0.5",
        "placing_column is not null", "null", "round(again * rows_in)", "null",
    ),
    # Where two agencies number alike from 1 on, the earlier periods show it.
    "another_agencys_rows": (
        "ids >= {least_rows} and others >= {most_share} and known <= {few_share} and coalesce(usual_others, 0) < 0.5",
        "periods > 0", "null", "round(others * ids)", "null",
    ),
    "other_date_order": (
        "is_month and swapped >= 5 and swapped >= {swapped_share} * dated and swapped >= 0.5 * outside",
        "true", "placing_column", "swapped", "null",
    ),
    # Of rows older than the agreement, which a first file may hold, no one month has the most.
    "wrong_period": (
        "is_month and dated >= {least_rows} and outside >= {most_share} * dated and elsewhere >= 0.5 * dated "
        "and coalesce(usual_in_period, 1) >= 0.5",
        "true", "placing_column", "outside", "null",
    ),
    "ids_all_new": (
        "periods >= {needed_periods} and usual_known * ids >= {least_rows} and known <= {few_share} * usual_known",
        "periods >= {long_history}", "null", "ids", "round(usual_known * ids)",
    ),
}  # fmt: skip
# Of these only the first is told: the others follow from it.
_ONE_OF = ("another_agencys_rows", "last_period_again", "other_date_order", "wrong_period", "ids_all_new")


def find_implausible(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    expectations: Expectations,
    submissions: list[Submission],
    history: Settings | None,
) -> None:
    """Tables `extract_findings` and `held_submissions`, from `usable_extracts` and the extracts' rows.

    What is held is no measure for what comes after it: where something is, the search is made again without it.
    """
    limits = expectations.initiative.plausibility
    accepted = accepted_pauses(settings)
    register_whole_extracts(connection, settings, history)
    measure_rows(connection, expectations)
    connection.register("dataset_facts", _dataset_facts(expectations))
    connection.register("accepted_pauses", table(((sid,) for sid in sorted(accepted)), "submission_id varchar"))
    severities = {rule_id: words.severity for rule_id, words in expectations.finding_words.items()}
    connection.register("rule_severities", table(severities.items(), "rule_id varchar, severity varchar"))
    missing = ((s.submission_id, f.dataset, f.column) for s in submissions for f in s.findings if f.column)
    connection.register(
        "missing_columns", table(missing, "submission_id varchar, dataset varchar, column_name varchar")
    )
    connection.execute("create table held_submissions (submission_id varchar)")
    while True:
        measure_against_earlier(connection, limits)
        _find(connection, limits)
        newly = connection.execute("""
            insert into held_submissions
            select distinct submission_id from extract_findings
            where severity = 'hold' and submission_id not in (from held_submissions)
            returning submission_id
        """).fetchall()
        if not newly:
            return


def _dataset_facts(expectations: Expectations) -> pa.Table:
    facts = [(contract.dataset, placing_column(contract)) for contract in expectations.contracts.values()]
    return table(
        ((dataset, column.name if column else None) for dataset, column in facts),
        "dataset varchar, placing_column varchar",
    )


def _find(connection: duckdb.DuckDBPyConnection, limits: Plausibility) -> None:
    found = [
        f"""select number, '{rule_id}' as rule_id, {column} as "column", ({grave}) as is_grave,
            ({count})::bigint as "count", ({usual})::bigint as usual
            from measures where {condition}"""
        for rule_id, (condition, grave, column, count, usual) in _ON_EXTRACTS.items()
    ]
    every = " union all ".join([*found, _COLUMNS_EMPTY, _OTHER_ORDER, _NEW_CODES, _CORRECTIONS, _OTHER_KEYS]).format(
        **vars(limits)
    )
    connection.execute(f"""
        create or replace table extract_findings as
        select w.submission_id, w.extract_number, f."column", f.rule_id,
          -- What a person has accepted, and what is not grave, is only mentioned.
          case when f.is_grave and w.submission_id not in (from accepted_pauses) then r.severity else 'warn' end
            as severity,
          f."count"::bigint as "count", f.usual::bigint as usual
        from ({every}) as f
        join whole_extracts as w on w.number = f.number
        join rule_severities as r on r.rule_id = f.rule_id
        where not w.is_history
        qualify row_number() over (partition by w.number, f.rule_id, f."column" order by f."count" desc) = 1
          and (f.rule_id not in {_ONE_OF!r} or list_position({list(_ONE_OF)!r}, f.rule_id)
            = min(list_position({list(_ONE_OF)!r}, f.rule_id)) over (partition by w.number))
    """)


# Only where so many cells would usually be filled that none at all is no chance.
_COLUMNS_EMPTY = """
    select m.number, 'column_suddenly_empty', c.column_name, false, m.marked_rows, round(b.usual_share * m.marked_rows)
    from measures as m
    join column_fill as c on c.number = m.number and c.filled + c.unreadable = 0
    join (
      select e.number, b.column_name, median((b.filled + b.unreadable) / r.marked_rows) as usual_share
      from earlier as e join column_fill as b on b.number = e.earlier_number
      join measures as r on r.number = b.number
      group by all
    ) as b on b.number = m.number and b.column_name = c.column_name
    where m.periods >= {needed_periods} and b.usual_share * m.marked_rows >= {least_rows}
      and not exists (
        select 1 from missing_columns as x
        where x.submission_id = m.submission_id and x.dataset = m.dataset and x.column_name = c.column_name
      )
"""
# Of dates whose text is not kept: many that no day has as written, and none of the others beyond the twelfth. Of birth
# dates the text is there: it can be read in the other order.
_OTHER_ORDER = """
    select m.number, 'other_date_order', c.column_name, true, greatest(c.unreadable, c.readable_otherwise), null
    from measures as m join column_fill as c on c.number = m.number
    where c.readable_otherwise >= 5 and c.readable_otherwise >= {swapped_share} * (c.filled + c.unreadable)
      or m.has_two_orders and c.unreadable >= 5 and c.unreadable >= 2 * {swapped_share} * (c.filled + c.unreadable)
        and c.days_to_twelfth >= 4
"""
# A correction puts right what came: most of its numbers stand in a file of the same agency that counts.
_CORRECTIONS = """
    select i.number, 'correction_unknown', null, true, count(*) filter (not i.is_known), null
    from (
      select distinct m.number, r.id_hash, exists (
          select 1 from row_marks as b join whole_extracts as w on w.number = b.number
          where w.agency_id = m.agency_id and w.delivers <> 'changes'
            and b.id_kind = r.id_kind and b.id_hash = r.id_hash and w.submission_id not in (from held_submissions)
        ) as is_known
      from measures as m join row_marks as r on r.number = m.number and r.id_hash is not null
      where m.delivers = 'changes' and exists (
        select 1 from whole_extracts as w where w.agency_id = m.agency_id and w.dataset = m.dataset
          and w.pattern = m.pattern and w.delivers <> 'changes'
      )
    ) as i
    group by i.number
    having count(*) filter (not i.is_known) >= 5 and count(*) filter (not i.is_known) * 2 > count(*)
"""
# Tokens of two keys have nothing in common: persons would be parted, or counted twice, without anybody noticing.
_OTHER_KEYS = """
    select t.number, 'token_key_changed', 'link_tokens', true, sum(t.persons), null
    from token_keys as t
    join (
      select w.number, arg_max(b.number, b.receipt_order) as last_number
      from whole_extracts as w
      join whole_extracts as b on b.agency_id = w.agency_id and b.receipt_order < w.receipt_order
        and b.submission_id not in (from held_submissions)
      where b.number in (select number from token_keys)
      group by w.number
    ) as l on l.number = t.number
    where t.key_mark not in (select k.key_mark from token_keys as k where k.number = l.last_number)
    group by t.number
"""
_NEW_CODES = """
    select m.number, 'new_codes', c.column_name, false, count(*), null
    from measures as m
    join code_marks as c on c.number = m.number
    where m.periods > 0 and not exists (
      select 1 from code_marks as b join whole_extracts as w on w.number = b.number
      where w.agency_id = m.agency_id and w.dataset = m.dataset and w.period_start < m.period_start
        and b.column_name = c.column_name and b.code_hash = c.code_hash
        and w.submission_id not in (from held_submissions)
    )
    group by all
"""
