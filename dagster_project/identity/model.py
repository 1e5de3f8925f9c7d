"""The linkage model: what is compared, how much each agreement is worth, and where the thresholds lie.

Belongs here: comparisons, blocking rules, shipped m and u values, thresholds and verdicts, all as Splink takes them.
Stays out: cleaning (before), training and scoring, and clusters (after).

m is the share of true pairs, u of other pairs, at a level; log2(m/u) is the level's weight. The shipped values serve as
long as there are too few persons to learn from; docs/linkage.md says where they come from. What a home brings with it
(street, area, telephone) agrees for all who live there: no sum of it makes two persons one (`verdict_sql`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import SettingsCreator


@dataclass(frozen=True)
class Thresholds:
    """Match weights (log2 of the odds). From `chosen` on, two records are one person; `strict` and `lenient` give the
    band, and what lies between them goes to the steward."""

    strict: float
    chosen: float
    lenient: float


THRESHOLDS = Thresholds(strict=6.0, chosen=0.0, lenient=-8.0)
# Below so many persons a model learned from them would be guesswork.
TRAINED_FROM_PERSONS = 10_000
SEED = 20250101


@dataclass(frozen=True)
class Level:
    """One answer of a comparison. `sql` None: all that is left."""

    label: str
    sql: str | None
    m: float
    u: float
    frequency_of: str | None = None


def _slips(left: str, right: str, at_most: int) -> str:
    """SQL: so many letters lost, added, wrong or swapped. The quick test spares most pairs the slow one."""
    return f"(levenshtein({left}, {right}) <= {2 * at_most} and damerau_levenshtein({left}, {right}) <= {at_most})"


def _names(column: str, other: str, m_and_u: list[tuple[float, float]]) -> list[Level]:
    left, right = f"{column}_l", f"{column}_r"
    words_l, words_r = f"{column}_words_l", f"{column}_words_r"
    part = f"list_has_all({words_l}, {words_r}) or list_has_all({words_r}, {words_l})"
    alike = f"{part} or list_has_any(given_forms_l, given_forms_r)" if column == "given" else part
    # Marie-Eve and Marie-Claude share a word and are two persons.
    compound = f"len({words_l}) > 1 and len({words_r}) > 1 and list_has_any({words_l}, {words_r})"
    swapped = (
        f"jaro_winkler_similarity({left}, {other}_r) >= 0.88 and jaro_winkler_similarity({right}, {other}_l) >= 0.88"
    )
    expressions = [
        ("same", f"{left} = {right}"),
        ("part, short form or other order", alike),
        ("one slip", f"{_slips(left, right, 1)} and greatest(length({left}), length({right})) > 3"),
        ("first and last name swapped", swapped),
        ("another compound", f"{compound} and not {_slips(left, right, 2)}"),
        ("much alike", f"jaro_winkler_similarity({left}, {right}) >= 0.88"),
        ("one in the other's place", f"{left} = {other}_r or {right} = {other}_l"),
        (
            "a little alike",
            f"jaro_winkler_similarity({left}, {right}) >= 0.75 or {_slips(left, right, 2)}",
        ),
        ("different", None),
    ]  # fmt: skip
    return [
        Level(label, sql, m, u, column if label == "same" else None)
        for (label, sql), (m, u) in zip(expressions, m_and_u, strict=True)
    ]


_SAME_YEAR = "born_l[1:4] = born_r[1:4]"
_NEAR_STREET = "jaro_winkler_similarity(street_l, street_r) >= 0.9"

COMPARISONS: dict[str, tuple[str, list[Level]]] = {
    # name: (when nothing can be said, levels from the strongest)
    "given": (
        "given_l is null or given_r is null",
        _names("given", "family", [(0.80, 0.006), (0.05, 0.002), (0.06, 0.003), (0.015, 0.0002), (0.005, 0.002),
                                   (0.03, 0.008), (0.01, 0.002), (0.02, 0.045), (0.02, 0.9318)]),
    ),
    "family": (
        "family_l is null or family_r is null",
        _names("family", "given", [(0.80, 0.004), (0.04, 0.001), (0.06, 0.001), (0.015, 0.0002), (0.005, 0.001),
                                   (0.02, 0.004), (0.01, 0.002), (0.02, 0.03), (0.03, 0.9568)]),
    ),
    "born": (
        "born_l is null or born_r is null",
        [
            Level("same day", "born_l = born_r and not born_is_rough_l and not born_is_rough_r", 0.88, 0.0001),
            Level("one slip, or day and month swapped",
                  f"not born_is_rough_l and not born_is_rough_r and ({_slips('born_l', 'born_r', 1)} or ({_SAME_YEAR}"
                  " and born_l[5:6] = born_r[7:8] and born_l[7:8] = born_r[5:6]))", 0.05, 0.0015),
            Level("same year, one of them approximate", f"(born_is_rough_l or born_is_rough_r) and {_SAME_YEAR}",
                  0.02, 0.002),
            Level("two slips", _slips('born_l', 'born_r', 2), 0.02, 0.02),
            Level("same year", _SAME_YEAR, 0.01, 0.025),
            Level("different", None, 0.02, 0.9514),
        ],
    ),
    "sex": (
        "sex_l is null or sex_r is null",
        [Level("same", "sex_l = sex_r", 0.985, 0.5), Level("different", None, 0.015, 0.5)],
    ),
    "street": (
        "street_l is null or street_r is null",
        [
            Level("same street and house", "street_l = street_r and coalesce(house_l = house_r, true)", 0.50, 0.0003),
            Level("nearly that street, same house",
                  f"{_NEAR_STREET} and coalesce(house_l = house_r, false)", 0.15, 0.00005),
            Level("same or nearly the same street", f"street_l = street_r or {_NEAR_STREET}", 0.10, 0.001),
            Level("different", None, 0.25, 0.99865),
        ],
    ),
    "area": (
        "coalesce(postal_l = postal_r, city_l = city_r) is null",
        [
            Level("same postal code and place", "postal_l = postal_r and coalesce(city_l = city_r, true)", 0.55, 0.002),
            Level("same postal code", "postal_l = postal_r", 0.10, 0.001),
            Level("same place, or nearly that postal code",
                  "city_l = city_r or jaro_winkler_similarity(city_l, city_r) >= 0.9"
                  " or " + _slips("postal_l", "postal_r", 1), 0.15, 0.03),
            Level("different", None, 0.20, 0.967),
        ],
    ),
    "contact": (
        "coalesce(phone_l = phone_r, email_l = email_r) is null",
        [
            Level("same telephone or e-mail", "phone_l = phone_r or email_l = email_r", 0.60, 0.0004),
            Level("telephone with one slip", _slips("phone_l", "phone_r", 1), 0.05, 0.0001),
            Level("different", None, 0.35, 0.9995),
        ],
    ),
    "housemates": (
        "housemates_l is null or housemates_r is null",
        [
            Level("two or more the same", "len(list_intersect(housemates_l, housemates_r)) > 1", 0.45, 0.001),
            Level("one the same", "list_has_any(housemates_l, housemates_r)", 0.35, 0.02),
            Level("none the same", None, 0.20, 0.979),
        ],
    ),
    "identifier": (
        "coalesce(national_number_l = national_number_r, health_number_l = health_number_r,"
        " school_number_l = school_number_r) is null",
        [
            Level("same", "national_number_l = national_number_r or health_number_l = health_number_r"
                  " or school_number_l = school_number_r", 0.90, 0.000002),
            Level("one slip", " or ".join(_slips(f"{kind}_number_l", f"{kind}_number_r", 1)
                                          for kind in ("national", "health", "school")), 0.06, 0.00002),
            Level("different", None, 0.04, 0.999978),
        ],
    ),
}  # fmt: skip

# Two records are compared when any of these holds. Each asks for so much that no group of records grows with the square
# of its size; together they leave a pair out only when almost everything in it differs.
BLOCKING_RULES = (
    "l.given = r.given and l.family = r.family",
    "l.given = r.family and l.family = r.given",
    "l.given[1:3] = r.given[1:3] and l.family[1:3] = r.family[1:3] and l.born[1:4] = r.born[1:4]",
    "l.born = r.born and l.given[1:2] = r.given[1:2]",
    "l.born = r.born and l.family[1:2] = r.family[1:2]",
    "l.born = r.born and l.postal = r.postal",
    "l.born = r.born and l.street = r.street",
    "l.born = r.born and l.city = r.city",
    "l.born = r.born and l.house = r.house",
    "l.family = r.family and l.born[1:6] = r.born[1:6]",
    "l.family = r.family and l.born[5:8] = r.born[5:8]",
    "l.given = r.given and l.born[1:6] = r.born[1:6]",
    "l.given = r.given and l.born[5:8] = r.born[5:8]",
    "l.given = r.family and l.born[1:4] = r.born[1:4]",
    "l.family = r.given and l.born[1:4] = r.born[1:4]",
    "l.family = r.family and l.postal = r.postal",
    "l.given = r.given and l.postal = r.postal",
    "l.given = r.given and l.city = r.city and l.family[1:1] = r.family[1:1]",
    "l.postal = r.postal and l.house = r.house",
    "l.postal = r.postal and l.street[1:4] = r.street[1:4]",
    "l.house = r.house and l.street[1:5] = r.street[1:5] and l.postal[1:2] = r.postal[1:2]",
    "l.house = r.house and l.street[1:5] = r.street[1:5] and l.city = r.city",
    "l.street = r.street and l.given[1:2] = r.given[1:2] and l.postal[1:2] = r.postal[1:2]",
    "l.street = r.street and l.given[1:2] = r.given[1:2] and l.city = r.city",
    "l.street = r.street and l.family[1:2] = r.family[1:2] and l.city = r.city",
    "l.street = r.street and l.house = r.house and l.family[1:1] = r.family[1:1]",
    "l.given[1:3] = r.given[1:3] and l.family[1:3] = r.family[1:3] and l.city = r.city",
    "l.street = r.street and l.family[1:2] = r.family[1:2] and l.postal[1:2] = r.postal[1:2]",
    "l.phone = r.phone",
    "l.email = r.email",
    "l.national_number = r.national_number",
    "l.health_number = r.health_number",
    "l.school_number = r.school_number",
)
TRAINING_RULES = (
    "l.born = r.born and l.sex is not distinct from r.sex",
    "l.given = r.given and l.family = r.family",
)


def prior_among(persons: int) -> float:
    """How likely two records are one person before anything is compared: one in so many as there are records.

    In powers of two, so that a few more persons do not move every pair.
    """
    return 2.0 ** -math.ceil(math.log2(max(persons, 2)))


def settings_creator(prior: float, parameters: dict[str, list[tuple[float, float]]] | None = None) -> SettingsCreator:
    """Splink's settings, with the shipped m and u values or those of `parameters` (by comparison, level by level)."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="person_number",
        comparisons=[_comparison(name, (parameters or {}).get(name)) for name in COMPARISONS],
        blocking_rules_to_generate_predictions=[
            {"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in BLOCKING_RULES
        ],
        probability_two_random_records_match=prior,
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
    )


