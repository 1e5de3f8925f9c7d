"""Mail: the short text that may go by e-mail beside a return: counts and rules.

Belongs here: what leaves the safe way. Stays out: any name, file name, cell, header or place of a row.
"""

from __future__ import annotations

from collections import Counter

from dagster_project.contracts import Expectations
from dagster_project.feedback.returned import Return
from dagster_project.feedback.words import WORDS


def mail_text(expectations: Expectations, returned: Return) -> str:
    """Counts by rule, and that the workbook must not be mailed."""
    words = WORDS[returned.language]
    colon = " : " if returned.language == "fr" else ": "
    lines = [words["hello"], "", words["mail_opening"]]
    if returned.submission.period_start:
        lines.append(f"{words['period']}{colon}{returned.submission.period_start} – {returned.submission.period_end}")
    lines.append(f"{words['outcome']}{colon}{words[returned.outcome]}")
    counts = [("rows_in", returned.rows_in), ("rows_accepted", returned.rows_accepted)]
    counts += [("rows_quarantined", returned.rows_quarantined)]
    counts += [("known", returned.known)] if returned.known else []
    lines += [f"{words[name]}{colon}{count}" for name, count in counts]
    rules = [] if returned.is_replaced else _by_rule(expectations, returned)
    if rules:
        lines += ["", words["mail_findings"], *(f"- {count} × {rule}" for rule, count in rules)]
    lines += ["", words["mail_safe_way"], "", f"{words['contact']}{colon}{expectations.initiative.contact}"]
    return "\n".join(lines) + "\n"


def _by_rule(expectations: Expectations, returned: Return) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for group in returned.groups:
        shown = group.first.shown
        own = expectations.finding_words.get(shown.code)
        # The message of a contract's rule names no cell; one of our own is told by its label, without the header.
        counts[own.label[returned.language] if own else shown.message] += len(group.members)
    return counts.most_common()
