"""Tokens: linking for agencies that may not share names.

Belongs here: the match keys, their keyed hashes (HMAC-SHA-256), and pairs of persons by equal tokens. Stays out:
reading files (`pseudonymise`), and comparing names (model).

Each key joins several things that are written alike on both sides: the sounds of the names and the birth date, the
statistical linkage key SLK-581, ... A token tells nothing to those who do not know the key; who knows it can try
persons out, so tokens remain personal information.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from dagster_project.identity import model

KEY_VARIABLE, KEY_FILE_VARIABLE = "DORSALE_TOKEN_KEY", "DORSALE_TOKEN_KEY_FILE"
SHORTEST_KEY = 32
# A token that many share is a placeholder's.
MOST_SHARERS = 20
# Weights of a pair by the number of keys that agree: several are beyond doubt, one is enough, a weak one is a doubt.
SEVERAL_KEYS, ONE_KEY, A_WEAK_KEY = 12.0, 3.0, -0.01

# Among a person's tokens, which key made them: '<KEY_MARK>:<mark>'. It is compared with nothing else.
KEY_MARK = "key"

_SOUNDS = "least(given_sound, family_sound) || '|' || greatest(given_sound, family_sound)"


class TokenKeyError(Exception):
    """The key is missing or too short."""


@dataclass(frozen=True)
class MatchKey:
    """One derived key. `message` is SQL on a clean person (null where a part is missing).

    strength  sure: enough by itself. weak: a doubt by itself. home: without birth date or first name, sure only where
              homes hold one person each, since father and son, or twins, may share it
    without_a_letter  a column written once without each of its letters, in front of the message: one slip is forgiven
    roles     given_or_family: the first name's sound in front of the message in role G, the last name's in role S; two
              S are no pair (twins). no_given: role N without a first name, else F; two F are no pair
    """

    name: str
    message: str
    strength: str = "sure"
    without_a_letter: str | None = None
    roles: str | None = None


MATCH_KEYS = (
    # Australian Institute of Health and Welfare: letters 2, 3, 5 of the last, 2, 3 of the first name, birth date, sex.
    MatchKey("slk581", "substr(rpad(family, 5, '2'), 2, 2) || substr(rpad(family, 5, '2'), 5, 1)"
             " || substr(rpad(given, 3, '2'), 2, 2) || born || coalesce(sex, '9')", "weak"),
    MatchKey("names_born", "least(given, family) || '|' || greatest(given, family) || '|' || born"),
    MatchKey("sounds_born", f"{_SOUNDS} || born"),
    MatchKey("given_born", "given || '|' || family[1:2] || born"),
    MatchKey("sounds_year_postal", f"{_SOUNDS} || postal || born[1:4]"),
    MatchKey("sounds_day_postal", f"{_SOUNDS} || postal || born[5:8]"),
    MatchKey("sounds_year_street", f"{_SOUNDS} || street || coalesce(house, '') || born[1:4]"),
    MatchKey("sounds_day_street", f"{_SOUNDS} || street || coalesce(house, '') || born[5:8]"),
    MatchKey("given_year_home", "given_sound || '|' || street || '|' || postal || born[1:4]"),
    MatchKey("given_born_postal", "born || postal", without_a_letter="given"),
    MatchKey("given_born_city", "born || city", without_a_letter="given"),
    MatchKey("given_born_street", "born || street", without_a_letter="given"),
    MatchKey("born_sounds_postal", "given_sound || family_sound || postal", without_a_letter="born"),
    MatchKey("a_name_born_postal", "born || postal", roles="given_or_family"),
    MatchKey("a_name_born_street", "born || street", roles="given_or_family"),
    MatchKey("a_name_born_city", "born || city", roles="given_or_family"),
    MatchKey("family_born_postal", "family_sound || born || postal", roles="no_given"),
    MatchKey("family_born_street", "family_sound || born || street", roles="no_given"),
    MatchKey("sounds_phone", f"{_SOUNDS} || phone || born[1:4]"),
    MatchKey("names_postal", "least(given, family) || '|' || greatest(given, family) || '|' || postal", "home"),
    MatchKey("names_street", "least(given, family) || '|' || greatest(given, family) || '|' || street", "home"),
    MatchKey("sounds_postal_house", f"{_SOUNDS} || postal || house", "home"),
    MatchKey("sounds_home", f"{_SOUNDS} || street || house", "home"),
    MatchKey("given_home", "given || '|' || street || house || postal", "home"),
    MatchKey("family_postal_born", "family_sound || '|' || postal || born", "home"),
    MatchKey("family_street_born", "family_sound || '|' || street || born", "home"),
    MatchKey("home_born", "street || house || postal || born", "home"),
    MatchKey("given_start_born", "given[1:3] || '|' || family_sound || born", "home"),
    MatchKey("a_name_home", "street || house || postal", "home", roles="given_or_family"),
)  # fmt: skip

_SOUND_MACRO = r"""
    -- Soundex: the first letter, then the sounds of the consonants.
    create or replace macro sound(word) as left(word, 1) || left(regexp_replace(regexp_replace(translate(word[2:],
      'bfpvcgjkqsxzdtlmnraeiouyhw', '11112222222233455600000000'), '0', '', 'g'), '(1)1+|(2)2+|(3)3+|(4)4+|(5)5+|(6)6+',
      '\1\2\3\4\5\6', 'g'), 3);
