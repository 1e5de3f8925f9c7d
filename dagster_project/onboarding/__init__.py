"""Onboarding by example: from a partner's own files to a proposed agreement, each guess with its confidence and reason.

tables (what an example holds) > profiles (what its values look like) > headers, datasets, codes, dates, names >
agreement (the file to confirm). Belongs here: proposing. Stays out: intake, which never guesses.
"""
