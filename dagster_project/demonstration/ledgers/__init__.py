"""What agencies keep beside their books on persons, one module a concern.

Belongs here: staff, places, answers on sharing, benefits, follow-ups, plans, voices of families and support groups.
Everything draws from streams of its own, so that keeping one changes nothing else. Which agency keeps what stays in
`partners.py`, who fills the ledgers in `ledger_keeping.py`.
"""
