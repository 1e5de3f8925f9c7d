"""YAML with places: a problem in a contract names its file and line.

Belongs here: loading YAML and checking it against a JSON schema. Stays out: what a contract means.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jsonschema.protocols import Validator


class _Loader(yaml.CSafeLoader):
    """Leaves dates as the text they are written in: JSON schema and ODCS know no date type."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
# Only true and false are booleans: `No` is what many partners call a file number.
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file of expectations: where, what, and what to write instead."""

    file: str
    line: int
    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.instead}".rstrip()


class ExpectationsError(Exception):
    """The expectations cannot be used; `problems` lists every fault found, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass
class Document:
    """A YAML file as plain data, with the line of each part and the problems found in it."""

    path: Path
    data: Any
    node: yaml.Node | None
    problems: list[Problem] = field(default_factory=list)
    # The document from which `data` took the keys that this one does not say itself.
    extends: Document | None = None

    def line(self, place: Iterable[str | int]) -> int:
        """Line (from 1) of the part at `place`, or of its nearest parent that exists."""
        node = self.node
        line = node.start_mark.line + 1 if node else 1
        for step in place:
            if isinstance(node, yaml.MappingNode):
                pairs = [(key, value) for key, value in node.value if key.value == str(step)]
                if not pairs:
                    break
                line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def complain(self, place: Iterable[str | int], what: str, instead: str = "") -> None:
        """Note a problem at `place`: of the document which says that part."""
        place = list(place)
        said_by = self
        if self.extends is not None and place and not self._says(place[0]):
            said_by = self.extends
        file = f"{said_by.path.parent.name}/{said_by.path.name}"
        self.problems.append(Problem(file, said_by.line(place), what, instead))

    def _says(self, key: str | int) -> bool:
        pairs = self.node.value if isinstance(self.node, yaml.MappingNode) else []
        return any(name.value == key for name, _ in pairs)


def load_document(path: Path) -> Document:
    """Load one YAML file; a file that is no YAML gives a document with a problem and no data."""
    document = Document(path, None, None)
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        document.node = loader.get_single_node()
        document.data = None if document.node is None else loader.construct_document(document.node)
    except FileNotFoundError:
        document.complain([], "The file is missing.", "See CONTRIBUTING.md for what the folder holds.")
    except UnicodeDecodeError:
        document.complain([], "The file is not in UTF-8.", "Save it in the encoding UTF-8.")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        document.problems.append(
            Problem(
                f"{path.parent.name}/{path.name}",
                mark.line + 1 if mark else 1,
                f"This is not readable YAML ({getattr(error, 'problem', 'syntax error')}).",
                "Check the indentation, the colons and the quotes around texts with a colon.",
            )
        )
    else:
        if document.data is None:
            document.complain([], "The file is empty.", "Write it, or remove the file.")
        _refuse_repeated_keys(document, document.node)
    return document


def _refuse_repeated_keys(document: Document, node: yaml.Node | None) -> None:
    """YAML lets the last of two equal keys win in silence."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                place = f"{document.path.parent.name}/{document.path.name}"
                what = f"'{key.value}' stands here for the second time."
                document.problems.append(Problem(place, key.start_mark.line + 1, what, "Keep one of the two."))
            seen.add(key.value)
            _refuse_repeated_keys(document, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(document, item)


def check_schema(document: Document, validator: Validator) -> None:
    """Note every violation of a JSON schema, in the words of the schema's `instead` where it has them."""
    for error in sorted(validator.iter_errors(document.data), key=lambda e: [str(step) for step in e.absolute_path]):
        place = list(error.absolute_path)
        schema: Any = error.schema
        if error.validator == "additionalProperties":
            known = schema.get("properties", {})
            instance: Any = error.instance
            for name in sorted(set(instance) - set(known), key=str):
                document.complain([*place, name], f"'{name}' is not known here.", did_you_mean(name, known))
        elif error.validator == "unevaluatedProperties":
            document.complain(place, error.message.rstrip(".") + ".", _nearest_known(error.instance, validator.schema))
        else:
            document.complain(place, error.message.rstrip(".") + ".", schema.get("instead", ""))
    document.problems = list(dict.fromkeys(document.problems))


def _nearest_known(instance: Any, schema: Any) -> str:
    """Of a standard's schema, which tells only that a key is not allowed: the nearest key that it knows anywhere."""
    known: set[str] = set()
    parts = [schema]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            known.update(part.get("properties", {}))
        parts += part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    unknown = [str(name) for name in instance if name not in known]
    near = [match for name in unknown for match in difflib.get_close_matches(name, known, n=1)]
    return " ".join(f"Did you mean '{name}'?" for name in near)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy: the nearest known word, or all of them."""
    known = sorted(known)
    near = difflib.get_close_matches(str(word), known, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Write one of: {', '.join(known)}."
