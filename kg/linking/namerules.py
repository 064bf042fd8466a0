"""What a name of the term index means in plain text: the rules, each with its name.

A name in an index is no proof that the word in a text is meant so: "lead" is a metal and a verb, "disease" is the root
of a hierarchy, "ARSA" a gene and the disease that its loss causes. `NameRules.meaning` says what words mean, by the
first of these that finds a term:

- ``name``: a term bears the name;
- ``number``, ``spelling``: a term bears its other number ("skin tumours"), or its American spelling;
- ``alike``: a word is exchanged for one that means the same in names of diseases ("bladder neoplasm", "bladder cancer");
- ``adjective``: the word is the adjective of a disease's name ("hypertensive": "hypertension");
- ``harm``: harm of an organ, in one word or two ("nephropathy", "renal dysfunction": "kidney disease");
- ``eponym``: the name of people or places without "disease" or "syndrome" behind it ("Lesch-Nyhan");
- ``salt``: MeSH names the substance by its salt alone ("venlafaxine": "venlafaxine hydrochloride").

and what it must not mean, by the guards:

- ``generic``: the term is the head of everything ("disease", "drug"), or a word of every report ("death");
- ``everyday``: the word is an English word in nearly every text where it stands ("lead", "water"), and the name is no
  acronym; words of grammar and units are not even searched for;
- ``other kind``: the name is the label of a chemical, or of a term of another branch of MeSH (organs, organisms, people),
  and no more than a synonym of the disease;
- ``no substance``: what MeSH lists among the chemicals is a protein, a nucleic acid, a mixture, or what drugs do
  ("analgesic"); `Options.classes` lets them in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from kg.curies import prefix_of
from kg.linking.context import preference
from kg.linking.namewords import (
    DRUG_HARM,
    EPONYM_HEADS,
    EVERYDAY,
    FUNCTION_WORDS,
    GENERIC_CHEMICALS,
    GENERIC_DISEASES,
    GROUPS,
    HARM,
    HARM_ENDINGS,
    ORGANS,
    SALTS,
)  # fmt: skip
from kg.linking.wordforms import american, nouns, plural, singular, spellings
from kg.model import CHEMICAL, DISEASE, OTHER
from kg.terms.index import TermIndex
from kg.terms.keys import Hit

#: Branches of MeSH whose terms have a structure of their own: inorganic and organic compounds, rings, steroids,
#: amino acids.
_COMPOUNDS: Final = ("D01", "D02", "D03", "D04", "D12.125")
#: Carbohydrates, fatty acids, nucleosides and nucleotides, peptides: substances, unless `_MACROMOLECULES` has them too.
_SUBSTANCES: Final = ("D09", "D10.251", "D13.570", "D13.695", "D12.644")
_MACROMOLECULES: Final = ("D12.776", "D08", "D06", "D13.444")
#: Anatomy, organisms, techniques, and the branches of people, places and things.
_OTHER_KINDS: Final = tuple("ABEHIJKLMNVZ")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words mean.

    Attributes:
        name: the name of the index, as the index writes it.
        category: Biolink category.
        rule: the rule that found it.
        terms: the terms that bear it, the one of the preferred vocabulary first.
        acronym: whether the name is one in capitals, which a text may use for something else.
        code: whether it has no word of small letters, and is written with a capital.
    """

    name: str
    category: str
    rule: str
    terms: tuple[str, ...] = ()
    acronym: bool = False
    code: bool = False

    @property
    def unambiguous(self) -> bool:
        """Whether one term alone bears the name, in each vocabulary."""
        prefixes = [prefix_of(term) for term in self.terms]
        return len(set(prefixes)) == len(prefixes)