def _comparison(name: str, parameters: list[tuple[float, float]] | None) -> Any:
    unknown, known_levels = COMPARISONS[name]
    values = parameters or [(level.m, level.u) for level in known_levels]
    made: list[Any] = [levels.CustomLevel(unknown, label_for_charts="not known").configure(is_null_level=True)]
    for level, (m, u) in zip(known_levels, values, strict=True):
        sql = levels.ElseLevel() if level.sql is None else levels.CustomLevel(level.sql)
        options: dict[str, Any] = {"m_probability": m, "u_probability": u, "label_for_charts": level.label}
        if level.frequency_of and parameters:
            options["tf_adjustment_column"] = level.frequency_of
        made.append(sql.configure(**options))
    return comparisons.CustomComparison(output_column_name=name, comparison_levels=made)


def answer_sql(comparison: str) -> str:
    """SQL: a comparison's answer as Splink numbers it: 0 for all that is left, up to the strongest; -1 not known."""
    unknown, known = COMPARISONS[comparison]
    whens = " ".join(f"when {level.sql} then {len(known) - 1 - n}" for n, level in enumerate(known) if level.sql)
    return f"case when {unknown} then -1 {whens} else 0 end"


def _at_least(comparison: str, label: str) -> str:
    """SQL: the answer of a comparison is this level or a stronger one."""
    return f"gamma_{comparison} >= {_labels(comparison).index(label)}"