"""


def token_key() -> bytes | None:
    """The key from the environment or the file that it names; None without either. Raises `TokenKeyError`.

    Never from the command line, where other users of the machine would see it.
    """
    path = os.environ.get(KEY_FILE_VARIABLE)
    try:
        key = Path(path).read_bytes().strip() if path else os.environ.get(KEY_VARIABLE, "").encode()
    except OSError:
        raise TokenKeyError(f"The file named by {KEY_FILE_VARIABLE} cannot be read.") from None
    if key and len(key) < SHORTEST_KEY:
        raise TokenKeyError(f"The token key is shorter than {SHORTEST_KEY} characters. Make one: openssl rand -hex 32")
    return key or None


def derived_key(key: bytes, purpose: str) -> str:
    """Another secret made from the key, for one purpose: the key itself is used for tokens only."""
    return hmac.new(key, purpose.encode(), sha256).hexdigest()


def key_mark(key: bytes) -> str:
    """What tells tokens of two keys apart, and tells nothing of the key itself."""
    return f"{KEY_MARK}:{derived_key(key, 'mark of the key')[:12]}"


def make_tokens(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Table `made_tokens` (person_number, token) for `clean_persons`; a token is '<key><role>:<hash>'."""
    connection.execute(_SOUND_MACRO)
    connection.execute(f"create or replace macro keyed_hash(message) as {_hmac_sql(key)}")
    parts = " union all ".join(_messages_sql(match_key) for match_key in MATCH_KEYS)
    connection.execute(f"""
        create table made_tokens as
        with sounded as (select *, sound(given) as given_sound, sound(family) as family_sound from clean_persons),
        messages as ({parts})
        select distinct person_number, name || role || ':' || left(keyed_hash(name || '|' || message), 32) as token
        from messages where message is not null
    """)


def _messages_sql(match_key: MatchKey) -> str:
    name = f"'{match_key.name}' as name"
    if match_key.without_a_letter:
        column = match_key.without_a_letter
        shortened = f"{column}[1:place::integer - 1] || {column}[place::integer + 1:]"
        return f"""select person_number, {name}, '' as role, {shortened} || '|' || {match_key.message} as message
            from sounded, range(1, 25) as places(place) where place <= length({column}) and length({column}) > 3"""
    if match_key.roles == "given_or_family":
        return " union all ".join(
            f"select person_number, {name}, '{role}' as role, {sound} || '|' || {match_key.message} as message"
            " from sounded"
            for role, sound in (("/G", "given_sound"), ("/S", "family_sound"))
        )
    if match_key.roles == "no_given":
        return f"""select person_number, {name}, case when given is null then '/N' else '/F' end as role,
            {match_key.message} as message from sounded"""
    return f"select person_number, {name}, '' as role, {match_key.message} as message from sounded"


