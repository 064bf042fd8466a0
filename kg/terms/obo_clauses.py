"""What one clause of an OBO stanza states.

Grammar: https://owlcollab.github.io/oboformat/doc/obo-syntax.html (OBO 1.4), and what older files hold: synonyms
without a scope, ``exact_synonym:`` and its like, ``xref_analog:``, ``use_term:``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kg.terms.ontology_terms import Clause
from kg.terms.ontology_words import meaning

_SCOPES: Final = {"EXACT": "exact", "NARROW": "narrow", "BROAD": "broad", "RELATED": "related"}
_OLD_SYNONYMS: Final = {
    "exact_synonym": "exact", "narrow_synonym": "narrow", "broad_synonym": "broad", "related_synonym": "related",
}  # fmt: skip
_XREFS: Final = frozenset({"xref", "xref_analog", "xref_unk"})
_KINDS: Final = {
    "is_a": "parent", "alt_id": "alternative", "replaced_by": "replaced_by", "consider": "consider",
    "use_term": "consider", "equivalent_to": "equivalent",
}  # fmt: skip
#: Clauses of a term that say nothing about names, hierarchy, status and mappings.
PASSED_OVER: Final = frozenset({
    "is_anonymous", "namespace", "def", "comment", "subset", "builtin", "intersection_of", "union_of",
    "disjoint_from", "relationship", "created_by", "creation_date", "instance_of",
})  # fmt: skip
#: The clauses that make up most of a file, in their plain form: no escapes, at most one qualifier.
PLAIN: Final = re.compile(
    r'synonym: "([^"\\]+)" (EXACT|NARROW|BROAD|RELATED) [^{!]*\Z'
    r'|xref: ([^\s\\{]+)(?: \{source="([^\s"\\]*)"\})?\Z'
    r"|is_a: ([^\s\\]+) !"
    r"|name: ([^\\{!]+)\Z"
)
_QUOTED: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SYNONYM: Final = re.compile(rf"({_QUOTED})\s*([^\s\[{{!]*)")
_TARGET: Final = re.compile(r"[^\s{]+")
_PROPERTY: Final = re.compile(rf"(\S+)\s+({_QUOTED}|\S+)(.*)\Z", re.DOTALL)
_QUALIFIER: Final = rf'([^\s=,{{}}"]++)\s*+=\s*+({_QUOTED}|[^\s,{{}}"]++)'
_ONE_QUALIFIER: Final = re.compile(_QUALIFIER)
_QUALIFIERS: Final = re.compile(rf"\{{\s*+(?:{_QUALIFIER}\s*+(?:,\s*+{_QUALIFIER}\s*+)*+)?+\}}")
_SOURCE: Final = frozenset({"source", "oboInOwl:source", "oio:source"})
# What a look for qualifiers must stop at: a quoted text, an escape, a quote that is not closed, a comment, a brace.
_MARK: Final = re.compile(rf'{_QUOTED}|\\.|"|(?<!\S)!|\{{', re.DOTALL)
_END: Final = re.compile(r"\s*(?:!|\Z)")
_COMMENT: Final = re.compile(r"(?<!\\)(?:\s|\A)!.*\Z", re.DOTALL)
_OPEN_BRACE: Final = re.compile(r"(?<!\\)\{")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "W": " "}


class ClauseError(ValueError):
    """A clause breaks the grammar.

    Attributes:
        clause: what it states nevertheless, None where that is nothing.
    """

    def __init__(self, message: str, clause: Clause | None = None) -> None:
        super().__init__(message)
        self.clause = clause


def plain_clause(match: re.Match[str], number: int) -> Clause:
    """Return what a whole line states that ``PLAIN`` matches.

    >>> plain_clause(PLAIN.match('xref: MESH:D012516 {source="MONDO:equivalentTo"}'), 7)
    ('xref', 'MESH:D012516', 'MONDO:equivalentTo', 7)
    """
    text, scope, target, source, parent, name = match.groups()
    if scope:
        return "synonym", text, _SCOPES[scope], number
    if target:
        return "xref", target, source or "", number
    return ("parent", parent, "", number) if parent else ("label", name, "", number)


def read_clause(tag: str, value: str, line: int) -> Clause | None:
    """Return what a clause states, None where it is nothing that a term holds.

    Args:
        tag: its tag.
        value: what follows the colon, not empty.
        line: its line.

    Raises:
        KeyError: if the tag is not known.
        ClauseError: if the value breaks the grammar.

    >>> read_clause("synonym", '"OS" EXACT ABBREVIATION []', 7)
    ('synonym', 'OS', 'exact', 7)
    """
    if tag == "synonym":
        return _synonym(value, line)
    if tag in _XREFS:
        target = _TARGET.match(value)
        if target is None:
            raise ClauseError("a cross-reference has no target")
        return _annotated("xref", unescaped(target[0]), "", value[target.end() :], line)
    if tag in _KINDS:
        return (_KINDS[tag], unescaped(value.split(None, 1)[0]), "", line)
    if tag == "name":
        text, sound = plain_value(value)
        if not sound:
            raise ClauseError("a name holds an open brace; it is read as it stands", ("label", text, "", line))
        return ("label", text, "", line)
    if tag in PASSED_OVER:
        return None
    if tag == "property_value":
        return _property(value, line)
    if tag == "is_obsolete":
        word = value.split(None, 1)[0].lower()
        if word not in {"true", "false"}:
            raise ClauseError("is_obsolete is neither true nor false")
        return ("obsolete", "", "", line) if word == "true" else None
    scope = _OLD_SYNONYMS[tag]
    match = _SYNONYM.match(value)
    return ("synonym", unescaped(match[1][1:-1] if match else value), scope, line)


def _synonym(value: str, line: int) -> Clause:
    match = _SYNONYM.match(value)
    if match is None:
        raise ClauseError("a synonym is malformed")
    text = unescaped(match[1][1:-1])
    # Without a scope a synonym is RELATED (OBO 1.2).
    scope = _SCOPES.get(match[2] or "RELATED")
    if scope is None:
        raise ClauseError(
            "the scope of a synonym is not known; it is read as RELATED", ("synonym", text, "related", line)
        )
    return ("synonym", text, scope, line)


def _property(value: str, line: int) -> Clause | None:
    match = _PROPERTY.match(value)
    if match is None:
        raise ClauseError("a property_value has no value")
    found = meaning(unescaped(match[1]))
    if found is None:
        return None
    kind, detail = found
    text = match[2]
    text = unescaped(text[1:-1] if text.startswith('"') else text)
    if kind == "obsolete":
        return (kind, "", "", line) if text.lower() in {"true", "1"} else None
    return _annotated(kind, text, detail, match[3], line) if kind in {"match", "xref"} else (kind, text, detail, line)


def _annotated(kind: str, target: str, detail: str, rest: str, line: int) -> Clause:
    codes, sound = source_codes(rest) if rest else ("", True)
    clause = (kind, target, f"{detail} {codes}".strip() if codes else detail, line)
    if not sound:
        raise ClauseError(f"the qualifiers of {target} are malformed; they are passed over", clause)
    return clause


@lru_cache(maxsize=1 << 12)
def source_codes(rest: str) -> tuple[str, bool]:
    """Return the ``source`` qualifiers behind a value, with spaces between them; and whether all is sound.

    Qualifiers are the block in braces at the end of a clause, outside of quotes and comments.

    >>> source_codes(' "a text" {source="DOID:4", source="MONDO:equivalentTo"} ! a comment')
    ('DOID:4 MONDO:equivalentTo', True)
    >>> source_codes(' ! {source="DOID:4"}'), source_codes(' "{source=DOID:4}"'), source_codes(" {source=")
    (('', True), ('', True), ('', False))
    """
    place = 0
    while mark := _MARK.search(rest, place):
        place = mark.end()
        if mark[0] == "!":
            break
        if mark[0] == '"':
            return "", False
        if mark[0] == "{":
            block = _QUALIFIERS.match(rest, mark.start())
            if block is None or not _END.match(rest, block.end()):
                return "", False
            texts = (value for name, value in _ONE_QUALIFIER.findall(block[0]) if name in _SOURCE)
            found = (text[1:-1] if text.startswith('"') else text for text in texts)
            return " ".join("_".join(unescaped(text).split()) for text in found), True
    return "", True


def plain_value(value: str) -> tuple[str, bool]:
    """Return a value without comment, qualifiers and escapes; and whether its braces are sound.

    >>> plain_value('disease {source="x"} ! said of it'), plain_value("open {brace")
    (('disease', True), ('open {brace', False))
    """
    value = value.strip()
    sound = True
    if "!" in value:
        value = _COMMENT.sub("", value).rstrip()
    if "{" in value and (brace := _OPEN_BRACE.search(value)):
        if _QUALIFIERS.fullmatch(value, brace.start()):
            value = value[: brace.start()].rstrip()
        else:
            sound = False
    return unescaped(value), sound


def unescaped(text: str) -> str:
    r"""Return a text without its escapes.

    >>> unescaped(r"a\, b \{c\}")
    'a, b {c}'
    """
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text) if "\\" in text else text