@dataclass(slots=True)
class NameRules:
    """Decides what names mean, by an index.

    Args:
        index: the term index.
        kinds: the categories that are looked for.
        classes: whether proteins, mixtures and classes of drugs are chemicals too.
    """

    index: TermIndex
    kinds: Collection[str] = (DISEASE, CHEMICAL)
    classes: bool = False
    _substances: dict[str, bool] = field(default_factory=dict)

    def meaning(self, words: list[str]) -> Meaning | None:
        """Return what normalised words mean, None where a guard speaks against it or no rule fits.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     rules = NameRules(index)
        ...     found = [rules.meaning(text.split()) for text in ("osteosarcomas", "disease", "hypertensive", "zyx")]
        >>> [(one.name, one.rule) if one else None for one in found]
        [('Osteosarcomas', 'name'), None, ('Hypertension', 'adjective'), None]
        """
        text = " ".join(words)
        if len(text) < 2 or text in GROUPS or text in FUNCTION_WORDS or text.isdigit():
            return None
        for form, rule in spellings(words):
            hits = [hit for hit in self.index.lookup(form) if not hit.obsolete]
            if hits:
                found = self._of(form, hits, rule)
                if found or rule == "name":
                    return found
        return None if text in EVERYDAY else next((found for found in self._derived(words) if found), None)

    def _derived(self, words: list[str]) -> Iterator[Meaning | None]:
        text = " ".join(words)
        if DISEASE in self.kinds:
            if len(words) == 1:
                for noun in nouns(text):
                    yield self._borne(noun, "adjective", DISEASE)
            for name in harm_names(words):
                yield self._borne(name, "harm", DISEASE)
            if len(words) > 1:
                for head in EPONYM_HEADS:
                    if (found := self._borne(f"{text} {head}", "eponym", DISEASE)) and is_eponym(found.name):
                        yield found
        if CHEMICAL in self.kinds and len(words[-1]) > 4 and words[-1].isalpha():
            for salt in SALTS:
                yield self._borne(f"{text} {salt}", "salt", CHEMICAL)

    def _borne(self, name: str, rule: str, category: str) -> Meaning | None:
        hits = [
            hit
            for hit in self.index.lookup(name)
            # "Compounds, Sodium" is another name turned round.
            if not hit.obsolete and hit.category == category and ", " not in hit.name
        ]
        found = self._of(name, hits, rule) if hits else None
        # What is derived from an acronym is no word.
        return found if found and not found.acronym else None

    def _of(self, form: str, hits: list[Hit], rule: str) -> Meaning | None:
        one = american(" ".join(singular(word) if word.isalpha() else word for word in form.split(" ")))
        for kind in (DISEASE, CHEMICAL):
            own = [hit for hit in hits if hit.category == kind]
            if kind not in self.kinds or not own:
                continue
            if kind == DISEASE:
                if {form, one} & GENERIC_DISEASES or self._other_kind(hits, own):
                    continue
            elif {form, one} & GENERIC_CHEMICALS or one in GROUPS or not (self.classes or self._are_substances(own)):
                continue
            # The vocabulary that names the node, where it has the name.
            own.sort(key=lambda hit: preference(hit.curie, kind))
            acronym = all(is_acronym(hit.name) for hit in own)
            if {form, one} & EVERYDAY and not acronym:
                continue
            terms = tuple(dict.fromkeys(hit.curie for hit in own))
            return Meaning(own[0].name, kind, rule, terms, acronym, is_code(own[0].name))
        return None

    def _other_kind(self, hits: list[Hit], own: list[Hit]) -> bool:
        """Tell whether the name is the label of something else, and of no disease."""
        if any(hit.scope == "label" for hit in own):
            return False
        for hit in hits:
            if hit.category == CHEMICAL and hit.scope == "label":
                return True
            term = self.index.term(hit.curie) if hit.category == OTHER and hit.scope == "label" else None
            if term and any(tree.startswith(_OTHER_KINDS) for tree in term.tree_numbers):
                return True
        return False

    def _are_substances(self, hits: list[Hit]) -> bool:
        """Tell whether a name is that of a substance: MeSH decides where it has the name, for it has classes."""
        told = [hit.curie for hit in hits if prefix_of(hit.curie) == "MESH"]
        return any(self._is_substance(curie) for curie in told) if told else True

    def _is_substance(self, curie: str) -> bool:
        known = self._substances.get(curie)
        if known is None:
            known = self._substances[curie] = is_substance(self._branches(curie))
        return known

    def _branches(self, curie: str) -> tuple[str, ...]:
        """Return the tree numbers of a MeSH term, those of its headings where it is a supplementary record."""
        term = self.index.term(curie)
        if term is None:
            return ()
        headings = [self.index.term(heading) for heading in term.mapped_to]
        return (*term.tree_numbers, *(tree for heading in headings if heading for tree in heading.tree_numbers))


