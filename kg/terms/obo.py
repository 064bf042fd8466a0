"""Mondo and other OBO files, read as a stream of stanzas.

Format: https://owlcollab.github.io/oboformat/doc/obo-syntax.html (OBO 1.4). Clauses that say nothing about names,
hierarchy, status and mappings (definitions, subsets, relationships, ...) are passed over; no clause is read to its
end that a term does not need, which makes the reader several times faster than one that keeps everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.curies import known_prefix
from kg.errors import TermsError
from kg.model import Mapping, Term
from kg.terms.obo_clauses import PASSED_OVER, PLAIN, ClauseError, plain_clause, plain_value, read_clause
from kg.terms.obo_stanzas import Line, Stanzas, read_obo_lines
from kg.terms.ontology_terms import Assembly, Clause, Frame
from kg.terms.ontology_words import Header, header, identifier
from kg.terms.reading import Problems, open_bytes

_TAG: Final = re.compile(r"[A-Za-z_][\w-]*")


def read_header(path: Path) -> Header:
    """Return the identifier and release that an OBO file names, each "" where it has none.

    Raises:
        TermsError: if the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_text("data-version: 2026-05-05\\nontology: mondo\\n")
    ...     read_header(path)
    Header(identifier='mondo', version='2026-05-05')
    """
    found: dict[str, str] = {}
    for _, line in read_obo_lines(path, Problems("", path.name)):
        if line.lstrip().startswith("["):
            break
        tag, _, value = line.partition(":")
        found.setdefault(tag.strip(), plain_value(value)[0])
    return header(found.get("ontology", ""), found.get("data-version", "") or found.get("version", ""))


def read_terms(path: Path, problems: Problems) -> Iterator[Term | Mapping]:
    """Yield the mappings of an OBO file as they come; then its terms, in its order; alternative identifiers last.

    Args:
        path: the file, plain or gzip.
        problems: the account. Its records are the ``[Term]`` stanzas. Dropped are those without identifier
            (``no-id``, ``unknown-prefix``), repeated (``duplicate-id``), cut by the end of a damaged file
            (``cut-short``), and stanzas that do not say what they are (``unknown-stanza``).

    Raises:
        TermsError: if the file cannot be read, or is no OBO file.

    >>> import tempfile
    >>> text = "ontology: mondo\\n\\n[Term]\\nid: MONDO:0009807\\nname: osteosarcoma\\nxref: MESH:D012516\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_text(text)
    ...     mapping, term = read_terms(path, Problems("mondo", path.name))
    >>> term.curie, term.label, mapping.predicate_id, mapping.object_id
    ('MONDO:0009807', 'osteosarcoma', 'oboInOwl:hasDbXref', 'MESH:D012516')
    """
    assembly = Assembly(problems, read_header(path))
    reader = _Reader(problems)
    stanzas = Stanzas(problems)
    last: list[Line] = []
    for stanza in stanzas.terms(read_obo_lines(path, problems)):
        if last:
            yield from reader.add(last, assembly)
        last = stanza
    if not stanzas.known:
        raise TermsError(_not_obo(path), value=str(path))
    if last:
        if _cut(path, last, problems):
            _drop_cut(last, problems)
        else:
            yield from reader.add(last, assembly)
    for tag, (line, count) in reader.unknown_tags.items():
        message = f"the tag is none of OBO 1.4; it stands {count:,} times, here first"
        problems.add("unknown-tag", tag, message, line=line)
    yield from assembly.finish()


class _Reader:
    """Reads the clauses of stanzas."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.unknown_tags: dict[str, tuple[int, int]] = {}

    def add(self, stanza: list[Line], assembly: Assembly) -> list[Mapping]:
        """Give a stanza to the assembly; return its mappings."""
        written = ""
        clauses: list[Clause] = []
        plain = PLAIN.match
        for number, line in stanza[1:]:
            if match := plain(line):
                clauses.append(plain_clause(match, number))
                continue
            tag, colon, value = line.partition(":")
            tag, value = tag.rstrip(), value.strip()
            if tag == "id" and value:
                written = plain_value(value)[0].split(" ", 1)[0]
            elif not (colon and value):
                self._problems.add("malformed-clause", line, "the line is no `tag: value` clause", line=number)
            elif tag not in PASSED_OVER:
                clause = None
                try:
                    clause = read_clause(tag, value, number)
                except KeyError:
                    self._odd(tag, line, number)
                except ClauseError as error:
                    self._problems.add("malformed-clause", value, f"{error} ({written or 'no id'})", line=number)
                    clause = error.clause
                if clause:
                    clauses.append(clause)
        if not written:
            self._problems.begin()
            message = "the stanza has no id and is left out"
            self._problems.drop("no-id", stanza[0][1], message, line=stanza[0][0])
            return []
        return assembly.add(Frame(written, stanza[0][0] + 1, clauses))

    def _odd(self, tag: str, line: str, number: int) -> None:
        if _TAG.fullmatch(tag.strip()):
            first, count = self.unknown_tags.get(tag, (number, 0))
            self.unknown_tags[tag] = first, count + 1
        else:
            self._problems.add("malformed-clause", line, "the line is no `tag: value` clause", line=number)


def _not_obo(path: Path) -> str:
    with open_bytes(path, Problems("", path.name)) as file:
        start = file.read(1 << 10).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return f"{path} is empty, or nothing of it can be decompressed; fetch it again"
    if start.startswith(b"<"):
        what = "a web page (HTML)" if b"<html" in start.lower() else "XML"
        return f"{path} is no OBO file: it is {what}; fetch it again, from its owner"
    return f"{path} is no OBO file: it has neither header nor terms; name a file that begins with format-version:"


def _cut(path: Path, stanza: list[Line], problems: Problems) -> bool:
    """Tell whether the end of the file cuts its last stanza."""
    if any(problem.code == "damaged-gzip" for problem in problems.found):
        return True
    if _ends_with_newline(path):
        return False
    number, line = stanza[-1]
    tag, _, value = line.partition(":")
    value = value.strip()
    try:
        clause = read_clause(tag, value, number) if value and tag != "id" else None
    except (KeyError, ValueError):
        return True
    if not value or (tag == "id" and identifier(value) is None):
        return True
    names = clause is not None and clause[0] not in {"label", "synonym", "obsolete"}
    # What is cut may have lost a part of its identifier; a vocabulary that we do not know is no sign of it.
    if clause and names and identifier(clause[1]) is None and (clause[0] == "parent" or known_prefix(clause[1])):
        return True
    message = "the file does not end with a line end; if it was cut there, the last clause is incomplete"
    problems.add("no-final-newline", line, message, line=number)
    return False


def _drop_cut(stanza: list[Line], problems: Problems) -> None:
    value = next((line for _, line in stanza[1:] if line.startswith("id:")), stanza[0][1])
    problems.begin()
    message = "the end of the file cuts the stanza; it is left out"
    problems.drop("cut-short", value.removeprefix("id:").strip(), message, line=stanza[0][0])


def _ends_with_newline(path: Path) -> bool:
    last = b""
    with open_bytes(path, Problems("", path.name)) as file:
        while chunk := file.read(1 << 18):
            last = chunk
    return last.endswith((b"\n", b"\r", b"\n\0"))
