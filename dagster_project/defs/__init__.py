"""The graph: one asset per step, checks on assets, a job, a schedule and a sensor.

Belongs here: Dagster only, thin, one file a stage. Stays out: the work itself, which is in the modules above. Metadata
are counts, never values or file names. Nothing is passed between assets in memory: each reads what the one before
wrote.
"""
