"""Inspection: pages on which the analyst looks at the model.

Belongs here: match weights, unlinkable records and cluster sizes, as private pages in `data/stewardship/linkage/`.
Stays out: deciding anything.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import duckdb
from splink import Linker

from dagster_project.identity.clusters import LEVELS
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui;margin:2rem auto;max-width:46rem;padding:0 1rem}}
table{{border-collapse:collapse}}td,th{{border-bottom:1px solid #bbb;padding:.2rem 1rem;text-align:right}}</style>
<h1>{title}</h1><p>{text}</p>{table}</html>"""


def write_pages(connection: duckdb.DuckDBPyConnection, settings: Settings, linker: Linker | None) -> None:
    """Write `cluster_sizes.html` and, with a linker, `match_weights.html` and `unlinkable_records.html`.

    Each opens without a network.
    """
    folder = settings.stewardship / "linkage"
    folder.mkdir(parents=True, exist_ok=True)
    if linker:
        _save(linker.visualisations.match_weights_chart(), folder / "match_weights.html")
        _save(linker.evaluation.unlinkables_chart(), folder / "unlinkable_records.html")
    counts = " union all ".join(
        f"select '{level}' as level, size, count(*) as clusters from"
        f" (select count(*) as size from person_clusters group by {level}) group by size"
        for level in LEVELS
    )
    rows = connection.sql(f"""
        pivot ({counts}) on level in ('strict', 'chosen', 'lenient') using coalesce(sum(clusters), 0) order by size
    """).fetchall()
    cells = "".join("<tr>" + "".join(f"<td>{escape(str(int(cell)))}</td>" for cell in row) + "</tr>" for row in rows)
    table = "<table><tr><th>records / fiches</th><th>strict</th><th>chosen / retenu</th><th>lenient / large</th></tr>"
    text = (
        "How many persons are made of so many agencies' records, under the three thresholds. A very large cluster is a"
        " sign of a shared placeholder. / Nombre de personnes selon le nombre de fiches réunies, aux trois seuils. Une"
        " très grande grappe trahit souvent une valeur passe-partout."
    )
    page = PAGE.format(title="Cluster sizes / Taille des grappes", text=text, table=f"{table}{cells}</table>")
    write_whole(folder / "cluster_sizes.html", page.encode())


def _save(chart: object, path: Path) -> None:
    write_whole(path, chart.to_html(inline=True).encode())  # type: ignore[attr-defined]
