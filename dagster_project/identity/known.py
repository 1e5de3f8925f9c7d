"""What the agencies say now: each person's latest row, each enrolment's, and who is in which household.

Belongs here: where it is worked on, the row that counts, what an agreement lets us use of it. Stays out: cleaning,
comparing.
"""

from __future__ import annotations

import duckdb

from dagster_project.contracts import IDENTIFIERS, Expectations
from dagster_project.identity.journal import Journal
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted, quoted_list

CONSENT_COLUMNS = "agency_id varchar, person_id_agency varchar, consent varchar, received_date date"
# A later period wins, then a later receipt; no tie is left to chance.
LATEST = "_period_end desc, _received_date desc, _receipt_order desc, _row_number desc"


def load_known(connection: duckdb.DuckDBPyConnection, settings: Settings, expectations: Expectations) -> None:
    """Tables `known_persons`, `latest_enrolments` and `stated_households`.

    `known_persons`: one row per agency and its number of a person, with `first_period` (when first told of),
    `is_linkable` (nobody said no) and no identifier that the agreement does not allow.
    """
    _load_linkage_terms(connection, expectations)
    journal = Journal(settings, "consent_answers", CONSENT_COLUMNS, dated="received_date")
    journal.load(connection, "all_answers")
    connection.execute("""
        create table answered_before as
        select agency_id, person_id_agency, consent from all_answers
        qualify row_number() over (partition by agency_id, person_id_agency order by _segment desc) = 1
    """)
    _load_refusals_since(connection, settings)
    identifiers = ", ".join(f"case when list_contains(t.identifiers, '{name}') then k.{name} end as {name}"
                            for name in IDENTIFIERS)  # fmt: skip
    connection.execute(f"""
        create table known_persons as
        with latest as (
          select *, min(_period_start) over (partition by _agency_id, person_id_agency) as first_period,
            -- An answer holds until another: a blank in a later file takes no refusal back.
            first_value(case when consent_to_link in ('yes', 'no', 'withdrawn') then consent_to_link end ignore nulls)
              over (partition by _agency_id, person_id_agency order by {LATEST}
                rows between unbounded preceding and unbounded following) as consent
          from read_parquet({quoted(settings.vault_persons)})
          qualify row_number() over (partition by _agency_id, person_id_agency order by {LATEST}) = 1
        )
        select k.* exclude (consent) replace ({identifiers}), k._agency_id as agency_id,
          k.consent as consent_told,
          -- Silence is consent only where the agreement's legal basis makes it so.
          case when coalesce(t.needs_consent, false) then coalesce(k.consent, a.consent, '') = 'yes'
            else coalesce(k.consent, a.consent, '') not in ('no', 'withdrawn') end
            and (k._agency_id, k.person_id_agency) not in (from refused_since) as is_linkable
        from latest as k left join linkage_terms as t on t.agency_id = k._agency_id
        left join answered_before as a on a.agency_id = k._agency_id and a.person_id_agency = k.person_id_agency
    """)
    # A file that replaces another may leave the answer blank: it is not lost with the file.
    journal.add(
        connection,
        """
        select k.agency_id, k.person_id_agency, k.consent_told as consent, k._received_date as received_date
        from known_persons as k anti join answered_before as a
          on a.agency_id = k.agency_id and a.person_id_agency = k.person_id_agency and a.consent = k.consent_told
        where k.consent_told is not null order by k.agency_id, k.person_id_agency
        """,
    )
    connection.execute(f"""
        create table latest_enrolments as
        select _agency_id as agency_id, enrolment_id_agency, person_id_agency, entry_date, exit_date,
          household_id_agency, relationship_to_head
        from read_parquet({quoted(settings.accepted / "enrolments.parquet")})
        qualify row_number() over (partition by _agency_id, enrolment_id_agency order by {LATEST}) = 1
    """)
    connection.execute("""
        create table stated_households as
        select agency_id, household_id_agency, person_id_agency,
          bool_or(coalesce(relationship_to_head, '') = 'head') as is_head
        from (
          select agency_id, household_id_agency, person_id_agency, relationship_to_head
          from known_persons where household_id_agency is not null
          union all
          -- A person of an earlier file may be gone from the persons: the household then holds who is known.
          select agency_id, household_id_agency, person_id_agency, relationship_to_head
          from latest_enrolments semi join known_persons using (agency_id, person_id_agency)
          where household_id_agency is not null
        )
        group by all
    """)


def _load_refusals_since(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Table `refused_since` (agency_id, person_id_agency): who has said no by now, for a build of a past day.

    A refusal holds for every day. It may stand in the journal, or in a file that came since.
    """
    connection.execute("create table refused_since (agency_id varchar, person_id_agency varchar)")
    if settings.known_by is None:
        return
    Journal(settings, "consent_answers", CONSENT_COLUMNS, dated=None).load(connection, "answers_of_every_day")
    connection.execute("""
        insert into refused_since
        select agency_id, person_id_agency from answers_of_every_day
        qualify row_number() over (partition by agency_id, person_id_agency order by _segment desc) = 1
          and consent in ('no', 'withdrawn')
    """)
    read = sorted((settings.extracts / "persons").glob("*.parquet"))
    if read:
        connection.execute(f"""
            insert into refused_since
            select _agency_id, person_id_agency
            from read_parquet({quoted_list(read)}) where consent_to_link in ('yes', 'no', 'withdrawn')
            group by all
            having arg_max(consent_to_link, (_period_end, _received_date, _row_number)) in ('no', 'withdrawn')
        """)


def _load_linkage_terms(connection: duckdb.DuckDBPyConnection, expectations: Expectations) -> None:
    connection.execute("create table linkage_terms (agency_id varchar, needs_consent boolean, identifiers varchar[])")
    terms = [(a.agency_id, a.needs_consent_to_link, list(a.identifiers)) for a in expectations.agreements.values()]
    if terms:
        connection.executemany("insert into linkage_terms values (?, ?, ?)", terms)
