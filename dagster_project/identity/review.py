"""Review: the workbook in which the steward decides what the model cannot.

Belongs here: which pairs to ask about, in which order, and how they are shown. Stays out: what the answers do
(decisions). The workbook is full of names: it lies in `data/stewardship/` and goes nowhere.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from dagster_project.identity import model
from dagster_project.identity.decisions import BY_HEADER, DECISION_HEADER, HEADER_ROW, KEY_HEADERS, SHEET
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole, written_whole

TITLE = "Are these two the same person? / Ces deux fiches concernent-elles la même personne?"
HELP = (
    "Write your decision in the yellow column; the next build follows it, and it lasts. Close the file before you"
    " build. / Inscrivez votre décision dans la colonne jaune; la prochaine production la suit, et elle demeure."
    " Fermez le fichier avant de lancer la production."
)
COUNT_HEADER = "Months counted twice if the same / Mois comptés en double si c'est la même"
NOW_HEADER = "Now / Actuellement"
AGREES_HEADER = "Agrees / Concorde"
DIFFERS_HEADER = "Differs / Diffère"
SHOWN = {
    "first_name": "First name / Prénom",
    "last_name": "Last name / Nom",
    "birth_date": "Birth date / Naissance",
    "sex": "Sex / Sexe",
    "postal_code": "Postal code / Code postal",
    "address": "Address / Adresse",
    "phone": "Telephone / Téléphone",
    "email": "E-mail / Courriel",
}
COMPARED = {
    "given": "first name / prénom",
    "family": "last name / nom",
    "born": "birth date / naissance",
    "sex": "sex / sexe",
    "street": "street / rue",
    "area": "area / secteur",
    "contact": "telephone, e-mail / téléphone, courriel",
    "housemates": "household / ménage",
    "identifier": "identifier / identifiant",
}


def ask(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date, at_most: int, read_hash: str | None
) -> int:
    """Write the workbook with the pairs that most need a person; return how many wait in all.

    A pair waits when it lies between the lenient and the strict threshold, or the rules leave it to a person, nobody
    has decided it, and no agency lists its two side by side. Of two clusters only the strongest pair is asked, those
    first that change a published count most: in how many months both are enrolled. A workbook that was saved since
    its answers were read (`read_hash`) is left for the next build to read.
    """
    thresholds = model.THRESHOLDS
    connection.execute(f"""
        create table waiting as
        with open_pairs as (
          select p.*, cl.strict as cluster_l, cr.strict as cluster_r, cl.chosen = cr.chosen as is_one_now
          from pairs as p
          join person_clusters as cl on cl.person_number = p.person_number_l
          join person_clusters as cr on cr.person_number = p.person_number_r
          anti join decisions as d on d.person_number_l = p.person_number_l and d.person_number_r = p.person_number_r
          where cl.strict <> cr.strict and p.verdict <> 'different'
            and p.weight >= case when cl.lenient = cr.lenient then {thresholds.lenient} else {thresholds.chosen} end
            and (p.person_number_l, p.person_number_r) not in
              (select (person_number_l, person_number_r) from side_by_side)
        ),
        strongest as (
          select * from open_pairs qualify row_number() over (
            partition by least(cluster_l, cluster_r), greatest(cluster_l, cluster_r)
            order by weight desc, person_number_l, person_number_r) = 1
        ),
        months as (
          select distinct c.strict as cluster, unnest(generate_series(
            date_trunc('month', greatest(e.entry_date, date '2000-01-01')),
            least(coalesce(e.exit_date, date '{as_of}'), date '{as_of}'), interval 1 month)) as month
          from latest_enrolments as e join person_numbers as n using (agency_id, person_id_agency)
          join person_clusters as c using (person_number)
          where c.strict in (select unnest([cluster_l, cluster_r]) from strongest)
        ),
        both_enrolled as (
          select s.person_number_l, s.person_number_r, count(*) as months
          from strongest as s join months as l on l.cluster = s.cluster_l
          join months as r on r.cluster = s.cluster_r and r.month = l.month
          group by all
        )
        select s.*, coalesce(b.months, 0) as months, row_number() over (
          order by coalesce(b.months, 0) desc, abs(weight - {thresholds.chosen}), person_number_l, person_number_r
        ) as place
        from strongest as s left join both_enrolled as b using (person_number_l, person_number_r)
    """)
    row = connection.sql("select count(*) from waiting").fetchone()
    if settings.known_by is None and _workbook_hash(settings.review_workbook) == read_hash:
        _write_workbook(settings.review_workbook, connection, at_most)
        write_whole(settings.review_asked, str(_workbook_hash(settings.review_workbook)).encode())
    return int(row[0]) if row else 0


def _workbook_hash(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _write_workbook(path: Path, connection: duckdb.DuckDBPyConnection, at_most: int) -> None:
    sides = ", ".join(f"k{side}.{column}::varchar" for column in SHOWN for side in ("l", "r"))
    answers = ", ".join(f"w.answer_{name}" for name in COMPARED)
    rows = connection.sql(f"""
        select kl.agency_id, kl.person_id_agency, kr.agency_id, kr.person_id_agency, w.months, w.is_one_now,
          {sides}, {answers}
        from waiting as w
        join person_numbers as nl on nl.person_number = w.person_number_l
        join known_persons as kl on kl.agency_id = nl.agency_id and kl.person_id_agency = nl.person_id_agency
        join person_numbers as nr on nr.person_number = w.person_number_r
        join known_persons as kr on kr.agency_id = nr.agency_id and kr.person_id_agency = nr.person_id_agency
        where w.place <= {at_most} order by w.place
    """).fetchall()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with written_whole(path) as temporary, xlsxwriter.Workbook(str(temporary), options) as workbook:
        # The same questions are the same bytes.
        workbook.set_properties({"created": datetime(2025, 1, 1, tzinfo=UTC)})
        _write_sheet(workbook, rows)


def _write_sheet(workbook: Any, rows: list[tuple[Any, ...]]) -> None:
    sheet = workbook.add_worksheet(SHEET)
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    differing = workbook.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FBE3D6"})
    answered = workbook.add_format({"bg_color": "#FFF4C2", "border": 1, "valign": "top"})
    sheet.write_string(0, 0, TITLE, workbook.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, HELP)
    shown = [f"{label} {number}" for label in SHOWN.values() for number in (1, 2)]
    headers = [
        DECISION_HEADER,
        BY_HEADER,
        NOW_HEADER,
        AGREES_HEADER,
        DIFFERS_HEADER,
        *shown,
        COUNT_HEADER,
        *KEY_HEADERS,
    ]
    for place, header in enumerate(headers):
        sheet.write_string(HEADER_ROW - 1, place, header, bold)
    for n, row in enumerate(rows, HEADER_ROW):
        key, (months, is_one_now), values = row[:4], row[4:6], row[6 : 6 + 2 * len(SHOWN)]
        agreeing, different = _told(row[6 + 2 * len(SHOWN) :])
        sheet.write_blank(n, 0, None, answered)
        sheet.write_blank(n, 1, None, answered)
        sheet.write_string(n, 2, "one person / une personne" if is_one_now else "two persons / deux personnes", wrapped)
        sheet.write_string(n, 3, agreeing, wrapped)
        sheet.write_string(n, 4, different, wrapped)
        for place in range(0, len(values), 2):
            one, other = values[place], values[place + 1]
            cell = differing if one and other and one.casefold() != other.casefold() else wrapped
            sheet.write_string(n, 5 + place, one or "", cell)
            sheet.write_string(n, 6 + place, other or "", cell)
        sheet.write_number(n, 5 + len(values), months, wrapped)
        for place, text in enumerate(key):
            sheet.write_string(n, 6 + len(values) + place, text, wrapped)
    last = HEADER_ROW + max(len(rows), 1) - 1
    choices = ["same / même", "different / différent", "unsure / incertain"]
    sheet.data_validation(HEADER_ROW, 0, last, 0, {"validate": "list", "source": choices})
    sheet.freeze_panes(HEADER_ROW, 2)
    sheet.set_column(0, 1, 20)
    sheet.set_column(2, 4, 28)
    sheet.set_column(5, len(headers) - 1, 18)


def _told(answers: tuple[int, ...]) -> tuple[str, str]:
    """What agrees and what differs, in words: the answers are those of the comparisons, -1 for not known."""
    agreeing, different = [], []
    for (name, words), answer in zip(COMPARED.items(), answers, strict=True):
        levels = model.COMPARISONS[name][1]
        if answer == len(levels) - 1:
            agreeing.append(words)
        elif answer >= 0:
            level = levels[len(levels) - 1 - answer]
            if level.m > level.u:
                agreeing.append(f"{words} (≈)")
            else:
                different.append(words)
    return "; ".join(agreeing), "; ".join(different)
