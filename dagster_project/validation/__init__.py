"""Validation: every row is accepted or set aside with its reasons.

Belongs here: Great Expectations suites from the contracts, verdicts, acceptance. Stays out: reading files, what an
agency is told (feedback), and who is who. No finding holds a value of a row: only its place and the rule.
"""
