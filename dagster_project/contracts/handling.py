"""How data are handled: what a dataset and its columns are for, how long they are kept, who receives them.

Belongs here: what contracts say of it, and checking that they say it. Stays out: the privacy officer's inventory, which
is made of it (privacy_inventory).
"""

from __future__ import annotations

from typing import Any

from dagster_project.contracts.yaml_places import Document, did_you_mean

Words = dict[str, str]

# Each dataset says these; a column may say otherwise of itself.
NEEDED = ("purpose", "retention", "recipients")
# Of what is published as it was written, and not only in sums.
PUBLISHED = "published"
DATASET_PROPERTIES = ("label", "grain", "countOnly", *NEEDED, PUBLISHED)
COLUMN_PROPERTIES = ("label", "help", "codes", "codesFrom", "unreadableSeverity", *NEEDED, PUBLISHED)


def handling_of(element: dict[str, Any]) -> dict[str, Words]:
    """What a dataset or a column says of its handling."""
    stated = element.get("customProperties", [])
    return {p["property"]: p["value"] for p in stated if p["property"] in (*NEEDED, PUBLISHED)}


def check_handling(document: Document) -> None:
    """Every dataset says all, in both languages; a slip in a column's own must not leave the dataset's in force."""
    data = document.data
    for name in NEEDED:
        if name not in handling_of(data):
            what = f"The contract does not say its {name}."
            document.complain(["customProperties"], what, f"Write {{property: {name}, value: {{en: ..., fr: ...}}}}.")
    _check_properties(document, [], data, DATASET_PROPERTIES)
    for n, column in enumerate(data["schema"][0]["properties"]):
        _check_properties(document, ["schema", 0, "properties", n], column, COLUMN_PROPERTIES)


def _check_properties(
    document: Document, place: list[str | int], element: dict[str, Any], known: tuple[str, ...]
) -> None:
    for n, stated in enumerate(element.get("customProperties", [])):
        step: list[str | int] = [*place, "customProperties", n]
        name = str(stated.get("property"))
        if name not in known:
            document.complain(step, f"The property '{name}' is not known here.", did_you_mean(name, known))
        elif name in (*NEEDED, PUBLISHED) and not _is_in_both_languages(stated.get("value")):
            document.complain(step, f"The {name} is missing in English or French.", "Write {en: ..., fr: ...}.")


def _is_in_both_languages(words: Any) -> bool:
    return isinstance(words, dict) and all(isinstance(words.get(language), str) for language in ("en", "fr"))
