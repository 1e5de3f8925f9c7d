"""Mapping: a sheet in the agency's columns and codes becomes rows in ours, by its agreement.

Belongs here: the SQL that renames, types and recodes. Stays out: whether a row is good (validation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.contracts import Agreement, Column, Contract, Expectations, Extract, FileKind
from dagster_project.intake.reading import Sheet, UnusableFileError

UNMAPPED = "unmapped"

# What each row of an extract carries besides its dataset's columns.
#   PLACE_COLUMNS   where it comes from: they stand in a sheet's rows before mapping
#   _row_number     row in the sheet, as a spreadsheet shows it
#   _fault          why the row could not be read; all columns are null
#   _key_state      single | first, repeat (of the same content) | conflict (same key, other content)
#   _unreadable     our columns whose text is no date, moment or number
#   _unmapped       our columns whose code has no map; the column then holds 'unmapped'
#   _unmapped_text  those codes as they came, for the analyst who writes the map
#   _written_<c>    a personal date as it came: a birth date that is no day is still evidence of who a person is


PLACE_COLUMNS = (
    "_submission_id",
    "_agency_id",
    "_extract_number",
    "_period_start",
    "_period_end",
    "_received_date",
)

# Blanks that do not break a line are no blanks to DuckDB.
_BLANK = r"[\s\x{00a0}\x{202f}]"
# Times of day as they are read, after other ways of writing them ('14h05', '14 h', '2:05 p.m.', a T) became these.
_CLOCKS = (" %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_TIMES_WRITTEN = (
    (r"(\d)T(\d)", r"\1 \2"),
    (r"(\d) ?h ?(\d\d)$", r"\1:\2"),
    (r"(\d) ?h$", r"\1:00"),
    (r"(\d) ?([ap])\.? ?m\.?$", r"\1 \2m"),
)


@dataclass(frozen=True)
class MissingColumn:
    column: str
    header: str
    required: bool


def missing_columns(sheet: Sheet, joined: Sheet | None, extract: Extract, contract: Contract) -> list[MissingColumn]:
    """Columns whose agreed header is not in the sheet (nor in the joined one)."""
    missing = []
    for column in contract.columns:
        for header in headers_of(extract.columns.get(column.name)):
            if sheet.column_of(header) is None and (joined is None or joined.column_of(header) is None):
                missing.append(MissingColumn(column.name, header, column.required))
    return missing


def headers_of(source: Any) -> list[str]:
    """The agency's headers from which a column is made."""
    if isinstance(source, str):
        return [source]
    if isinstance(source, dict):
        return [*source.get("derive", []), *source.get("join", []), *source.get("flags", {})]
    return []


def map_sheet(
    connection: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    joined: Sheet | None,
    extract: Extract,
    kind: FileKind,
    agreement: Agreement,
    expectations: Expectations,
    derivation_key: str,
) -> pa.Table:
    """Rows of the extract's dataset: `PLACE_COLUMNS`, the contract's columns in order, then the `_` columns above.

    The sheets hold the rows of any number of submissions, told apart by `_submission_id`, in the order of the result.
    Raises `UnusableFileError` when a column that the extract needs to join or filter on is missing.
    """
    contract = expectations.contracts[extract.dataset]
    connection.register("sheet_rows", sheet.rows)
    connection.register("joined_rows", joined.rows if joined else sheet.rows.slice(0, 0))
    context = _Context(sheet, joined, extract, kind, agreement, expectations, derivation_key)
    source = context.source_sql()
    columns = {column.name: context.column_sql(column) for column in contract.columns}
    unreadable = [f"case when {c.unreadable} then {_quoted(name)} end" for name, c in columns.items() if c.unreadable]
    unmapped = [f"case when {c.unmapped} then {_quoted(name)} end" for name, c in columns.items() if c.unmapped]
    texts = [f"case when {c.unmapped} then {c.text} end" for c in columns.values() if c.unmapped]
    selected = ",\n  ".join(f'{c.value} as "{name}"' for name, c in columns.items())
    dates = [column for column in contract.columns if column.is_personal_date]
    written = "".join(f'{context.written_sql(column)} as "_written_{column.name}", ' for column in dates)
    places = ", ".join(f"base.{name}" for name in PLACE_COLUMNS)
    cells = ", ".join(f"base.c{n}" for n in range(len(sheet.headers)))
    key = ", ".join(f'"{name}"' for name in contract.key)
    sql = f"""
        with mapped as (
          select {places},
            {selected},
            {written}base._row_number, base._fault,
            {_list_of(unreadable)} as _unreadable, {_list_of(unmapped)} as _unmapped,
            {_list_of(texts)} as _unmapped_text,
            hash({cells}) as _content
          from {source}
        )
        select * exclude (_content){_count_only(contract)}, {_key_state(extract, contract)} as _key_state
        from mapped
        {"" if extract.repeats else f"window same_key as (partition by _submission_id, {key})"}
        order by _submission_id, _row_number
    """
    return connection.execute(sql).to_arrow_table()


