"""The words of findings that no contract writes itself: what is wrong and what to do, in both languages.

Belongs here: loading `expectations/findings.yml`. Stays out: finding anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dagster_project.contracts.datasets import Severity, Words
from dagster_project.contracts.initiative import own_schema
from dagster_project.contracts.yaml_places import Document, check_schema, load_document

# Every finding that the code itself makes.
RULE_IDS = (
    "unknown_agency", "unexpected_file", "period_in_future", "unreadable_file", "wrong_encoding", "empty_file",
    "missing_sheet", "missing_column", "missing_optional_column", "required", "unreadable_value",
    "unmapped_code", "repeated_row", "conflicting_rows", "person_unknown", "period_resent", "same_file_again",
    "unknown_answer", "answered_finding_gone", "no_answer_given", "answers_of_another_agency",
    "other_encoding", "encoding_guessed", "dialect_guessed", "spoilt_letters", "other_delimiter", "header_moved",
    "header_again", "double_header", "no_header", "no_rows", "empty_register", "sheet_left_blank", "hidden_sheet",
    "macros_ignored", "embedded_objects_ignored", "password_protected", "other_kind_of_file", "unsafe_file",
    "file_too_large", "too_many_cells", "too_many_columns", "columns_missing", "sheet_twice", "took_too_long",
    "reading_failed", "rows_above_header",
    "header_over_rows", "rows_after_table", "header_uneven", "no_permission",
    "file_purged", "person_forgotten",
)  # fmt: skip
# Those of rows that reading itself could not make sense of: such a row has no cells.
READING_FAULTS = (
    "too_few_cells", "too_many_cells_in_row", "stray_quote", "other_delimiter_in_row", "control_characters",
    "cell_too_long", "error_cell", "formula_without_value", "merged_cells", "totals_row",
)  # fmt: skip
# Those of an extract as a whole, beside the agency's earlier ones.
PLAUSIBILITY = (
    "file_much_smaller", "file_much_larger", "last_period_again", "another_agencys_rows", "wrong_period",
    "other_date_order", "ids_all_new", "column_suddenly_empty", "new_codes",
    "correction_unknown", "token_key_changed",
)  # fmt: skip


@dataclass(frozen=True)
class FindingWords:
    """A rule's label for reports, its message with `{column}`, `{sheet}`, `{count}` places, and its remedy.

    A rule on a whole extract may `hold` the submission until a person has looked; `{usual}` is what is usual.
    """

    severity: Severity
    label: Words
    message: Words
    remedy: Words


def load_finding_words(path: Path) -> tuple[dict[str, FindingWords], Document]:
    """The words by rule_id, with the problems found in the document."""
    document = load_document(path)
    words: dict[str, FindingWords] = {}
    if document.data is None:
        return words, document
    check_schema(document, own_schema("findings"))
    if not document.problems:
        words = {rule_id: FindingWords(**entry) for rule_id, entry in document.data.items()}
        for rule_id in (*RULE_IDS, *READING_FAULTS, *PLAUSIBILITY):
            if rule_id not in words:
                what = f"The words for '{rule_id}' are missing."
                document.complain([], what, "Write its severity, label, message and remedy.")
        for rule_id, entry in words.items():
            if rule_id in PLAUSIBILITY and entry.severity not in ("hold", "warn"):
                what = f"'{rule_id}' is about a file as a whole, beside earlier ones."
                document.complain([rule_id, "severity"], what, "Write hold or warn.")
            if rule_id not in PLAUSIBILITY and entry.severity == "hold":
                what = f"'{rule_id}' is nothing for which a file can wait."
                document.complain([rule_id, "severity"], what, "Write reject, quarantine or warn.")
    return words, document