def _is(comparison: str, *labels: str) -> str:
    """SQL: the answer of a comparison is one of these levels."""
    return f"gamma_{comparison} in ({', '.join(str(_labels(comparison).index(label)) for label in labels)})"


def _labels(comparison: str) -> list[str]:
    return [level.label for level in reversed(COMPARISONS[comparison][1])]


# SQL on gamma_given and gamma_born.
OTHER_NAME = _is("given", "different", "a little alike", "another compound")
OTHER_DAY = _is("born", "different")
OTHER_SPELLING = _is("given", "one slip", "much alike", "one in the other's place")


def verdict_sql(homes_hold_families: bool) -> str:
    """SQL of what a scored pair may become, whatever its weight.

    link       joined from the chosen threshold on
    doubt      a person decides; a chain of other pairs may join them
    apart      a person decides; no chain joins them
    different  nobody is asked, no chain joins them

    Weights add up, families do not: twins, siblings, a father and son of one name, cousins agree on all that a home
    gives. These rules say which disagreements no home can outweigh. Where homes hold one person each
    (`homes.judge_homes`), nobody shares a home to be confused with, and they matter less.
    """
    families = "true" if homes_hold_families else "false"
    same_identifier = _at_least("identifier", "same")
    day_agrees = _at_least("born", "same year, one of them approximate")
    day_is_doubtful = f"({_is('born', 'same year', 'two slips')} or {OTHER_DAY})"
    other_family = f"({_is('family', 'different')} or gamma_family = -1)"
    home = " or ".join((
        _at_least("contact", "same telephone or e-mail"), _at_least("area", "same postal code"),
        _at_least("street", "same or nearly the same street"),
        # A slip in the postal code is no neighbour where there are none.
        *(() if homes_hold_families else (f"coalesce({_slips('postal_l', 'postal_r', 1)}, false)",)),
    ))  # fmt: skip
    return f"""case
        -- One who took another name keeps the number; so does no one who took another birth date.
        when {same_identifier} and not ({OTHER_NAME} and {day_is_doubtful}) and not ({families} and {OTHER_DAY})
          then 'link'
        -- Siblings, spouses, parent and child.
        when {families} and {OTHER_NAME} and not {day_agrees} then 'different'
        -- Twins, or one person who goes by another name; father and son of one name, or a birth date quite wrong.
        when {families} and ({OTHER_NAME} or {OTHER_DAY}) then 'apart'
        -- Cousins of one name and year.
        when {families} and {day_is_doubtful} and not ({home}) then 'apart'
        when {day_is_doubtful} and not ({home}) then 'doubt'
        -- A name alone.
        when gamma_born = -1 and not ({home}) then 'doubt'
        -- Brother and sister whose names are alike.
        when gamma_sex = 0 and not {_at_least("given", "part, short form or other order")} then 'doubt'
        -- Strangers whose first names sound alike.
        when {families} and {other_family} and {_is("given", "much alike", "one in the other's place")} then 'doubt'
        -- Married since, or another person of that first name born that day.
        when {other_family} and not ({home}) then 'doubt'
        else 'link' end"""
