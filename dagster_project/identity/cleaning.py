"""Cleaning: what the agencies wrote of a person becomes what can be compared.

Belongs here: the SQL that folds accents, particles, nicknames, dates and placeholders away. Stays out: comparing.
Everything made here stays in the vault's connection; nothing of it is written but a fingerprint.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

# What a comparison or a blocking rule may read, in order; a person's fingerprint is made of these.
CLEAN_COLUMNS = (
    "given", "given_words", "given_forms", "family", "family_words", "born", "born_is_rough", "sex",
    "postal", "street", "house", "city", "phone", "email", "housemates",
    "national_number", "health_number", "school_number",
)  # fmt: skip

_MACROS = r"""
    create or replace macro folded(written) as regexp_replace(
      replace(replace(lower(strip_accents(written)), 'œ', 'oe'), 'æ', 'ae'), '[^\p{L}\p{N}]+', ' ', 'g');
    -- St-Onge, Sainte Marie and Mc Donald are one word, however they are written.
    create or replace macro plain_words(written) as list_filter(string_split(regexp_replace(regexp_replace(
      folded(written), '\b(st|ste|saint|sainte) ', 'saint', 'g'), '\b(mc|mac) ', 'mc', 'g'), ' '), word -> word <> '');
    -- Particles come and go between two writings of one name: de la Cruz, Van den Berg, D'Amour.
    create or replace macro name_words(written) as list_filter(plain_words(written), word -> word not in (
      'de', 'du', 'des', 'la', 'le', 'les', 'l', 'd', 'da', 'dos', 'van', 'von', 'der', 'den', 'o', 'jr', 'sr'));
    -- A street's kind is left out or cut short at will: 12, rue des Erables; 12 Erables; 12 Main Street; 12 Main St.
    create or replace macro street_words(written) as list_filter(plain_words(written), word -> word not in (
      'rue', 'avenue', 'av', 'ave', 'boulevard', 'boul', 'blvd', 'chemin', 'ch', 'rang', 'rg', 'route', 'rte', 'place',
      'pl', 'street', 'st', 'road', 'rd', 'drive', 'dr', 'court', 'ct', 'crescent', 'cres', 'lane', 'ln', 'croissant',
      'de', 'du', 'des', 'la', 'le', 'les', 'l', 'd', 'the', 'app', 'apt', 'unit', 'bureau', 'no'));
    create or replace macro joined(words) as nullif(array_to_string(words, ''), '');
    create or replace macro digits(written) as regexp_replace(written, '[^0-9]', '', 'g');
    create or replace macro is_one_sign(number) as replace(number, number[1], '') = '';
    -- A number that is one figure again and again, or counts up or down, stands for 'none'.
    create or replace macro is_placeholder(number) as length(number) < 5 or is_one_sign(number)
      or is_one_sign(digits(number)) or contains('01234567890123456789', number)
      or contains('98765432109876543210', number);
    create or replace macro letters_and_digits(written) as nullif(
      upper(regexp_replace(written, '[^A-Za-z0-9]', '', 'g')), '');
    create or replace macro plausible(written) as case
      when not is_placeholder(letters_and_digits(written)) then letters_and_digits(written) end;
