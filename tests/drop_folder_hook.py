"""Pre-commit hook: no file gets into data/ but the demonstration partners' own.

Belongs here: the list of what git admits below data/. A partner's file forced in past .gitignore is stopped here.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath

DEMONSTRATION_PARTNERS = {
    "child_protection",
    "family_centre",
    "health_centre",
    "housing_agency",
    "police_victim_support",
    "post_adoption",
    "school_board",
}


def admitted_partners(initiative: Path) -> set[str]:
    """The demonstration's partners; after `make start` nobody, for a partner may be called as one of them."""
    is_demonstration = re.search(
        r"^initiative_id: demonstration$", initiative.read_text(encoding="utf-8"), re.MULTILINE
    )
    return DEMONSTRATION_PARTNERS if is_demonstration else set()


def foreign_files(paths: list[str], admitted: set[str]) -> list[str]:
    """The paths below data/ that are no file of an admitted partner."""
    return [
        path
        for path in paths
        if PurePosixPath(path).parts[:1] == ("data",)
        and not (
            PurePosixPath(path).parts[:2] == ("data", "raw")
            and len(PurePosixPath(path).parts) > 3
            and PurePosixPath(path).parts[2] in admitted
        )
    ]


if __name__ == "__main__":
    foreign = foreign_files(sys.argv[1:], admitted_partners(Path("expectations/initiative.yml")))
    if foreign:
        # How many, not which: a file's name may be a family's.
        print(f"{len(foreign)} file(s) below data/ are not the demonstration's: git restore --staged data")
    sys.exit(bool(foreign))
