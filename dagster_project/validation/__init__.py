"""Validation: every row is accepted or set aside with its reasons, and the agency gets an answer.

Belongs here: Great Expectations suites from the contracts, verdicts, acceptance, feedback. Stays out: reading files,
and who is who. No finding holds a value of a row: only its place and the rule.
"""
