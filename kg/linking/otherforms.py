"""What a mention without an identifier means where no term bears its name: by what its document says that it stands for,
or by another form of its words.

Two rules, the first that fits decides. ``abbreviation``: the document defines the mention as a short form, and the long
form is a name. ``form``: the singular, the plural or the other spelling is a name ("lung tumours", where a term is called
lung tumor). Words that only mean much the same are no form: a tumor need not be a cancer. The plural of a substance is
none either: glutamate is one of the glutamates. Where the forms are names of several things none is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.linking.abbreviations import find_abbreviations
from kg.linking.checks import Observation
from kg.linking.context import Context, name_key, preference
from kg.linking.equivalence import Entities
from kg.linking.namesakes import named
from kg.linking.nearest import surroundings_of
from kg.linking.wordforms import american, plural, spellings
from kg.model import CHEMICAL, Candidate, Link, Mention
from kg.terms.keys import Hit

#: Rules of `spellings` that change no word for another one.
_OF_WORDS = frozenset({"number", "spelling"})
#: Shorter names have too many meanings.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A term that a mention means under another form of its name.

    Attributes:
        rule: ``abbreviation`` or ``form``; "" where nothing is meant.
        hit: the term, with the name by which it is meant; None where there is none, or several.
        reasons: why, or between what the forms do not decide.
    """

    rule: str = ""
    hit: Hit | None = None
    reasons: tuple[Observation, ...] = ()

    def told(self, link: Link) -> Link:
        """Return a link with how its term came up among the candidates."""
        if self.hit is None:
            return link
        hit = self.hit
        own = Candidate(hit.curie, hit.label, self.rule, hit.name)
        return replace(link, candidates=(own, *(c for c in link.candidates if c.term != hit.curie)))


def otherwise(mention: Mention, context: Context) -> Otherwise:
    """Return what a mention means under another form of its name.

    >>> from kg.model import DISEASE, Passage
    >>> from kg.terms.bundled import default_index
    >>> mention = Mention("m", "d", 1, "", DISEASE, "OSA", "", None)
    >>> text = (Passage("abstract", "Canine osteosarcoma (OSA) is seen. OSA spreads."),)
    >>> with default_index() as index:
    ...     found = otherwise(mention, Context.of(index, (mention,), passages=text))
    >>> found.rule, found.hit.curie
    ('abbreviation', 'MONDO:0009807')
    """
    if longer := list(_long_forms(mention, context)):
        told = f"the document says that {mention.text!r} stands for"
        if (found := _one(mention, context, longer, "abbreviation", told)).reasons:
            return found
        return _one(mention, context, (form for long in longer for form in _forms(long, mention.category)),
                    "abbreviation", told)  # fmt: skip
    if context.hits(mention):
        return Otherwise()
    return _one(mention, context, _forms(mention.text, mention.category), "form", f"a form of {mention.text!r} is")


def _long_forms(mention: Mention, context: Context) -> Iterator[str]:
    """Yield what the document says that a mention stands for, of a plural of a short form too."""
    text = mention.text
    for short in (text, text[:-1]) if text.endswith("s") and text[:-1].isupper() else (text,):
        found = {pair.long for passage in context.passages if "(" in passage.text
                 for pair in find_abbreviations(passage.text) if pair.short == short}  # fmt: skip
        if long := surroundings_of(mention, context).abbreviations.get(short):
            found.add(long)
        yield from sorted(found)


def _forms(text: str, category: str) -> Iterator[str]:
    """Yield the names that differ from a text by number or spelling."""
    words = name_key(text).split()
    # Of a short form, letters are no ending.
    if not words or text[:-1].isupper():
        return
    last = words[-1]
    for name, rule in spellings(words):
        if rule not in _OF_WORDS or len(name) < _SHORTEST:
            continue
        end = name.rpartition(" ")[2]
        if category != CHEMICAL or end not in {plural(last), plural(american(last))}:
            yield name


def _one(mention: Mention, context: Context, names: Iterable[str], rule: str, told: str) -> Otherwise:
    """Return the one thing that names stand for."""
    found: dict[str, Hit] = {}
    for name in names:
        if hit := named(replace(mention, text=name), context).hit:
            found.setdefault(hit.curie, hit._replace(name=name))
    if not found:
        return Otherwise()
    ordered = sorted(found.values(), key=lambda hit: (preference(hit.curie, mention.category), hit.curie))
    entities = Entities(context.index)
    shown = " and ".join(f"{hit.name!r}, a name of {hit.curie} ({hit.label!r})" for hit in ordered)
    check = "abbreviation" if rule == "abbreviation" else "form"
    if len({entities.of(hit.curie).id for hit in ordered}) > 1:
        return Otherwise(reasons=(Observation(check, "against", f"{told} {shown}: which is meant is not told"),))
    best = ordered[0]
    return Otherwise(rule, best, (Observation(check, "other", f"{told} {shown}", best.curie),))
