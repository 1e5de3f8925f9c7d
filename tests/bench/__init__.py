"""`make bench`: builds of the demonstration timed against floors, in one run on one machine.

Belongs here: measuring, printed as tables to keep in docs/benchmarks.md by hand. Stays out: judging; no test is timed.

children   one measurement in a process of its own
builds     from nothing, one new month, nothing new
floors     the same rows counted with DuckDB alone and with pandas alone
stages     a stage of a build, and the library under it alone
tables     Markdown, with targets
"""
