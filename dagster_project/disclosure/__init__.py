"""Disclosure control: what of a publication may be shown. Pure: tables in, tables out, no files, no settings.

Belongs here: hiding what could tell something about a person, and the proof that it is enough. Stays out: where tables
come from and go to. In the order of their work: `rules` (which counts are small), `counts` (all counts of all
tables), `same_counts` and `relations` by `columns_of_numbers` (which are one, and how they add up), `linked_system`
(all that as matrices), `attack` by `narrowing` and `worlds` (what can be computed), `complementary` by `changes`
(hiding more), `protection` (all of it).
"""