def is_substance(trees: tuple[str, ...]) -> bool:
    """Tell by its MeSH tree numbers whether a chemical is a substance that is given or measured by itself.

    What has no tree number (a compound of PubChem) is one.

    >>> is_substance(("D02.455",)), is_substance(("D12.776.124",)), is_substance(("D27.505",)), is_substance(())
    (True, False, False, True)
    """
    if not trees or any(tree.startswith(_COMPOUNDS) for tree in trees):
        return True
    return any(tree.startswith(_SUBSTANCES) for tree in trees) and not any(
        tree.startswith(_MACROMOLECULES) for tree in trees
    )


def is_acronym(name: str) -> bool:
    """Tell whether a name is an acronym: short, and mostly capitals or digits.

    >>> [is_acronym(name) for name in ("AML", "G6PD", "HbS", "IL-2", "Gout", "5-FU", "NSCLC", "HELLP syndrome")]
    [True, True, True, True, False, True, True, False]
    """
    letters = [char for char in name if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return len(name) <= 7 and " " not in name and (capitals >= 2 or len(letters) < 2 or len(name) < 3)


def is_code(name: str) -> bool:
    """Tell whether a name is a code: no word of three letters or more but in capitals.

    >>> [is_code(name) for name in ("A 10", "SKF-525", "vitamin A")]
    [True, True, False]
    """
    return all(len(word) < 3 or word.isupper() for word in re.split(r"[^A-Za-z]+", name))


def harm_names(words: list[str]) -> Iterator[str]:
    """Yield the names of the disease of an organ that words say is harmed, the closest first.

    >>> list(harm_names(["renal", "dysfunction"])), list(harm_names(["hepatotoxicity"]))
    (['kidney disease'], ['drug induced liver injury', 'liver disease'])
    """
    if len(words) == 2:
        organ, harm = words
        if organ in ORGANS and singular(harm) in HARM:
            yield f"{ORGANS[organ]} disease"
    elif len(words) == 1:
        word = american(singular(words[0]))
        if word in DRUG_HARM:
            yield DRUG_HARM[word]
        for ending in HARM_ENDINGS:
            stem = word.removesuffix(ending)
            harmed = ORGANS.get(stem) or ORGANS.get(f"{stem}o")
            if stem != word and harmed:
                if ending.startswith("toxic"):
                    yield f"drug induced {harmed} injury"
                yield f"{harmed} disease"
                return


def harm_words() -> Iterator[str]:
    """Yield everything that `harm_names` has a name for, for the search.

    >>> "renal dysfunction" in set(harm_words()), "nephropathies" in set(harm_words())
    (True, True)
    """
    yield from (form for word in DRUG_HARM for form in (word, plural(word)))
    for organ in ORGANS:
        if organ.endswith("o"):
            stems = (organ, organ[:-1])
            for stem in stems:
                yield from (f"{stem}{ending}" for ending in ("toxicity", "toxicities", "toxic", "pathy", "pathies"))
        else:
            yield from (f"{organ} {harm}" for harm in sorted(HARM))


def without_salt(name: str) -> str:
    """Return the name of a salt without the word that says so, "" where there is none.

    >>> without_salt("venlafaxine hydrochloride"), without_salt("hydrochloride")
    ('venlafaxine', '')
    """
    base, _, last = name.rpartition(" ")
    return base if last in SALTS else ""


def is_eponym(name: str) -> bool:
    """Tell whether a name that ends in "disease" or "syndrome" is that of people or places.

    Two words or more before the head, of which one has a capital; a name in title case tells nothing.

    >>> [is_eponym(name) for name in ("Lesch-Nyhan syndrome", "von Willebrand disease", "Kidney Disease", "lung disease")]
    [True, True, False, False]
    """
    words = re.split(r"[\s-]+", name)
    named = any(len(word) > 2 and word.istitle() for word in words[:-1])
    return len(words) > 2 and words[-1].islower() and named
