"""SSSOM mapping tables: tab-separated rows below a commented block of metadata.

Format: https://mapping-commons.github.io/sssom/spec-formats-tsv/. The block is YAML; the flat keys and the
one map (``curie_map``) that mapping sets hold are read by hand, so that no YAML library is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.curies import compress, known_prefix, normalize
from kg.errors import TermsError
from kg.model import Mapping
from kg.terms.labels import curie_of
from kg.terms.reading import Problems, Rows, read_lines, split_tabs

_REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
# Slots that a mapping set may give once for all of its rows (SSSOM, "propagatable slots").
_PROPAGATED: Final = ("mapping_date",)
#: What the predicate of a mapping begins with that its set denies (``predicate_modifier`` Not).
DENIES: Final = "Not "
# The row says that a search found nothing: no mapping, and no fault.
_NO_TERM: Final = "sssom:NoTermFound"
# The mapping relations of SKOS (https://www.w3.org/TR/skos-reference/#mapping): written without prefix at times.
_RELATIONS: Final = frozenset(
    {"exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "mappingRelation"}
)
# A quoted scalar of YAML and what may stand behind it: nothing, or a comment.
_QUOTED: Final = re.compile(r"""(?:"((?:[^"\\]|\\.)*+)"|'((?:[^']|'')*+)')(?:\s*|\s+#.*)""")
_COMMENT: Final = re.compile(r"(?:^|\s)#")


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

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.sssom.tsv")
    ...     _ = path.write_text("# mapping_set_id: https://example.org/pairs\\n# mapping_set_version: 2026-05-05\\n")
    ...     metadata = read_metadata(path)
    >>> metadata.mapping_set_id, metadata.mapping_set_version
    ('https://example.org/pairs', '2026-05-05')
    """
    values: dict[str, str] = {}
    curie_map: dict[str, str] = {}
    inside = margin = ""
    for number, line in read_lines(path, Problems("", path.name)):
        if not line.strip():
            continue
        if not line.startswith("#"):
            break
        if number == 1 and line.startswith("# "):
            margin = " "
        text = line[1:].removeprefix(margin)
        key, colon, value = text.partition(":")
        if not colon or text.startswith(("#", "-")):
            continue
        if text[:1].isspace():
            if inside == "curie_map":
                curie_map[_scalar(key)] = _scalar(value)
            continue
        inside = _scalar(key)
        values[inside] = _scalar(value)
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
    identifier. A row that denies its mapping (``predicate_modifier`` Not) has a predicate that begins with `DENIES`,
    so that nothing takes it for a match; it is told as a problem as well.

    Args:
        path: the file, plain or gzip.
        problems: where malformed rows and identifiers that cannot be read are recorded.

    Raises:
        TermsError: if the file cannot be read or lacks a required column.

    >>> import tempfile
    >>> header = "subject_id\\tpredicate_id\\tobject_id\\tmapping_justification\\n"
    >>> row = "MONDO:0009807\\tskos:exactMatch\\tmesh:D012516\\tsemapv:ManualMappingCuration\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.sssom.tsv")
    ...     _ = path.write_text(header + row)
    ...     (mapping,) = read_mappings(path, Problems("pairs", path.name))
    >>> mapping.subject_id, mapping.predicate_id, mapping.object_id
    ('MONDO:0009807', 'skos:exactMatch', 'MESH:D012516')
    """
    metadata = read_metadata(path)
    inherited = {slot: metadata.values[slot] for slot in _PROPAGATED if metadata.values.get(slot)}
    columns: list[str] = []
    rows = Rows(path, problems)
    for number, line in rows:
        if not line.strip(" ") or (not columns and line.startswith("#")):
            continue
        cells = split_tabs(line)
        if not columns:
            columns = cells
            rows.begun = True
            if missing := [column for column in _REQUIRED if column not in columns]:
                raise TermsError(f"{path} lacks the SSSOM columns {', '.join(missing)}", value=missing)
            continue
        problems.begin()
        if line.startswith("#"):
            message = "a comment stands below the header, among the rows"
            problems.drop("malformed-row", line, message, line=number)
            continue
        if number == rows.unended and len(cells) < len(columns):
            problems.drop("cut-short", line, "the file ends within the row; it is left out", line=number)
            continue
        row = {**inherited, **{column: cell for column, cell in zip(columns, cells, strict=False) if cell}}
        if len(cells) > len(columns) or any(not row.get(column) for column in _REQUIRED):
            problems.drop("malformed-row", line, "the row does not fit its columns", line=number)
            continue
        modifier = row.get("predicate_modifier", "").casefold()
        if modifier not in {"", "not"}:
            problems.drop("malformed-row", line, "SSSOM knows no predicate modifier but Not", line=number)
            continue
        if _NO_TERM in {row["subject_id"], row["object_id"]}:
            problems.skip("no-term-found")
            continue
        predicate = _predicate(row["predicate_id"], metadata.curie_map)
        if predicate is None:
            message = "the predicate cannot be read as a CURIE"
            problems.drop("malformed-identifier", row["predicate_id"], message, line=number)
            continue
        ends = [_normalized(row[column], metadata.curie_map) for column in ("subject_id", "object_id")]
        subject, target = ends
        if subject is None or target is None:
            written = row["object_id"] if target is None else row["subject_id"]
            if known_prefix(_compact(written, metadata.curie_map)):
                problems.drop("malformed-identifier", written, "the identifier cannot be read as a CURIE", line=number)
            else:
                # Mapping sets span hundreds of vocabularies; those that casegraph does not know are no fault.
                problems.skip("unknown-prefix")
            continue
        if modifier:
            problems.add(
                "negated-mapping", line, "the row denies its mapping, and speaks against rows of it", line=number
            )
        yield Mapping(
            subject_id=subject,
            predicate_id=f"{DENIES}{predicate}" if modifier else predicate,
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
    """Normalise a CURIE or an IRI; a prefix of the file's own making is expanded by its map first."""
    if "://" in written:
        return curie_of(written) or normalize(_compact(written, curie_map))
    curie = normalize(written)
    prefix, _, local = written.partition(":")
    if curie is None and prefix in curie_map and not known_prefix(written):
        curie = normalize(compress(curie_map[prefix] + local))
    return curie


def _predicate(written: str, curie_map: dict[str, str]) -> str | None:
    """Return a predicate as a CURIE, None where it is none.

    >>> _predicate("exactMatch", {}), _predicate("http://www.w3.org/2004/02/skos/core#exactMatch", {})
    ('skos:exactMatch', 'skos:exactMatch')
    >>> _predicate("s:exactMatch", {"s": "http://www.w3.org/2004/02/skos/core#"}), _predicate("same", {})
    ('skos:exactMatch', None)
    """
    if written in _RELATIONS:
        return f"skos:{written}"
    if "://" in written:
        curie = _compact(written, curie_map)
        return None if "://" in curie else curie
    prefix, _, local = written.partition(":")
    if not prefix or not local:
        return None
    curie = compress(curie_map[prefix] + local) if prefix in curie_map else written
    return written if "://" in curie else curie


def _compact(written: str, curie_map: dict[str, str]) -> str:
    """Return an IRI as a CURIE of ours, else of the file's map, else as it is."""
    address = written.removeprefix("<").removesuffix(">")
    if (curie := compress(address)) != address or "://" not in address:
        return curie
    bases = [(len(base), prefix) for prefix, base in curie_map.items() if base and address.startswith(base)]
    if not bases:
        return address
    length, prefix = max(bases)
    return f"{prefix}:{address[length:]}"


def _scalar(text: str) -> str:
    """Return the value of a scalar of YAML, without quotes and comment.

    >>> _scalar(" 'it''s' # not"), _scalar("http://x#y # z"), _scalar(' "a # b"'), _scalar(" # none")
    ("it's", 'http://x#y', 'a # b', '')
    """
    text = text.strip()
    if quoted := _QUOTED.fullmatch(text):
        if quoted[1] is None:
            return quoted[2].replace("''", "'")
        return re.sub(r"\\(.)", r"\1", quoted[1])
    comment = _COMMENT.search(text)
    return text[: comment.start()].rstrip() if comment else text
