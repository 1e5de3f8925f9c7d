"""Identity: the same person at two agencies gets one shared id; persons served together are one family.

Belongs here: linking, clustering, families, ids that stay, the steward's part, and what of a person may leave the
vault. Stays out: reading files and counting anything. Works on `vault/persons.parquet`; no name and no date of birth
is written but in the private rooms.

linking      the steps in their order, and the files in `data/identity/`
known        what the agencies say now, and who may be linked
numbers      each agency's person keeps one number
cleaning     names, dates and addresses that can be compared
model        what is compared, its weights and thresholds
training     weights learned from the data
scoring      pairs, scored once
clusters     persons, under three thresholds
families     the rule of what a family is
stable_ids   ids that stay, the ledger of merges and splits
homes        whether persons share homes
review       what a person is asked
decisions    what a person answered, and undoing
inspection   pages on the model
attributes   zones and age bands
tokens       agencies that may not share names
tokenising   the tokens of one file, at the agency
journal      what is kept for ever
"""

from dagster_project.identity.linking import OUTPUTS, IdentityTally, link_persons

__all__ = ["OUTPUTS", "IdentityTally", "link_persons"]
