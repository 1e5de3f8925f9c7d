"""Removal: a file that never should have come, or a person, goes from the archive and from all that was made of it.

Belongs here: everything that deletes on request. Stays out: what earlier releases hold, which stays as it was told. The
tombstone is written first; what it says is pending is removed by the same command, or by the next build.

survey        what there is of a file or a person, told by keyed hashes
redacting     a file's bytes without some of its rows
forgetting    the archived files that hold rows of forgotten persons
journals      numbers and ids in the journal become tokens that say nothing
rooms         what was made and can be made again
completing    what is pending, in an order that may break off anywhere
requests      what a person asks for becomes a tombstone
certificates  what was removed, and what is left elsewhere
"""
