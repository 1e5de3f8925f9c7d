"""The words of certificates, in both languages.

Belongs here: words. Stays out: what is said when (certificates).
"""

from __future__ import annotations

WORDS = {
    "en": {
        "title_purge": "Certificate: a file was deleted",
        "title_forget": "Certificate: a person was forgotten",
        "intro": "{id}, {day}. Reason: {because}",
        "removed": "What was removed",
        "files": "archived files deleted, or kept without the person's rows: {count}",
        "submissions": "times that the file had come: {count}",
        "persons": "numbers of the person at agencies: {count}",
        "rows": "rows that name persons: {count}",
        "returns": "answered workbooks with cells of these files, deleted whole: {count}",
        "cleared": "all that is made of files and may have held something of it was cleared; the next build makes it"
        " again without: {places}",
        "submissions_named": "submissions concerned: {ids}",
        "left": "What is left, and where",
        "drop_folder": "the drop folder still holds it, and only the agency or the analyst may delete it there:"
        " data/raw/{place}",
        "release": "release {release} holds figures that counted it. They are counts that were made safe, and stay as"
        " they were told; the next release counts without",
        "not_read": "a file of the same agency that could not be read may hold the person; nobody can tell: {id}",
        "preview": "the published preview, funders' forms and the site hold safe counts until the next build",
        "backups": "backups: they still hold it until they expire. After restoring one, bring data/journal/tombstones"
        " and data/journal/tombstones.key over from the newest copy and build: the build removes it again",
    },
    "fr": {
        "title_purge": "Attestation : un fichier a été supprimé",
        "title_forget": "Attestation : une personne a été oubliée",
        "intro": "{id}, {day}. Motif : {because}",
        "removed": "Ce qui a été supprimé",
        "files": "fichiers archivés supprimés, ou conservés sans les lignes de la personne : {count}",
        "submissions": "nombre de fois que le fichier avait été reçu : {count}",
        "persons": "numéros de la personne chez les organismes : {count}",
        "rows": "lignes qui nomment des personnes : {count}",
        "returns": "classeurs de réponses contenant des cellules de ces fichiers, supprimés en entier : {count}",
        "cleared": "tout ce qui est produit à partir des fichiers et a pu en contenir quelque chose a été vidé; la"
        " prochaine production le refait sans cela : {places}",
        "submissions_named": "dépôts visés : {ids}",
        "left": "Ce qui reste, et où",
        "drop_folder": "le dossier de dépôt le contient encore; seuls l'organisme ou l'analyste peuvent l'y supprimer :"
        " data/raw/{place}",
        "release": "la publication {release} contient des chiffres qui en tenaient compte. Ce sont des nombres rendus"
        " sûrs, et ils restent tels qu'annoncés; la prochaine publication compte sans cela",
        "not_read": "un fichier du même organisme, impossible à lire, contient peut-être la personne; nul ne peut le"
        " dire : {id}",
        "preview": "l'aperçu publié, les formulaires des bailleurs de fonds et le site contiennent des nombres sûrs"
        " jusqu'à la prochaine production",
        "backups": "sauvegardes : elles le contiennent jusqu'à leur expiration. Après en avoir restauré une, reprenez"
        " data/journal/tombstones et data/journal/tombstones.key de la copie la plus récente, puis lancez la"
        " production : elle le supprime de nouveau",
    },
}