"""


def clean_persons(connection: duckdb.DuckDBPyConnection, nicknames: Path) -> None:
    """Table `clean_persons`: one row per linkable person, `person_number` and `CLEAN_COLUMNS`.

    Also `named_parents` (person_number, given, family): the parent whom an agency names for a child.
    `nicknames` is a CSV of (name, short_forms separated by ';'); an initiative may do without. Needs `known_persons`,
    `stated_households` and `person_numbers` (agency_id, person_id_agency, person_number).
    """
    connection.execute(_MACROS)
    connection.execute("create table nicknames (name varchar, short_forms varchar)")
    if nicknames.exists():
        connection.execute(f"insert into nicknames from read_csv('{nicknames}', header = true, all_varchar = true)")
    connection.execute("""
        create table nickname_roots as
        select short_form, list(distinct name order by name) as roots
        from (select name, unnest(string_split(short_forms, ';')) as short_form from nicknames) group by all
    """)
    connection.execute("""
        create table cleaned as
        with folded as (
          select n.person_number, k.*, plain_words(first_name) as given_words_raw,
            name_words(first_name) as first_words, name_words(last_name) as last_words,
            digits(_written_birth_date) as written_digits,
            right(digits(phone), 10) as phone_digits, street_words(address) as address_words,
            letters_and_digits(postal_code) as postal_plain
          from known_persons as k join person_numbers as n using (agency_id, person_id_agency)
          where k.is_linkable
        ),
        typed as (
          select *,
            coalesce(nullif(first_words, []), nullif(given_words_raw, [])) as given_words,
            coalesce(nullif(last_words, []), nullif(plain_words(last_name), [])) as family_words,
            case
              when coalesce(birth_date_quality, 'full') in ('unknown', 'refused') then null
              when birth_date is not null then strftime(birth_date, '%Y%m%d')
              -- No day of the calendar, but still evidence: 1934-10-99, 31/02/2010.
              when length(written_digits) = 8 and left(written_digits, 2) in ('18', '19', '20') then written_digits
              when length(written_digits) = 8
                then written_digits[5:8] || written_digits[3:4] || written_digits[1:2] end as born
          from folded
        )
        select person_number, agency_id, person_id_agency,
          joined(given_words) as given, given_words,
          joined(family_words) as family, family_words,
          born,
          -- An approximate day is often written as the first of January.
          coalesce(born[5:8] = '0101' or birth_date_quality = 'approximate', false) as born_is_rough,
          case when sex in ('female', 'male', 'other') then sex end as sex,
          case when length(postal_plain) >= 3 and not is_one_sign(postal_plain) then postal_plain end as postal,
          joined(list_filter(address_words, word -> not regexp_full_match(word, '[0-9]+[a-z]?'))) as street,
          list_filter(address_words, word -> regexp_full_match(word, '[0-9]+[a-z]?'))[1] as house,
          joined(plain_words(city)) as city,
          case when length(phone_digits) >= 7 and not is_placeholder(right(phone_digits, 7)) then phone_digits end
            as phone,
          case when contains(email, '@') then lower(trim(email)) end as email,
          plausible(national_number) as national_number, plausible(health_number) as health_number,
          plausible(school_number) as school_number,
          joined(name_words(parent_first_name)) as parent_given, joined(name_words(parent_last_name)) as parent_family
        from typed
    """)
    connection.execute("""
        create table named_parents as
        select person_number, parent_given as given, parent_family as family from cleaned where parent_given is not null
    """)
    _add_housemates(connection)
    _drop_shared_identifiers(connection)
    columns = ", ".join(CLEAN_COLUMNS)
    connection.execute(f"""
        create table clean_persons as
        with named as (
          select c.* exclude (parent_given, parent_family), h.housemates,
            -- Alexandre is also Alex; each form of a name is a way to find it.
            list_distinct(coalesce([c.given], []) || coalesce(n.roots, [])) as given_forms
          from cleaned as c
          left join nickname_roots as n on n.short_form = c.given
          left join housemates as h using (person_number)
        )
        select person_number, {columns} from named order by person_number
    """)


def _add_housemates(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `housemates`: the first names of those with whom a person shares a household, parents named included."""
    connection.execute("""
        create table housemates as
        with pairs as (
          select a.person_number, c.given
          from stated_households as one
          join cleaned as a using (agency_id, person_id_agency)
          join stated_households as other on other.agency_id = one.agency_id
            and other.household_id_agency = one.household_id_agency and other.person_id_agency <> one.person_id_agency
          join cleaned as c on c.agency_id = other.agency_id and c.person_id_agency = other.person_id_agency
          union all
          select person_number, parent_given from cleaned
        )
        select person_number, list(distinct given order by given) as housemates
        from pairs where given is not null group by all
    """)


def _drop_shared_identifiers(connection: duckdb.DuckDBPyConnection) -> None:
    """A number that persons of many birth dates or names bear is no person's number, whatever it looks like."""
    for name in ("national_number", "health_number", "school_number"):
        connection.execute(f"""
            update cleaned set {name} = null where {name} in (
              select {name} from cleaned where {name} is not null group by 1
              having count(distinct born) > 3 or count(distinct family) > 5)
        """)