def _count_only(contract: Contract) -> str:
    """Of rows that are only counted, every other cell is left where it came from: in the archive."""
    rule = contract.count_only
    if rule is None:
        return ""
    condition = f'"{rule.column}" is not distinct from {_quoted(rule.code)}'
    others = [column.name for column in contract.columns if column.name not in (*rule.keeps, rule.column)]
    blanked = [f'case when not ({condition}) then "{name}" end as "{name}"' for name in others]
    return f" replace ({', '.join(blanked)})"


def _key_state(extract: Extract, contract: Contract) -> str:
    if extract.repeats:
        return "'single'"
    any_null = " or ".join(f'"{name}" is null' for name in contract.key)
    return f"""case
            when count(*) over same_key = 1 or _fault is not null or {any_null} then 'single'
            when min(_content) over same_key <> max(_content) over same_key then 'conflict'
            when _row_number = min(_row_number) over same_key then 'first'
            else 'repeat' end"""


@dataclass(frozen=True)
class _ColumnSql:
    value: str
    text: str = "null"
    unreadable: str = ""
    unmapped: str = ""


@dataclass(frozen=True)
class _Context:
    sheet: Sheet
    joined: Sheet | None
    extract: Extract
    kind: FileKind
    agreement: Agreement
    expectations: Expectations
    derivation_key: str

    def source_sql(self) -> str:
        join = ""
        base_filter = self._filter("base", self.sheet)
        if self.joined and self.extract.join_key:
            left, right = (self._need(s, self.extract.join_key) for s in (self.sheet, self.joined))
            # The last row of a key counts: a row joined to several would be counted several times.
            rows = f"""(select * from joined_rows as j {self._filter("j", self.joined)}
                qualify row_number() over (partition by _submission_id, {right} order by _row_number desc) = 1)"""
            same_file = "base._submission_id = joined._submission_id"
            join = f"left join {rows} as joined on {same_file} and base.{left} = joined.{right}"
        return f"(select * from sheet_rows as base {base_filter}) as base {join}"

    def _filter(self, alias: str, sheet: Sheet) -> str:
        header = self.extract.leave_out_where_filled
        return f"where {alias}.{self._need(sheet, header)} is null" if header else ""

    def _need(self, sheet: Sheet, header: str) -> str:
        column = sheet.column_of(header)
        if column is None:
            raise UnusableFileError("missing_column", self.extract.sheet)
        return column

    def text_sql(self, header: str) -> str:
        column = self.sheet.column_of(header)
        if column is not None:
            return f"base.{column}"
        column = self.joined.column_of(header) if self.joined else None
        return f"joined.{column}" if column is not None else "cast(null as varchar)"

    def written_sql(self, column: Column) -> str:
        source = self.extract.columns.get(column.name)
        return self.text_sql(source) if isinstance(source, str) else "cast(null as varchar)"

    def column_sql(self, column: Column) -> _ColumnSql:
        source = self.extract.columns.get(column.name)
        if source is None:
            return _ColumnSql(f"cast(null as {column.sql_type})")
        if isinstance(source, dict):
            return self._made_sql(column, source)
        text = self.text_sql(source)
        if column.logical_type == "date":
            return _typed(text, self._date(text))
        if column.logical_type == "timestamp":
            return _typed(text, self._moment(text))
        if column.logical_type == "number":
            return _typed(text, self._number(text))
        return self._coded(column, text) if column.is_coded else _ColumnSql(text)

    def _made_sql(self, column: Column, source: dict[str, Any]) -> _ColumnSql:
        if "constant" in source:
            # A faulty row holds nothing, so that its other findings are not multiplied.
            value = f"case when base._fault is null then {_quoted(source['constant'])} end"
            return _ColumnSql(f"cast({value} as {column.sql_type})")
        if "flags" in source:
            whens = " ".join(f"when {self.text_sql(h)} = '1' then {_quoted(c)}" for h, c in source["flags"].items())
            return _ColumnSql(f"case {whens} end")
        if "join" in source:
            texts = ", ".join(self.text_sql(header) for header in source["join"])
            joined_text = f"nullif(concat_ws(' ', {texts}), '')"
            if column.logical_type == "timestamp":
                return _typed(joined_text, self._moment(joined_text))
            return _ColumnSql(joined_text)
        parts = [f"lower(strip_accents({self.text_sql(header)}))" for header in source["derive"]]
        joined = " || '|' || ".join(parts)
        key = _quoted(self.derivation_key)
        # A keyed hash: without the key of this installation, nobody can try names until one fits.
        return _ColumnSql(f"left(sha256({key} || sha256({key} || {joined})), 20)")

    def _date(self, text: str) -> str:
        formats = dict.fromkeys([self.kind.date_format, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"])
        tries = ", ".join(f"try_strptime({text}, {_quoted(format_)})" for format_ in formats)
        found = f"coalesce({tries})"
        # DuckDB reads '25' as the year 25, and words like 'epoch' as a day.
        return f"cast(case when year({found}) >= 1000 and regexp_matches({text}, '[0-9]') then {found} end as date)"

    def _moment(self, text: str) -> str:
        """A day and a time; a day alone is that day at midnight, which means: no time is known."""
        plain = f"regexp_replace({text}, '{_BLANK}+', ' ', 'g')"
        for written, read in _TIMES_WRITTEN:
            plain = f"regexp_replace({plain}, {_quoted(written)}, {_quoted(read)}, 'i')"
        days = dict.fromkeys([self.kind.date_format, "%Y-%m-%d"])
        formats = ", ".join(_quoted(day + clock) for day in days for clock in ("", *_CLOCKS))
        found = f"try_strptime({plain}, [{formats}])"
        return f"case when year({found}) >= 1000 and regexp_matches({text}, '[0-9]') then {found} end"

    def _number(self, text: str) -> str:
        plain = f"regexp_replace({text}, '{_BLANK}', '', 'g')"
        if self.kind.decimal_mark == ",":
            # A workbook's own numbers come with a point, typed ones with a comma: both are one decimal mark.
            plain = f"replace({plain}, ',', '.')"
        # 'nan' and 'inf' are texts, not numbers.
        return f"case when isfinite(try_cast({plain} as double)) then try_cast({plain} as double) end"

    def _coded(self, column: Column, text: str) -> _ColumnSql:
        ours = self.expectations.codes_for(column, self.agreement)
        theirs = {code.casefold(): code for code in ours}
        if column.codes_from == "programs":
            for program in self.agreement.programs:
                theirs |= {code.casefold(): program.program_id for code in program.codes}
        theirs |= {code.casefold(): our for code, our in self.extract.codes.get(column.name, {}).items()}
        keys = ", ".join(_quoted(code) for code in theirs)
        values = ", ".join(_quoted(code) for code in theirs.values())
        # The casts are for a list that is empty, as the programmes of an organisation that serves nobody itself.
        found = f"map([{keys}]::varchar[], [{values}]::varchar[])[lower({text})]"
        value = f"case when {text} is not null then coalesce({found}, '{UNMAPPED}') end"
        return _ColumnSql(value, text, unmapped=f"({text} is not null and {found} is null)")


def _typed(text: str, value: str) -> _ColumnSql:
    return _ColumnSql(value, text, unreadable=f"({text} is not null and {value} is null)")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list_of(items: list[str]) -> str:
    if not items:
        return "cast([] as varchar[])"
    return f"list_filter([{', '.join(items)}], lambda x: x is not null)"
