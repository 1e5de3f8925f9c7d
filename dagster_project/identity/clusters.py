"""Clusters: from scored pairs to persons, under a strict, the chosen and a lenient threshold.

Belongs here: thresholds, stewards' decisions, and keeping apart those whom an agency lists side by side. Stays out:
scoring, and the ids that clusters bear.

A chain of pairs can join what no pair would: a record without a birth date is like the father and like the son. Where
a chain joins two whom something keeps apart, its pairs are taken strongest first, and those that would join them are
left.
"""

from __future__ import annotations

from collections import defaultdict, deque

import duckdb
from splink.backends.duckdb import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold

from dagster_project.identity import model

LEVELS = ("strict", "chosen", "lenient")
# A steward's word outranks any weight.
CERTAIN = 1000.0


def cluster_persons(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `person_clusters` (person_number, strict, chosen, lenient): the least number of each one's cluster.

    Needs `person_numbers`, `pairs`, `decisions` (person_number_l, person_number_r, decision) and `clean_persons`; a
    person not among the latter is alone. Strict clusters lie within chosen ones, and those within lenient ones.
    """
    _find_side_by_side(connection)
    _find_apart(connection)
    thresholds = model.THRESHOLDS
    connection.execute(f"""
        create table edges as
        with weighed as (
          select person_number_l, person_number_r,
            -- A doubt is never settled by a weight, however high.
            case verdict when 'doubt' then least(weight, {thresholds.chosen} - 0.01) else weight end as weight
          from pairs anti join apart using (person_number_l, person_number_r)
          where verdict in ('link', 'doubt')
          union all
          select person_number_l, person_number_r, {CERTAIN} from decisions where decision = 'same'
        )
        select person_number_l, person_number_r, max(weight) as weight
        from weighed where weight >= {thresholds.lenient} group by all
    """)
    connection.execute("""
        create table edge_ends as select distinct unnest([person_number_l, person_number_r]) as person_number from edges
    """)
    for level in LEVELS:
        _connect(connection, level, getattr(thresholds, level))
    _mend_clusters(connection)
    connection.execute("""
        create table person_clusters as
        select n.person_number, coalesce(m.strict, s.cluster, n.person_number) as strict,
          coalesce(m.chosen, c.cluster, n.person_number) as chosen,
          coalesce(m.lenient, l.cluster, n.person_number) as lenient
        from person_numbers as n
        left join strict_clusters as s using (person_number)
        left join chosen_clusters as c using (person_number)
        left join lenient_clusters as l using (person_number)
        left join mended as m using (person_number)
    """)


def _find_side_by_side(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `side_by_side`: pairs of numbers that one agency gives to persons of one household."""
    connection.execute("""
        create table side_by_side as
        select distinct least(a.person_number, b.person_number) as person_number_l,
          greatest(a.person_number, b.person_number) as person_number_r
        from stated_households as one
        join stated_households as other on other.agency_id = one.agency_id
          and other.household_id_agency = one.household_id_agency and other.person_id_agency > one.person_id_agency
        join person_numbers as a on a.agency_id = one.agency_id and a.person_id_agency = one.person_id_agency
        join person_numbers as b on b.agency_id = other.agency_id and b.person_id_agency = other.person_id_agency
    """)


def _find_apart(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `apart`: pairs that are two persons whatever the weights, and that no chain joins.

    So decided; or so judged (`model.verdict_sql`); or listed by one agency in one household under two first names, or
    under one name with two birth dates; or, where homes hold families, by one agency under two numbers and first names
    a letter apart: twins, or one person entered twice, which only a person can tell.
    """
    # Whoever the steward calls the same person is no reason to keep that person's other records away.
    connection.execute(f"""
        create table vouched_for as
        with same as (
          select person_number_l as one, person_number_r as other from decisions where decision = 'same'
          union all
          select person_number_r, person_number_l from decisions where decision = 'same'
        ),
        linked as (
          select person_number_l as one, person_number_r as other from pairs
          where verdict = 'link' and weight >= {model.THRESHOLDS.chosen}
          union all
          select person_number_r, person_number_l from pairs
          where verdict = 'link' and weight >= {model.THRESHOLDS.chosen}
        )
        select distinct least(s.one, l.other) as person_number_l, greatest(s.one, l.other) as person_number_r
        from same as s join linked as l on l.one = s.other where s.one <> l.other
    """)
    connection.execute(f"""
        create table apart as
        with answered as (
          select p.*, {model.answer_sql("given")} as gamma_given, {model.answer_sql("born")} as gamma_born
          from side_by_side as p
          join (select {_suffixed("l")} from clean_persons) using (person_number_l)
          join (select {_suffixed("r")} from clean_persons) using (person_number_r)
        ),
        found as (
          select person_number_l, person_number_r from answered
          -- Without a first name (it came as tokens), two numbers in one household are two persons.
          where {model.OTHER_NAME} or {model.OTHER_DAY} or {model.OTHER_SPELLING} or gamma_given = -1
          union
          select person_number_l, person_number_r from pairs where verdict in ('apart', 'different')
          union
          select person_number_l, person_number_r
          from (select *, answer_given as gamma_given from pairs where verdict <> 'different')
          join person_numbers as l on l.person_number = person_number_l
          join person_numbers as r on r.person_number = person_number_r and r.agency_id = l.agency_id
          where {model.OTHER_SPELLING} and (from homes_hold_families)
        )
        from found anti join (from decisions where decision = 'same') using (person_number_l, person_number_r)
        anti join vouched_for using (person_number_l, person_number_r)
        union
        select person_number_l, person_number_r from decisions where decision = 'different'
    """)


def _suffixed(side: str) -> str:
    columns = (
        "person_number",
        "given",
        "given_words",
        "given_forms",
        "family",
        "family_words",
        "born",
        "born_is_rough",
    )
    return ", ".join(f"{column} as {column}_{side}" for column in columns)


def _connect(connection: duckdb.DuckDBPyConnection, level: str, threshold: float) -> None:
    connection.execute(f"create or replace table edges_at as from edges where weight >= {threshold}")
    api = DuckDBAPI(connection=connection)
    clustered = cluster_pairwise_predictions_at_threshold(
        api.register("edge_ends"), api.register("edges_at"), api, "person_number"
    )
    connection.execute(f"""
        create table {level}_clusters as
        select person_number, min(person_number) over (partition by cluster_id) as cluster
        from {clustered.physical_name}
    """)


def _mend_clusters(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `mended`: the clusters of those whom a chain would join with someone they are kept apart from."""
    connection.execute("create table mended (person_number bigint, strict bigint, chosen bigint, lenient bigint)")
    edges = connection.sql("""
        with torn as (
          select distinct l.cluster from apart
          join lenient_clusters as l on l.person_number = apart.person_number_l
          join lenient_clusters as r on r.person_number = apart.person_number_r and r.cluster = l.cluster
        )
        select e.person_number_l, e.person_number_r, e.weight from edges as e
        join lenient_clusters as c on c.person_number = e.person_number_l semi join torn using (cluster)
        order by e.weight desc, e.person_number_l, e.person_number_r
    """).fetchall()
    if not edges:
        return
    apart = defaultdict(set)
    for left, right in connection.sql("select person_number_l, person_number_r from apart").fetchall():
        apart[left].add(right)
        apart[right].add(left)
    rows = _join_strongest_first(edges, apart)
    connection.executemany("insert into mended values (?, ?, ?, ?)", rows)


def _join_strongest_first(
    edges: list[tuple[int, int, float]], apart: dict[int, set[int]]
) -> list[tuple[int, int, int, int]]:
    """Join along the edges, strongest first, but never two who are kept apart; one row a person, as in `mended`."""
    members = {number: {number} for left, right, _ in edges for number in (left, right)}
    found: dict[str, dict[int, int]] = {}
    waiting = deque(edges)
    for level in LEVELS:
        threshold = getattr(model.THRESHOLDS, level)
        while waiting and waiting[0][2] >= threshold:
            left, right, _ = waiting.popleft()
            one, other = members[left], members[right]
            if one is other or any(apart.get(number, set()) & other for number in one):
                continue
            one |= other
            for number in other:
                members[number] = one
        found[level] = {number: min(together) for number, together in members.items()}
    return [(n, found["strict"][n], found["chosen"][n], found["lenient"][n]) for n in sorted(members)]
