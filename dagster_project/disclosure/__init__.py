"""Disclosure control: what of a publication may be shown. Pure: tables in, tables out, no files, no settings.

Belongs here: hiding what could tell something about a person, and the proof that it is enough. Stays out: where tables
come from and go to. In the order of their work: `rules` (which counts are small), `counts` (all counts of all
tables), `linked_system` (how they add up), `attack` (what can be computed), `complementary` (hiding more),
`protection` (all of it).
"""
