"""SSSOM mapping tables: tab-separated rows below a commented block of metadata.

Format: https://mapping-commons.github.io/sssom/spec-formats-tsv/. The block is YAML; the flat keys and the
one map (``curie_map``) that mapping sets hold are read by hand, so that no YAML library is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.curies import compress, known_prefix, normalize
from kg.errors import TermsError
from kg.model import Mapping
from kg.terms.reading import Problems, read_lines

_REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
# Slots that a mapping set may give once for all of its rows (SSSOM, "propagatable slots").
_PROPAGATED: Final = ("mapping_date",)
# The row says that a search found nothing: no mapping, and no fault.
_NO_TERM: Final = "sssom:NoTermFound"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata block of a mapping set.

    Attributes:
        mapping_set_id: identifier of the set, "" where it has none.
        mapping_set_version: its version.
        license: its licence.
        curie_map: prefix -> IRI base, as the file declares it.
        values: every other flat key.
    """

    mapping_set_id: str = ""
    mapping_set_version: str = ""
    license: str = ""
    curie_map: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


def read_metadata(path: Path) -> Metadata:
    """Return the metadata block of a SSSOM file.

    Raises:
        TermsError: if the file cannot be read.
    """
    values: dict[str, str] = {}
    curie_map: dict[str, str] = {}
    inside = ""
    for _, line in read_lines(path, Problems("", path.name)):
        if not line.startswith("#"):
            break
        text = line[1:].removeprefix(" ")
        key, colon, value = text.partition(":")
        if not colon:
            continue
        if text[:1].isspace():
            if inside == "curie_map":
                curie_map[_unquoted(key)] = _unquoted(value)
            continue
        inside = key.strip()
        values[inside] = _unquoted(value)
    values.pop("curie_map", None)
    return Metadata(
        mapping_set_id=values.pop("mapping_set_id", ""),
        mapping_set_version=values.pop("mapping_set_version", ""),
        license=values.pop("license", ""),
        curie_map=curie_map,
        values=values,
    )


def read_mappings(path: Path, problems: Problems) -> Iterator[Mapping]:
    """Yield the mappings of a SSSOM TSV file with normalised CURIEs.

    ``mapping_source`` of a row is its own where the file has that column, else the mapping set's
    identifier. A row that denies its mapping (``predicate_modifier`` Not) is a problem, not a mapping.

    Args:
        path: the file, plain or gzip.
        problems: where malformed rows and identifiers that cannot be read are recorded.

    Raises:
        TermsError: if the file cannot be read or lacks a required column.
    """
    metadata = read_metadata(path)
    inherited = {slot: metadata.values[slot] for slot in _PROPAGATED if metadata.values.get(slot)}
    columns: list[str] = []
    for number, line in read_lines(path, problems):
        if line.startswith("#") or not line:
            continue
        cells = line.split("\t")
        if not columns:
            columns = cells
            if missing := [column for column in _REQUIRED if column not in columns]:
                raise TermsError(f"{path} lacks the SSSOM columns {', '.join(missing)}", value=missing)
            continue
        problems.begin()
        row = {**inherited, **{column: cell for column, cell in zip(columns, cells, strict=False) if cell}}
        if len(cells) > len(columns) or any(not row.get(column) for column in _REQUIRED):
            problems.drop("malformed-row", line, "the row does not fit its columns", line=number)
            continue
        if row.get("predicate_modifier"):
            problems.drop("negated-mapping", line, "the row denies its mapping and is left out", line=number)
            continue
        if _NO_TERM in {row["subject_id"], row["object_id"]}:
            problems.skip("no-term-found")
            continue
        ends = [_normalized(row[column], metadata.curie_map) for column in ("subject_id", "object_id")]
        subject, target = ends
        if subject is None or target is None:
            written = row["object_id"] if target is None else row["subject_id"]
            if known_prefix(written):
                problems.drop("malformed-identifier", written, "the identifier cannot be read as a CURIE", line=number)
            else:
                # Mapping sets span hundreds of vocabularies; those that casegraph does not know are no fault.
                problems.skip("unknown-prefix")
            continue
        yield Mapping(
            subject_id=subject,
            predicate_id=row["predicate_id"],
            object_id=target,
            mapping_justification=row["mapping_justification"],
            mapping_source=row.get("mapping_source") or metadata.mapping_set_id or path.name,
            mapping_set_version=metadata.mapping_set_version,
            subject_label=row.get("subject_label", ""),
            object_label=row.get("object_label", ""),
            confidence=row.get("confidence", ""),
            author_id=row.get("author_id", ""),
            mapping_date=row.get("mapping_date", ""),
            comment=row.get("comment", ""),
            record=f"{path.name}:{number}",
        )
    if not columns:
        raise TermsError(f"{path} has no header row; it is no SSSOM table", value=str(path))


def _normalized(written: str, curie_map: dict[str, str]) -> str | None:
    """Normalise a CURIE; a prefix of the file's own making is expanded by its map first."""
    curie = normalize(written)
    prefix, _, local = written.partition(":")
    if curie is None and prefix in curie_map and not known_prefix(written):
        curie = normalize(compress(curie_map[prefix] + local))
    return curie


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text