def _hmac_sql(key: bytes) -> str:
    """SQL of HMAC-SHA-256 (RFC 2104) of a text `message`, in hexadecimal."""
    block = (sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    outer, inner = ("".join(f"\\x{byte ^ pad:02X}" for byte in block) for pad in (0x5C, 0x36))
    return f"sha256('{outer}'::blob || unhex(sha256('{inner}'::blob || encode(message))))"


def pair_by_tokens(connection: duckdb.DuckDBPyConnection, homes_hold_families: bool, key: bytes | None) -> int:
    """Add to `pairs` those of whom at least one came with tokens in place of names.

    Persons with names get tokens here, with the same key; without it, pseudonymised persons meet only each other.
    Returns how many came with tokens of another key than the rest, whom nobody can meet.
    """
    came = connection.sql("select count(*) from known_persons where link_tokens is not null and is_linkable").fetchone()
    if not came or not came[0]:
        return 0
    if key is None:
        connection.execute("create table made_tokens (person_number bigint, token varchar)")
    else:
        make_tokens(connection, key)
    strength = " ".join(f"when '{k.name}' then '{k.strength}'" for k in MATCH_KEYS)
    homes_are_sure = "false" if homes_hold_families else "true"
    connection.execute(f"""
        create table all_tokens as
        with both_kinds as (
          select person_number, token, false as came from made_tokens
          union all
          select n.person_number, unnest(string_split(k.link_tokens, ' ')) as token, true as came
          from known_persons as k join person_numbers as n using (agency_id, person_id_agency)
          where k.link_tokens is not null and k.is_linkable
        ),
        parted as (
          select person_number, came, split_part(split_part(token, ':', 1), '/', 1) as name,
            split_part(split_part(token, ':', 1), '/', 2) as role, split_part(token, ':', 2) as hash
          from both_kinds
        )
        select * from parted where name <> '{KEY_MARK}'
        qualify count(*) over (partition by name, hash) <= {MOST_SHARERS};

        insert into pairs by name
        with agreeing as (
          select distinct l.person_number as person_number_l, r.person_number as person_number_r, l.name,
            case l.name {strength} end as strength
          from all_tokens as l join all_tokens as r using (name, hash)
          where l.person_number < r.person_number and (l.came or r.came)
            and not (l.role = 'S' and r.role = 'S') and not (l.role = 'F' and r.role = 'F')
        ),
        counted as (
          select person_number_l, person_number_r,
            count(*) filter (strength = 'sure' or (strength = 'home' and {homes_are_sure})) as sure_keys
          from agreeing group by all
        )
        select person_number_l, person_number_r,
          case when sure_keys > 1 then {SEVERAL_KEYS} when sure_keys = 1 then {ONE_KEY} else {A_WEAK_KEY} end as weight,
          case when sure_keys > 0 then 'link' else 'doubt' end as verdict,
          {", ".join(f"-1 as answer_{name}" for name in model.COMPARISONS)}
        from counted anti join pairs using (person_number_l, person_number_r)
    """)
    return _of_another_key(connection, key)


def _of_another_key(connection: duckdb.DuckDBPyConnection, key: bytes | None) -> int:
    """Persons whose tokens another key made than the one here; where there is none here, than most have.

    Tokens without a mark, of an earlier version, tell no key.
    """
    marks: dict[str, int] = dict(
        connection.sql(f"""
            select regexp_extract(link_tokens, '(?:^| )({KEY_MARK}:[0-9a-f]+)', 1) as mark, count(*)
            from known_persons where is_linkable and link_tokens is not null group by mark having mark <> ''
            order by count(*) desc, mark
        """).fetchall()
    )
    ours = key_mark(key) if key else next(iter(marks), "")
    return sum(count for mark, count in marks.items() if mark != ours)
