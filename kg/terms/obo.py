"""Mondo and other OBO files, read as a stream of stanzas.

Format: https://owlcollab.github.io/oboformat/doc/obo-syntax.html (OBO 1.4), and what older files hold: synonyms
without a scope, ``exact_synonym:`` and its like, ``xref_analog:``, ``use_term:``. Clauses that say nothing about
names, hierarchy, status and mappings (definitions, subsets, relationships, ...) are passed over; no clause is read
to its end that a term does not need, which makes the reader several times faster than one that keeps everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.curies import known_prefix
from kg.errors import TermsError
from kg.model import Mapping, Term
from kg.terms.ontology_terms import Assembly, Clause, Frame
from kg.terms.ontology_words import Header, header, identifier, meaning
from kg.terms.reading import Problems, open_bytes, read_lines

_HEADER_TAGS: Final = frozenset({
    "format-version", "data-version", "ontology", "default-namespace", "version", "date", "saved-by",
    "auto-generated-by", "subsetdef", "synonymtypedef", "idspace", "import", "remark",
})  # fmt: skip
_STANZAS: Final = frozenset({"Term", "Typedef", "Instance"})
_SCOPES: Final = {"EXACT": "exact", "NARROW": "narrow", "BROAD": "broad", "RELATED": "related"}
_OLD_SYNONYMS: Final = {
    "exact_synonym": "exact", "narrow_synonym": "narrow", "broad_synonym": "broad", "related_synonym": "related",
}  # fmt: skip
_XREFS: Final = frozenset({"xref", "xref_analog", "xref_unk"})
_KINDS: Final = {
    "is_a": "parent", "alt_id": "alternative", "replaced_by": "replaced_by", "consider": "consider",
    "use_term": "consider", "equivalent_to": "equivalent",
}  # fmt: skip
# Clauses of a term that say nothing about names, hierarchy, status and mappings.
_PASSED_OVER: Final = frozenset({
    "is_anonymous", "namespace", "def", "comment", "subset", "builtin", "intersection_of", "union_of",
    "disjoint_from", "relationship", "created_by", "creation_date", "instance_of",
})  # fmt: skip
# The clauses that make up most of a file, in their plain form: no escapes, at most one qualifier.
_PLAIN: Final = re.compile(
    r'synonym: "([^"\\]+)" (EXACT|NARROW|BROAD|RELATED) [^{!]*\Z'
    r'|xref: ([^\s\\]+)(?: \{source="([^\s"\\]*)"\})?\Z'
    r"|is_a: ([^\s\\]+) !"
    r"|name: ([^\\{!]+)\Z"
)
_TAG: Final = re.compile(r"[A-Za-z_][\w-]*")
_STANZA: Final = re.compile(r"\[(\w+)\]\s*(?:!.*)?\Z")
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_SYNONYM: Final = re.compile(rf"({_QUOTED})\s*([A-Z]*)")
_PROPERTY: Final = re.compile(rf"(\S+)\s+({_QUOTED}|\S+)(.*)\Z")
_QUALIFIER: Final = rf"[^\s=,{{}}]+\s*=\s*(?:{_QUOTED}|[^\s,{{}}]+)"
_QUALIFIERS: Final = re.compile(rf"\{{\s*(?:{_QUALIFIER}\s*(?:,\s*{_QUALIFIER}\s*)*)?\}}")
_SOURCE: Final = re.compile(rf'(?:oboInOwl:|oio:)?source\s*=\s*({_QUOTED}|[^\s,{{}}"]+)')
_COMMENT: Final = re.compile(r"(?<!\\)(?:\s|\A)!.*\Z")
_OPEN_BRACE: Final = re.compile(r"(?<!\\)\{")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "W": " "}


def read_version(path: Path) -> str:
    """Return the ``data-version`` of an OBO file, "" where the header has none.

    Raises:
        TermsError: if the file cannot be read.
    """
    return read_header(path).version


def read_header(path: Path) -> Header:
    """Return the identifier and release that an OBO file names, each "" where it has none.

    Raises:
        TermsError: if the file cannot be read.
    """
    found: dict[str, str] = {}
    for _, line in read_lines(path, Problems("", path.name)):
        if line.startswith("["):
            break
        tag, _, value = line.partition(":")
        found.setdefault(tag.strip(), _plain(value)[0])
    return header(found.get("ontology", ""), found.get("data-version", "") or found.get("version", ""))


def read_terms(path: Path, problems: Problems) -> Iterator[Term | Mapping]:
    """Yield the mappings of an OBO file as they come; then its terms, in its order; alternative identifiers last.

    Args:
        path: the file, plain or gzip.
        problems: the account. Its records are the ``[Term]`` stanzas. Dropped are those without identifier
            (``no-id``, ``unknown-prefix``), repeated (``duplicate-id``), or cut by the end of a damaged file
            (``cut-short``).

    Raises:
        TermsError: if the file cannot be read, or is no OBO file.
    """
    assembly = Assembly(problems, read_header(path))
    reader = _Reader(problems)
    last: list[tuple[int, str]] = []
    for stanza in reader.stanzas(read_lines(path, problems)):
        if last:
            yield from reader.add(last, assembly)
        last = stanza
    if not reader.known:
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
    """Cuts lines into stanzas, and stanzas into clauses."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.known = False
        self.unknown_tags: dict[str, tuple[int, int]] = {}

    def stanzas(self, lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
        """Yield the lines of each ``[Term]`` stanza with their numbers, the stanza's first line among them."""
        body: list[tuple[int, str]] | None = None
        in_header = True
        joined, begun = "", 0
        for number, line in lines:
            if joined or line.endswith("\\"):
                # An odd number of backslashes at the end of a line continues it.
                text = joined + line
                begun = begun or number
                if (len(line) - len(line.rstrip("\\"))) % 2:
                    joined = text[:-1] + " "
                    continue
                number, line, joined, begun = begun, text, "", 0  # noqa: PLW2901
            if not line or line.isspace() or line[0] == "!":
                continue
            if line[0] == "[" and (match := _STANZA.match(line)):
                if body:
                    yield body
                in_header, body = False, None
                if match[1] == "Term":
                    self.known, body = True, [(number, line)]
                elif match[1] in _STANZAS:
                    self.known = True
                else:
                    self._problems.add("unknown-stanza", line, "the stanza is none of OBO 1.4", line=number)
            elif body is not None:
                body.append((number, line))
            elif in_header:
                self.known = self.known or line.partition(":")[0] in _HEADER_TAGS
        if joined and body is not None:
            body.append((begun, joined))
        if body:
            yield body

    def add(self, stanza: list[tuple[int, str]], assembly: Assembly) -> list[Mapping]:
        """Give a stanza to the assembly; return its mappings."""
        written = ""
        clauses: list[Clause] = []
        plain = _PLAIN.match
        for number, line in stanza[1:]:
            if match := plain(line):
                clauses.append(_plain_clause(match, number))
                continue
            tag, colon, value = line.partition(":")
            value = value.strip()
            if tag == "id" and value:
                if written:
                    self._problems.add("malformed-clause", line, "a second id in one stanza", line=number)
                else:
                    written = _plain(value)[0].split(" ", 1)[0]
            elif not (colon and value):
                self._problems.add("malformed-clause", line, "the line is no `tag: value` clause", line=number)
            else:
                try:
                    clause = _clause(tag, value, number)
                except KeyError:
                    self._odd(tag, line, number)
                except ValueError as error:
                    self._problems.add("malformed-clause", value, f"{error} ({written or 'no id'})", line=number)
                    if tag == "name":
                        clauses.append(("label", _unescaped(value), "", number))
                else:
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


def _plain_clause(match: re.Match[str], line: int) -> Clause:
    text, scope, target, source, parent, name = match.groups()
    if scope:
        return "synonym", text, _SCOPES[scope], line
    if target:
        return "xref", target, source or "", line
    return ("parent", parent, "", line) if parent else ("label", name, "", line)


def _clause(tag: str, value: str, line: int) -> Clause | None:
    """Return what a clause states, None where it is nothing that a term holds.

    Raises:
        KeyError: if the tag is not known.
        ValueError: if the value breaks the grammar.
    """
    if tag == "synonym":
        match = _SYNONYM.match(value)
        if match is None:
            raise ValueError("a synonym is malformed")
        # Without a scope a synonym is RELATED (OBO 1.2).
        return ("synonym", _unescaped(match[1][1:-1]), _SCOPES.get(match[2], "related"), line)
    if tag in _XREFS:
        target, _, rest = value.partition(" ")
        return ("xref", _unescaped(target), _sources(rest) if rest else "", line)
    if tag in _KINDS:
        return (_KINDS[tag], _unescaped(value.split(None, 1)[0]), "", line)
    if tag == "name":
        text, sound = _plain(value)
        if not sound:
            raise ValueError("a name holds an open brace; it is read as it stands")
        return ("label", text, "", line)
    if tag in _PASSED_OVER:
        return None
    if tag == "property_value":
        return _property(value, line)
    if tag == "is_obsolete":
        word = value.split(None, 1)[0].lower()
        if word not in {"true", "false"}:
            raise ValueError("is_obsolete is neither true nor false")
        return ("obsolete", "", "", line) if word == "true" else None
    scope = _OLD_SYNONYMS[tag]
    match = _SYNONYM.match(value)
    return ("synonym", _unescaped(match[1][1:-1] if match else value), scope, line)


def _property(value: str, line: int) -> Clause | None:
    match = _PROPERTY.match(value)
    if match is None:
        raise ValueError("a property_value has no value")
    found = meaning(_unescaped(match[1]))
    if found is None:
        return None
    kind, detail = found
    text = match[2]
    text = _unescaped(text[1:-1] if text.startswith('"') else text)
    if kind == "obsolete":
        return (kind, "", "", line) if text.lower() in {"true", "1"} else None
    if kind in {"match", "xref"} and (sources := _sources(match[3])):
        detail = f"{detail} {sources}".strip()
    return (kind, text, detail, line)


@lru_cache(maxsize=1 << 12)
def _sources(rest: str) -> str:
    """Return the values of the ``source`` qualifiers behind a value, with spaces between them."""
    if "{" not in rest:
        return ""
    found = (text[1:-1] if text.startswith('"') else text for text in _SOURCE.findall(rest[rest.index("{") :]))
    return " ".join("_".join(_unescaped(text).split()) for text in found)


def _plain(value: str) -> tuple[str, bool]:
    """Return a value without comment, qualifiers and escapes; and whether its braces are sound."""
    value = value.strip()
    sound = True
    if "!" in value:
        value = _COMMENT.sub("", value).rstrip()
    if "{" in value and (brace := _OPEN_BRACE.search(value)):
        if _QUALIFIERS.fullmatch(value, brace.start()):
            value = value[: brace.start()].rstrip()
        else:
            sound = False
    return _unescaped(value), sound


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text) if "\\" in text else text


def _not_obo(path: Path) -> str:
    with open_bytes(path, Problems("", path.name)) as file:
        start = file.read(1 << 10).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return f"{path} is empty, or nothing of it can be decompressed; fetch it again"
    if start.startswith(b"<"):
        what = "a web page (HTML)" if b"<html" in start.lower() else "XML"
        return f"{path} is no OBO file: it is {what}; fetch it again, from its owner"
    return f"{path} is no OBO file: it has neither header nor terms; name a file that begins with format-version:"


def _cut(path: Path, stanza: list[tuple[int, str]], problems: Problems) -> bool:
    """Tell whether the end of the file cuts its last stanza."""
    if any(problem.code == "damaged-gzip" for problem in problems.found):
        return True
    if _ends_with_newline(path):
        return False
    number, line = stanza[-1]
    tag, _, value = line.partition(":")
    value = value.strip()
    try:
        clause = _clause(tag, value, number) if value and tag != "id" else None
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


def _drop_cut(stanza: list[tuple[int, str]], problems: Problems) -> None:
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
