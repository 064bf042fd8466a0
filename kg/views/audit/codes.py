"""What the codes of findings mean, in one sentence each; a code that is not here speaks for itself."""

from __future__ import annotations

from typing import Final

#: Code -> what is wrong where a finding has it.
MEANINGS: Final[dict[str, str]] = {
    "abbreviation-mismatch": "The document gives a long form of the abbreviation that the identifier's term is not.",
    "annotators-disagree": "Two sources annotate one place with another kind or another term of one vocabulary.",
    "co-mention-limit": "The document names so many entities that no co-mentions are drawn from it.",
    "contradicts-age": "The term is of another stage of life than the patient's.",
    "contradicts-sex": "The term is of another sex than the patient's.",
    "contradicts-vocabulary": "Another vocabulary's identifier of the same name in the document maps to another term.",
    "decision-not-applied": "A curator's decision was applied nowhere.",
    "decision-unreadable": "A row of the curators' file cannot be read.",
    "decisions-contradict": "Two decisions of curators about one mention differ; neither is applied.",
    "equivalence-conflict": "A mapping would make two terms of one vocabulary the same; it is left out.",
    "malformed-identifier": "The identifier has a known prefix and cannot be one of that vocabulary.",
    "name-mismatch": "No name of the identifier's term matches what the mention says.",
    "near-duplicate-case": "Cases of several documents may be one patient.",
    "obsolete": "The identifier's owner has withdrawn it.",
    "prefix-alias": "The identifier is written with another prefix or in other letters than its CURIE.",
    "relation-without-edge": "A relation that the source asserts makes no edge.",
    "salt-or-parent": "The identifier is of a salt and the name of its parent compound, or the other way round.",
    "several-identifiers": "One name has several identifiers of one vocabulary in the document.",
    "sibling": "The identifier is of a sibling of the term that the mention names.",
    "sources-disagree": "Sources of one document disagree about it.",
    "span-mismatch": "The mention's text does not stand where the source says.",
    "span-repaired": "The mention's offsets or text did not fit and were repaired.",
    "too-general": "The identifier is of a more general term than the mention.",
    "too-specific": "The identifier is of a more specific term than the mention.",
    "unknown-identifier": "The identifier is not in the ontology of its prefix.",
    "unknown-prefix": "The identifier's prefix is not known.",
    "unverified-identifier": "The identifier is not in the part of the ontology that the build had.",
    "wrong-kind": "The identifier is of another kind of thing than the mention.",
}


def meaning(code: str) -> str:
    """Return what a code means.

    >>> meaning("obsolete"), meaning("some-new-thing")
    ("The identifier's owner has withdrawn it.", 'Some new thing.')
    """
    return MEANINGS.get(code) or code.replace("-", " ").capitalize() + "."
