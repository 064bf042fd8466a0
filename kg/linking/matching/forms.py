"""What a mention may be written for: itself, its abbreviation spelled out, other words for the same, its parts.

Each form is looked for in the vocabulary; the decision weighs by which form a term was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.linking.matching.substances import chemical_readings
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.synonyms import Lexicon, Words
from kg.linking.matching.words import COMBINING, COMPOUND, head_place, words_of_key
from kg.linking.wordforms import nouns
from kg.terms.names import normalize_name


def _words(text: str) -> list[str]:
    return text.split()


#: Words that say that a part of the body is ill and no more. Where no name has them, the part's diseases are meant.
_HARM: Final = frozenset(
    _words("""
    injury damage dysfunction impairment toxicity disease lesion disturbance abnormality complication
    involvement problem effect manifestation symptom deterioration defect change trouble condition anomaly
    failure illness reaction toxic event compromise insult event
    """)
)
_NERVOUS: Final = frozenset(_words("""nerve neurologic neurological neuropathic axonal axon neuropathological"""))
#: The same of drugs in general.
_ADVERSE: Final = frozenset(
    _words("""
    toxicity toxic adverse effect side reaction drug related associated induced event toxicological medication
    unwanted undesirable untoward complication
    """)
)
_DRUG_HARM: Final = "drug related side effects and adverse reactions"
#: Words that say that a disease is inherited and no more, and those that say how.
_GENETIC: Final = frozenset(
    _words("""
    genetic hereditary inborn autosomal recessive dominant x linked single gene monogenic mendelian
    """)
)
_GENETIC_HEADS: Final = frozenset(_words("""disease defect abnormality anomaly condition syndrome trait"""))
#: Words that say that an organ does less than it should. What it then has is its insufficiency.
_LESS: Final = frozenset(
    _words("""
    decreased reduced decrease reduction loss impairment deterioration decline worsening fall low lower lowered lowering
    drop diminished
    """)
)
_MORE: Final = frozenset(_words("increased increase elevated elevation high higher raised rise raise"))
#: What is measured: what its rise is called, and its fall.
_MEASURED: Final = (
    (frozenset(("intraocular", "pressure")), "ocular hypertension", "ocular hypotension"),
    (frozenset(("blood", "pressure")), "hypertension", "hypotension"),
    (frozenset(("artery", "pressure")), "hypertension", "hypotension"),
    (frozenset(("heart", "rate")), "tachycardia", "bradycardia"),
)
_JOINING: Final = frozenset(("and", "or"))
# Behind a space: PGE(2) and Na(+) have theirs as a part of the name.
_PARENTHESIS: Final = re.compile(r"(?:\s+|^)\(([^()]*)\)")
_TOKEN: Final = re.compile(r"[\w/.-]*\w")


@dataclass(frozen=True, slots=True)
class Form:
    """A way to read a mention.

    Attributes:
        text: what is read.
        key: its normalised name.
        words: its words in shared spelling.
        head: the place of its head among them.
        origin: ``text``, ``abbreviation``, ``phrase``, ``reading``.
        near: how sure the reading is, 1 for the text itself.
    """

    text: str
    key: str
    words: Words
    head: int
    origin: str
    near: float = 1.0

    @property
    def joined(self) -> bool:
        """Whether it names several things side by side."""
        return not _JOINING.isdisjoint(self.key.split()) or "/" in self.text


def form_of(text: str, origin: str = "text", near: float = 1.0) -> Form:
    """Return the form of a text.

    >>> form_of("Carcinoma of the livers").words
    ('carcinoma', 'liver')
    """
    key = normalize_name(text)
    words = words_of_key(key) if key else ()
    return Form(text, key, words, min(head_place(key), max(len(words) - 1, 0)) if key else 0, origin, near)


def forms_of(text: str, surroundings: Surroundings, lexicon: Lexicon) -> list[Form]:
    """Return the forms of a mention, the surest first.

    Args:
        text: the mention.
        surroundings: its document.
        lexicon: what the vocabulary says of words.

    >>> document = Surroundings("PMID:1", {"CRC": "colorectal cancer"})
    >>> [form.text for form in forms_of("sporadic CRC", document, Lexicon({}, {}, 1.0, {}))]
    ['sporadic colorectal cancer', 'sporadic CRC']
    """
    found: dict[str, Form] = {}

    def add(form: Form) -> None:
        if form.key:
            found.setdefault(form.key, form)

    if (expanded := expand(text, surroundings.abbreviations)) != text:
        add(form_of(expanded, "abbreviation"))
    if (bare := _PARENTHESIS.sub(" ", text).strip()) and bare != text and "(" in text:
        add(form_of(bare))
    add(form_of(text))
    beside = [form_of(other, "beside", 0.9) for other in surroundings.beside.get(normalize_name(text), ())]
    for form in list(found.values())[:2]:
        for words, near in _rephrased(form.words, lexicon):
            add(_read(words, "phrase", near))
        for words, near in _readings(form):
            add(_read(words, "reading", near))
        for name, near in chemical_readings(form.text):
            add(_read(words_of_key(normalize_name(name)), "reading", near))
        if form.key in surroundings.induced or form.key.rstrip("s") in surroundings.induced:
            add(_read(("drug", "induced", *form.words), "induced", 1.0))
            if len(form.words) > 1 and form.words[-1] in {"damage", "toxicity"}:
                add(_read(("drug", "induced", *form.words[:-1], "injury"), "induced", 0.95))
    for form in beside:
        add(form)
    return list(found.values())


def expand(text: str, abbreviations: Mapping[str, str]) -> str:
    """Return a text with its document's abbreviations spelled out.

    A short form that stands behind its own long form is left out.

    >>> expand("DMD carriers", {"DMD": "Duchenne muscular dystrophy"})
    'Duchenne muscular dystrophy carriers'
    >>> expand("adenomatous polyposis coli (APC)", {"APC": "adenomatous polyposis coli"})
    'adenomatous polyposis coli'
    """
    if not abbreviations:
        return text

    def spelled(found: re.Match[str]) -> str:
        word = found.group()
        long = abbreviations.get(word)
        if long is None:
            # One and many: MDs where MD is defined, MD where MDs is.
            long = abbreviations.get(word[:-1] if word.endswith("s") else f"{word}s")
        return word if long is None else long

    def without(found: re.Match[str]) -> str:
        inner = found.group(1).strip()
        return "" if inner in abbreviations else found.group()

    return _TOKEN.sub(spelled, _PARENTHESIS.sub(without, text)).strip()


def _rephrased(words: Words, lexicon: Lexicon) -> Iterator[tuple[Words, float]]:
    """Yield the words with one run of them replaced by what the vocabulary has for it."""
    for size in (1, 2, 3):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            for other, near in sorted(lexicon.phrases.get(run, {}).items(), key=lambda item: (-item[1], item[0]))[:3]:
                yield (*words[:start], *other, *words[start + size :]), near


def _read(words: Words, origin: str, near: float) -> Form:
    key = " ".join(words)
    return Form(key, key, words, len(words) - 1, origin, near)


def _readings(form: Form) -> Iterator[tuple[Words, float]]:
    """Yield what a mention stands for by the rules of English and of medicine, where vocabularies say it in other words."""
    words = form.words
    if "induced" in words[1:]:
        # Which substance it was is rarely part of a name.
        place = words.index("induced", 1)
        rest = words[place + 1 :]
        if rest and words[place - 1 : place] != ("drug",):
            yield ("drug", "induced", *rest), 0.9
            yield rest, 0.8
    if len(words) == 1:
        for noun in nouns(form.key):
            yield words_of_key(noun), 0.9
    if set(words) <= _ADVERSE and not {"toxicity", "adverse", "side"}.isdisjoint(words):
        yield words_of_key(_DRUG_HARM), 0.8
    if len(words) > 1 and set(words) <= _GENETIC | _GENETIC_HEADS and not _GENETIC.isdisjoint(words):
        yield words_of_key("x linked genetic disease" if "linked" in words else "genetic disease"), 0.8
        yield words_of_key("genetic diseases x linked" if "linked" in words else "genetic diseases inborn"), 0.8
    if "function" in words and not _LESS.isdisjoint(words):
        organ = tuple(word for word in words if word != "function" and word not in _LESS)
        if len(organ) == 1:
            yield (*organ, "insufficiency"), 0.9
            yield (*organ, "dysfunction"), 0.7
    for measured, rise, fall in _MEASURED:
        if measured <= set(words):
            if not _MORE.isdisjoint(words):
                yield words_of_key(rise), 0.9
            elif not _LESS.isdisjoint(words):
                yield words_of_key(fall), 0.9
            break
    if len(words) == 1 and (found := COMPOUND.fullmatch(words[0])):
        part = tuple(COMBINING[found[1]].split())
        if found[2].startswith("tox"):
            yield ("drug", "induced", *part, "injury"), 0.8
        yield (*part, "disease"), 0.35 if found[2].startswith("tox") else 0.7
    elif len(words) > 1 and words[-1] in _HARM and not _HARM.issuperset(words):
        part = words[:-1]
        while part and part[-1] in _HARM:
            part = part[:-1]
        if len(part) == 1 and part[0] in _NERVOUS:
            part = ("nervous", "system")
        yield (*part, "disease"), 0.8
