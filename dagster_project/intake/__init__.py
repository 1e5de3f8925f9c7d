"""Intake: a dropped file becomes archived bytes, then rows of the common datasets.

Belongs here: receiving, reading and mapping files. Stays out: judging rows (validation) and who is who (identity).
"""
