"""The decision which concept a mention means, with its confidence and its reasons.

`Linker.link` is the one way in. The steps, in order:

1. the forms of the mention are made (`kg.linking.matching.forms`): abbreviations of the document spelled out, words
   that the vocabulary treats as the same, compounds taken apart;
2. a form that is the name of one concept decides (rule ``name``; ``abbreviation`` where it is spelled out);
3. a mention of several things is taken apart (``composite``), if each part is a name;
4. else the names nearest to the forms are found and weighed (``ranked``);
5. a decision that is right less often than `Linker.least` of the time is none: the mention is not in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.linking.matching.alignment import align
from kg.linking.matching.composites import split_composite
from kg.linking.matching.confidence import Calibration
from kg.linking.matching.features import NAMES, PLACE, compare, squashed
from kg.linking.matching.forms import Form, forms_of
from kg.linking.matching.nametable import NameTable, Scored
from kg.linking.matching.ranker import score, shares
from kg.linking.matching.surroundings import NOWHERE, Surroundings
from kg.linking.matching.synonyms import Words
from kg.linking.matching.trained import Memory
from kg.linking.matching.weights import CALIBRATION, WEIGHTS

#: Names that a search brings, and names of a concept that are weighed.
SEARCHED: Final = 40
_WEIGHED: Final = 2
_BESIDES: Final = 0.1
#: The score of none of the candidates being right. A single candidate is sure only where it is good, too.
_NOTHING: Final = 1.0
# Searches that are kept: names come again and again.
_KEPT: Final = 50_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """A concept that a mention may mean.

    Attributes:
        curie: the concept.
        label: its preferred name.
        name: its name that is nearest to the mention.
        form: the form of the mention that is compared with the name.
        share: its probability among the candidates and none of them, between 0 and 1.
        features: what was weighed (`kg.linking.matching.features.NAMES`).
        score: the sum of the weighed features.
    """

    curie: str
    label: str
    name: str
    form: str
    share: float
    features: tuple[float, ...] = ()
    score: float = 0.0
    origin: str = "text"

    def spoken(self, weights: Sequence[float], count: int = 4) -> tuple[tuple[str, float], ...]:
        """Return the features that moved the score most, with by how much."""
        moved = [(name, weights[place] * self.features[place]) for place, name in enumerate(NAMES) if self.features]
        moved = [(name, value) for name, value in moved if value]
        return tuple(sorted(moved, key=lambda item: (-abs(item[1]), item[0]))[:count])


@dataclass(frozen=True, slots=True)
class Decision:
    """What a mention means.

    Attributes:
        concepts: identifiers, sorted; none where the vocabulary has nothing for it, several for a composite mention.
        rule: ``trained``, ``name``, ``abbreviation``, ``induced``, ``beside``, ``phrase``, ``reading``, ``form``, ``alike``,
            ``misspelt``, ``broader``, ``composite``, ``ranked`` or ``none`` (`rule_of`).
        confidence: how often a decision like this one is right, between 0 and 1.
        evidence: why, in words.
        candidates: what was weighed, the best first.
    """

    concepts: tuple[str, ...]
    rule: str
    confidence: float
    evidence: tuple[str, ...]
    candidates: tuple[Ranked, ...] = ()

    @property
    def runner_up(self) -> Ranked | None:
        """The best candidate that was not chosen; behind the best one, of which the evidence tells, where none was."""
        return next((c for c in self.candidates[not self.concepts :] if c.curie not in self.concepts), None)


class Linker:
    """Links mentions to the concepts of a vocabulary. The same mention in the same document has the same decision.

    Args:
        table: the names of the vocabulary.
        memory: what people linked before.
        weights: of the features; those that were learnt from ontologies without it.
        calibration: what a score is worth.
        least: the confidence below which a mention is called not in the vocabulary; or by rule, with "" for the others.
    """

    def __init__(
        self,
        table: NameTable,
        memory: Memory | None = None,
        *,
        weights: Sequence[float] = WEIGHTS,
        calibration: Calibration | None = None,
        least: float | Mapping[str, float] = 0.0,
    ) -> None:
        self.table = table
        self.memory = memory
        self.weights = tuple(weights)
        self.calibration = calibration or Calibration(CALIBRATION)
        self.least = least if isinstance(least, Mapping) else {"": least}
        #: How names are searched; `NameTable.search_all` gives the same and takes longer.
        self.search = table.search
        self._searched: dict[tuple[Words, int], list[Scored]] = {}
        self._parents = _parent_places(table)
        self._broad = frozenset(parent for parents in self._parents.values() for parent in parents)

    def link(self, text: str, surroundings: Surroundings = NOWHERE) -> Decision:
        """Decide which concept a mention means.

        Args:
            text: the mention as the document writes it.
            surroundings: its document.
        """
        return self._decide(text, surroundings)

    def explain(self, text: str, surroundings: Surroundings = NOWHERE) -> Decision:
        """Decide as `link` does, and name also the candidates that were not looked for, as a name decided.

        Args:
            text: the mention as the document writes it.
            surroundings: its document.
        """
        decision = self._decide(text, surroundings)
        if decision.runner_up or len(decision.concepts) != 1:
            return decision
        more = self.candidates(forms_of(text, surroundings, self.table.lexicon), surroundings, everything=True)
        chosen = [one for one in more if one.curie in decision.concepts]
        others = [one for one in more if one.curie not in decision.concepts]
        return replace(decision, candidates=(*(chosen or decision.candidates), *others))

    def _decide(self, text: str, surroundings: Surroundings) -> Decision:
        forms = forms_of(text, surroundings, self.table.lexicon)
        if not forms:
            return Decision((), "none", 0.0, ("the mention has no letter",))
        decision = self._several(forms, surroundings) or self._ranked(forms, surroundings)
        if decision.concepts and decision.confidence < self.least.get(decision.rule, self.least.get("", 0.0)):
            said = f"the best answer, {', '.join(decision.concepts)} by the rule {decision.rule!r}, is right too seldom"
            evidence = (said, *decision.evidence)
            return Decision((), "none", 1 - decision.confidence, evidence, decision.candidates)
        return decision

    def _several(self, forms: Sequence[Form], surroundings: Surroundings) -> Decision | None:
        """Return the decision on a mention of several things or of nothing, None where it is one thing."""
        but = surroundings.document
        for form in forms:
            if form.origin not in {"text", "abbreviation"}:
                continue
            if self.memory and (meanings := self.memory.meanings(form.key, but=but)):
                concepts, count = max(meanings.items(), key=lambda item: (item[1], item[0]))
                if len(concepts) == 1:
                    return None
                share = count / sum(meanings.values())
                said = self.memory.told(form.text, concepts, but=but)
                return Decision(concepts, "trained", self.calibration.of("trained", share), (said,))
            same = self.table.by_words.get(form.words, ())
            if self._bears(form, but) or any(self._known(name, but) for name in same):
                return None
        for form in forms[:1]:
            if not (ways := split_composite(form.text)) or self._held_whole(form):
                continue
            for parts in ways:
                found = [self._part(part, surroundings) for part in parts]
                if all(found):
                    chosen = tuple(sorted({one.curie for one in found if one}))
                    if len(chosen) > 1:
                        said = "; ".join(
                            f"{part!r} is {one.name!r} ({one.curie})"
                            for part, one in zip(parts, found, strict=True)
                            if one
                        )
                        lowest = min(one.share for one in found if one)
                        return Decision(
                            chosen,
                            "composite",
                            self.calibration.of("composite", lowest),
                            (said,),
                            tuple(filter(None, found)),
                        )
        return None

    def _held_whole(self, form: Form) -> bool:
        """Tell whether a name has all words of a mention and little besides: the name of one thing."""
        weight = self.table.lexicon.weight
        for _, name in self._search(form.words, SEARCHED)[:10]:
            aligned = align(form.words, self.table.words[name], self.table)
            if not aligned.left:
                words = self.table.words[name]
                if sum(weight(words[place]) for place in aligned.extra) <= _BESIDES * sum(map(weight, words)):
                    return True
        return False

    def _part(self, text: str, surroundings: Surroundings) -> Ranked | None:
        """Return what a part of a mention means, None where it is no name."""
        forms = forms_of(text, surroundings, self.table.lexicon)
        candidates = self.candidates(forms, surroundings)
        if not candidates:
            return None
        best = candidates[0]
        said = best.features
        whole = any(said[place] for place in (0, 1, 2, 3, PLACE["trained"]))
        return best if whole else None

    def _ranked(self, forms: Sequence[Form], surroundings: Surroundings) -> Decision:
        candidates = self.candidates(forms, surroundings)
        if not candidates:
            return Decision((), "none", 0.0, ("no name of the vocabulary has a word of it",))
        best = candidates[0]
        rule = rule_of(best)
        confidence = self.calibration.of(rule, best.share)
        evidence = [f"{best.form!r} against {best.name!r}, a name of {best.curie} ({best.label})"]
        if rule == "trained" and self.memory:
            evidence.insert(0, self.memory.told(best.form, (best.curie,), but=surroundings.document))
        evidence += [f"{name}: {value:+.2f}" for name, value in best.spoken(self.weights)]
        return Decision((best.curie,), rule, confidence, tuple(evidence), tuple(candidates))

    def candidates(
        self,
        forms: Sequence[Form],
        surroundings: Surroundings = NOWHERE,
        *,
        everything: bool = False,
    ) -> list[Ranked]:
        """Return the concepts that a mention may mean, the best first.

        Args:
            forms: its forms (`kg.linking.matching.forms.forms_of`).
            surroundings: its document.
            everything: look for what is alike also where a form is a name itself.
        """
        pairs = self._pairs(forms, surroundings, everything)
        best: dict[int, tuple[float, list[float], int, Form]] = {}
        counts: dict[int, int] = {}
        expanded = any(form.origin == "abbreviation" for form in forms)
        for concept, found in pairs.items():
            counts[concept] = len(found)
            found.sort(key=lambda pair: (-pair[0], pair[1]))
            for value, name, form in found[:_WEIGHED]:
                beside = expanded and form.origin == "text"
                features = compare(form, name, min(value, 1.0), self.table, beside)
                self._remember(features, form, concept, surroundings.document)
                total = score(self.weights, features)
                if concept not in best or total > best[concept][0]:
                    best[concept] = (total, features, name, form)
        self._beside_one_another(best, counts, surroundings)
        ranked = []
        for concept, (_, features, name, form) in best.items():
            ranked.append((score(self.weights, features), concept, features, name, form))
        ranked.sort(key=lambda row: (-round(row[0], 9), row[1]))
        chances = shares([row[0] for row in ranked], _NOTHING)
        concepts = self.table.vocabulary.concepts
        return [
            Ranked(
                concepts[place].curie,
                concepts[place].label,
                self.table.texts[name],
                form.text,
                share,
                tuple(features),
                total,
                form.origin,
            )
            for share, (total, place, features, name, form) in zip(chances, ranked, strict=True)
        ]

    def _pairs(
        self, forms: Sequence[Form], surroundings: Surroundings, everything: bool
    ) -> dict[int, list[tuple[float, int, Form]]]:
        table = self.table
        found: dict[tuple[int, str], tuple[float, int, Form]] = {}
        # Nothing is nearer than a name itself: what is merely alike is looked for where there is none, or to explain.
        first, document = forms[0], surroundings.document
        named = not everything and (self._bears(first, document) or self._same_words(first, document))
        if first.origin == "text":
            named = named or any(form.origin == "text" and self._bears(form, document) for form in forms[1:])
        for place, form in enumerate(forms):
            exact = {*table.by_key.get(form.key, ()), *table.by_words.get(form.words, ())}
            exact |= set(table.by_bag.get(tuple(sorted(form.words)), ()))
            exact |= set(table.by_letters.get(form.key.replace(" ", ""), ()))
            names = dict.fromkeys(exact, 2.0)
            if not named and place == 0:
                for value, name in self._search(form.words, SEARCHED):
                    names.setdefault(name, value)
            for name, value in names.items():
                if not self._known(name, document):
                    continue
                rank = 3.0 if table.keys[name] == form.key else value
                found[name, form.key] = (rank * form.near, name, form)
        pairs: dict[int, list[tuple[float, int, Form]]] = {}
        for pair in found.values():
            pairs.setdefault(table.concepts[pair[1]], []).append(pair)
        return pairs

    def _search(self, words: Words, limit: int) -> list[Scored]:
        found = self._searched.get((words, limit))
        if found is None:
            if len(self._searched) >= _KEPT:
                self._searched.clear()
            found = self._searched[words, limit] = self.search(words, limit)
        return found

    def _bears(self, form: Form, document: str) -> bool:
        """Tell whether a form is a name of a concept."""
        names = self.table.by_key.get(form.key, ())
        return any(self._known(name, document) for name in names)

    def _same_words(self, form: Form, document: str) -> bool:
        """Tell whether the words of a form, in their order, are a name of a concept: "lung tumors" where one is a lung tumor."""
        return any(self._known(name, document) for name in self.table.by_words.get(form.words, ()))

    def _known(self, name: int, document: str) -> bool:
        """Tell whether a name is an ontology's, or one that people linked in another document."""
        if self.table.kinds[name] != "trained":
            return True
        if self.memory is None:
            return False
        curie = self.table.vocabulary.concepts[self.table.concepts[name]].curie
        return (curie,) in self.memory.meanings(self.table.keys[name], but=document)

    def _remember(self, features: list[float], form: Form, concept: int, document: str) -> None:
        if self.memory is None:
            return
        curie = self.table.vocabulary.concepts[concept].curie
        meanings = self.memory.meanings(form.key, but=document)
        if meanings:
            count = meanings.get((curie,), 0)
            if count:
                features[PLACE["trained"]] = 1.0
                features[PLACE["trained, share"]] = count / sum(meanings.values())
                features[PLACE["trained, count"]] = squashed(count)
            else:
                features[PLACE["trained otherwise"]] = 1.0
        seen = self.memory.seen(curie, but=document)
        features[PLACE["prior"]] = squashed(seen)
        features[PLACE["never trained"]] = float(not seen)
        if not meanings and form.words:
            weight = self.table.lexicon.weight
            said = [self.memory.said(word, curie, but=document) for word in form.words]
            total = sum(map(weight, form.words)) or 1.0
            features[PLACE["words trained"]] = (
                sum(weight(word) * share for word, share in zip(form.words, said, strict=True)) / total
            )
            features[PLACE["words trained, head"]] = said[min(form.head, len(said) - 1)]

    def _beside_one_another(
        self,
        best: dict[int, tuple[float, list[float], int, Form]],
        counts: dict[int, int],
        surroundings: Surroundings,
    ) -> None:
        """Fill the features of a candidate that hang on the others and on the document."""
        exact = sum(1 for _, features, _, _ in best.values() if features[0])
        broader: set[int] = set()
        for concept, (_, features, _, _) in best.items():
            parents = [parent for parent in self._parents.get(concept, ()) if parent in best]
            if parents:
                features[PLACE["narrower than another"]] = 1.0
                broader.update(parents)
        for concept, (_, features, _, _) in best.items():
            curie = self.table.vocabulary.concepts[concept].curie
            features[PLACE["several concepts"]] = float(exact > 1 and bool(features[0]))
            features[PLACE["omim"]] = float(curie.startswith("OMIM:"))
            features[PLACE["supplementary"]] = float(curie.startswith("MESH:C"))
            features[PLACE["leaf"]] = float(concept not in self._broad)
            features[PLACE["broader than another"]] = float(concept in broader)
            features[PLACE["extra, broader"]] = float(concept in broader and features[PLACE["extra"]] > 0)
            features[PLACE["names that match"]] = squashed(counts[concept])
            if surroundings.keys:
                features[PLACE["elsewhere in the document"]] = float(
                    self._elsewhere(concept, best[concept][3].key, surroundings)
                )

    def _elsewhere(self, concept: int, key: str, surroundings: Surroundings) -> bool:
        """Tell whether another mention of the document is a name of a concept."""
        keys, document = self.table.keys, surroundings.document
        return any(
            keys[name] in surroundings.keys and keys[name] != key and self._known(name, document)
            for name in self.table.names[concept]
        )


