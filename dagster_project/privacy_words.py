"""The words of the privacy inventory in both languages.

Belongs here: words, and what each room of `data/` holds. Stays out: what contracts and agreements say (expectations),
and the layout (privacy_inventory.py).
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Privacy inventory: {initiative}",
        "intro": "Made by `dorsale privacy` from the contracts and agreements in `expectations/` as of {day}; "
        "change those, not this page. It holds no row and no figure of anybody. Contact: {contact}.",
        "in_short": "In short",
        "short": "{datasets} datasets with {columns} columns, of which {personal} are personal and stay in private "
        "rooms; {agencies} agreements.",
        "agreements": "Agreements",
        "agency": "Agency",
        "legal_basis": "Legal basis",
        "consent": "Consent",
        "consent_rule": "Consent to linking",
        "required": "Only those who said yes are linked.",
        "presumed": "All are linked but those who said no or withdrew.",
        "identifiers": "Identifiers",
        "none": "None",
        "valid": "Valid",
        "from": "from {start}",
        "from_to": "{start} to {end}",
        "sends": "Datasets",
        "every_month": "every month",
        "every_quarter": "every quarter",
        "every_year": "every year",
        "frequency": "How often",
        "datasets": "Datasets",
        "grain": "What a row is",
        "purpose": "Purpose",
        "retention": "Kept",
        "recipients": "Recipients",
        "sent_by": "Sent by",
        "nobody": "Nobody at present",
        "rooms": "Private rooms",
        "public": "Published",
        "sums": "No row. In the sums of {count} indicators: {indicators}.",
        "sums_of_one": "No row. In the sums of 1 indicator: {indicators}.",
        "no_sums": "No row, and in no indicator.",
        "basis_of": "Legal basis: agreement of",
        "column": "Column",
        "meaning": "Meaning",
        "kind": "Kind",
        "personal": "personal: it identifies",
        "sensitive": "about a person or a family, does not identify by itself",
        "sensitive_no_person": "sensitive: without names",
        "about_person": "about a person, does not identify by itself",
        "plain": "not about a person",
        "warehouse": "Warehouse",
        "yes": "yes",
        "no": "no",
        "in_sums": "in sums only",
        "never": "no",
        "as_dataset": "as the dataset",
        "room": "Room",
        "holds": "What it holds",
        "kept": "Kept",
        "kept_ever": "no limit is set",
        "kept_months": "{months} months",
        "kept_as_archive": "as long as the archive, of which each build makes it",
        "proof": "The proof of the release",
        "no_proof": "There is no proof beside what is published (`{file}`): nothing can be said here of how "
        "well hidden figures are protected. It is made with the publication.",
        "proof_intro": "What the attack on what is published found (`{file}`). It holds no figure that is hidden.",
        "key": "What",
        "value": "Value",
        "colon": "{what}: {which}",
    },
    "fr": {
        "title": "Inventaire des renseignements personnels : {initiative}",
        "intro": "Produit par `dorsale privacy` à partir des contrats et des ententes de `expectations/`, en date du "
        "{day}; modifiez ceux-ci, pas cette page. Il ne contient aucune ligne ni aucun chiffre sur qui que ce soit. "
        "Contact : {contact}.",
        "in_short": "En bref",
        "short": "{datasets} jeux de données et {columns} colonnes, dont {personal} sont nominatives et ne quittent "
        "pas les pièces privées; {agencies} ententes.",
        "agreements": "Ententes",
        "agency": "Organisme",
        "legal_basis": "Fondement juridique",
        "consent": "Consentement",
        "consent_rule": "Consentement au jumelage",
        "required": "Seules les personnes qui ont dit oui sont jumelées.",
        "presumed": "Toutes les personnes sont jumelées, sauf celles qui ont refusé ou se sont retirées.",
        "identifiers": "Identifiants",
        "none": "Aucun",
        "valid": "Validité",
        "from": "à partir du {start}",
        "from_to": "du {start} au {end}",
        "sends": "Jeux de données",
        "every_month": "chaque mois",
        "every_quarter": "chaque trimestre",
        "every_year": "chaque année",
        "frequency": "Fréquence",
        "datasets": "Jeux de données",
        "grain": "Ce qu'est une ligne",
        "purpose": "Finalité",
        "retention": "Conservation",
        "recipients": "Destinataires",
        "sent_by": "Transmis par",
        "nobody": "Personne pour l'instant",
        "rooms": "Pièces privées",
        "public": "Publication",
        "sums": "Aucune ligne. Dans les totaux de {count} indicateurs : {indicators}.",
        "sums_of_one": "Aucune ligne. Dans les totaux de 1 indicateur : {indicators}.",
        "no_sums": "Aucune ligne, et dans aucun indicateur.",
        "basis_of": "Fondement juridique : entente de",
        "column": "Colonne",
        "meaning": "Sens",
        "kind": "Nature",
        "personal": "nominatif : permet d'identifier",
        "sensitive": "porte sur une personne ou une famille, n'identifie pas à lui seul",
        "sensitive_no_person": "sensible : sans nom",
        "about_person": "sur une personne, ne l'identifie pas à lui seul",
        "plain": "ne porte pas sur une personne",
        "warehouse": "Entrepôt",
        "yes": "oui",
        "no": "non",
        "in_sums": "dans des totaux seulement",
        "never": "non",
        "as_dataset": "comme le jeu de données",
        "room": "Pièce",
        "holds": "Ce qu'elle contient",
        "kept": "Conservation",
        "kept_ever": "aucune limite fixée",
        "kept_months": "{months} mois",
        "kept_as_archive": "aussi longtemps que les archives, dont chaque production la tire",
        "proof": "La preuve de la publication",
        "no_proof": "Aucune preuve n'accompagne ce qui est publié (`{file}`) : rien ne peut être dit ici de la "
        "protection des chiffres masqués. Elle est produite avec la publication.",
        "proof_intro": "Ce qu'a donné l'attaque de ce qui est publié (`{file}`). Aucun chiffre masqué n'y figure.",
        "key": "Élément",
        "value": "Valeur",
        "colon": "{what} : {which}",
    },
}
# What rows of partners do in each private room; `settings.PRIVATE_ROOMS` is the list.
ROOMS: dict[str, dict[str, str]] = {
    "raw": {"en": "Files as partners dropped them.", "fr": "Fichiers tels que déposés par les partenaires."},
    "archive": {
        "en": "The same files under their hash, kept; shares of common names that linkage learned.",
        "fr": "Les mêmes fichiers sous leur empreinte, conservés; la fréquence des noms apprise par le jumelage.",
    },
    "vault": {
        "en": "Rows in our columns, the personal ones among them; scored pairs of records.",
        "fr": "Lignes dans nos colonnes, y compris les colonnes nominatives; paires de dossiers évaluées.",
    },
    "quarantine": {"en": "Rows set aside.", "fr": "Lignes mises de côté."},
    "feedback": {
        "en": "Answers to each agency, in its own workbook; its mirror.",
        "fr": "Retours à chaque organisme, dans son propre classeur; son miroir.",
    },
    "stewardship": {
        "en": "Pairs of persons in doubt, for the steward; codes without a map; the ledger of ids.",
        "fr": "Paires de personnes en doute, pour la personne qui tranche; codes sans correspondance; registre des "
        "identifiants.",
    },
}
# What is neither public nor a private room: rows of persons by id, without the columns that identify.
PERSON_LEVEL: dict[str, dict[str, str]] = {
    "accepted": {
        "en": "Accepted rows, of each person or service, without personal columns. Not public.",
        "fr": "Lignes acceptées, par personne ou par service, sans colonne nominative. Non public.",
    },
    "identity": {
        "en": "Who is who by id: each agency's person, its shared id and its family. Not public.",
        "fr": "Qui est qui, par identifiant : la personne de chaque organisme, son identifiant commun et sa famille. "
        "Non public.",
    },
    "warehouse.duckdb": {
        "en": "The warehouse: the accepted rows with shared ids, and figures before small ones are hidden. Not public.",
        "fr": "L'entrepôt : les lignes acceptées avec les identifiants communs, et les chiffres avant que les petits "
        "soient masqués. Non public.",
    },
    "journal": {
        "en": "Person numbers and shared ids as they were given, answers on consent, the steward's decisions, what "
        "each release hid, and what was removed on request, by keyed hashes. Not public.",
        "fr": "Numéros de personne et identifiants communs tels qu'attribués, réponses sur le consentement, décisions "
        "de la personne qui tranche, ce que chaque publication a masqué et, par hachages à clé, ce qui a été supprimé "
        "sur demande. Non public.",
    },
}