def rule_of(best: Ranked) -> str:
    """Return the rule by which the first candidate stands there.

    ``trained``: people linked the name so. The same name, for the mention itself (``name``), spelled out
    (``abbreviation``), the name beside it (``beside``), or another reading (``phrase``, ``reading``, ``induced``).
    ``form``: the same words in another form; ``alike``: words that stand for one another or are spelled alike;
    ``misspelt``: a word that no name has differs in a letter or two.
    ``broader``: words of the mention are left over, the head is not. ``ranked``: the nearest, no more.
    """
    said = best.features
    if said[PLACE["trained"]]:
        return "trained"
    same = any(said[:4]) or bool(said[PLACE["same letters"]])
    if not same:
        # Words that the name has and the mention has not make it another thing; without such, it is a wider one.
        return "ranked" if said[PLACE["extra"]] or said[PLACE["head left over"]] else "broader"
    if best.origin in {"phrase", "reading", "induced", "beside"}:
        return best.origin
    if said[PLACE["same key"]]:
        return "abbreviation" if said[PLACE["expanded"]] else "name"
    if not said[PLACE["softness"]]:
        return "form"
    return "misspelt" if said[PLACE["misspelt"]] else "alike"


def _parent_places(table: NameTable) -> dict[int, tuple[int, ...]]:
    place = table.vocabulary.place
    found = {}
    for number, concept in enumerate(table.vocabulary.concepts):
        places = tuple(p for parent in concept.parents if (p := place(parent)) is not None)
        if places:
            found[number] = places
    return found
