"""The decision mention -> term, and the finding where the source's identifier does not hold.

The rules, in order; the first that fits decides. "Independent reasons" are observations of different
checks. Confidence is in words, by rule, and is no probability: ``high`` where two independent reasons
agree and none speaks against, ``medium`` where one does, ``low`` where reasons conflict or are missing.

1. no identifier: the one term that bears the name (`name`; `kg.linking.namesakes`), else what the document says that it
   stands for (`abbreviation`), or another form of its words (`form`; `kg.linking.otherforms`); in their place, where it is
   asked for, the nearest (`nearest: …`); a name that only terms of no kind bear is told;
2. unreadable or unknown identifier: the same, else the namesakes' mappings (`repaired`), else as asserted;
3. obsolete: the owner's one successor (`replaced-by`);
4. the asserted term bears the name, or nothing better is known: as asserted (`asserted`);
5. another term is spoken for by two independent reasons, or by its name while the asserted term is of the
   wrong kind or the wrong age: it is linked (`corrected`), the asserted one stays in the mention;
6. another term is spoken for by its name or another vocabulary alone: both stand (`ambiguous`);
7. another term is spoken for by a form of its name, or what an abbreviation stands for, alone: it is told, and the asserted
   term stays (`unconfirmed`).

Where the source gives several identifiers ("hepatic and renal failure", ``D017093|D051437``), the rules are asked of each
with the part of the name that it is of (`kg.linking.composites`); each but the first that is a current term of the kind has
a link of its own (`composite`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from kg.curies import known_prefix, prefix_of
from kg.linking.checks import Observation, look_beside, observe
from kg.linking.checks.lifestage import fitting, says_so
from kg.linking.checks.meanings import long_form
from kg.linking.checks.names import bears_name, kinship, stands_for
from kg.linking.checks.relatives import relation
from kg.linking.checks.salts import other_form
from kg.linking.composites import Part, parts_of
from kg.linking.context import KIND_OF_PREFIX, VOCABULARIES, Context, compatible, lookup_names, unique_hit
from kg.linking.equivalence import joined_entity, joined_term
from kg.linking.namesakes import Named, mapped_namesake, named
from kg.linking.nearest import nearest, nearest_links
from kg.linking.otherforms import Otherwise, otherwise
from kg.linking.outcomes import HARD, HINTS, finding_id, finding_of, link_of
from kg.model import Candidate, Confidence, Finding, Link, Mention, Reason, Severity, Term
from kg.terms.history import Step
from kg.terms.keys import Hit

#: Checks by which a term bears a name.
NAMING: Final = frozenset({"name", "form", "abbreviation"})
#: What the suggested term is to the asserted one -> code.
SPECIFICITY: Final = {"broader": "too-specific", "narrower": "too-general", "sibling": "sibling"}

#: Codes of findings that rest on what names say.
_BY_NAME: Final = frozenset({*SPECIFICITY.values(), "name-mismatch", "abbreviation-mismatch", "contradicts-vocabulary"})

Decision = tuple[tuple[Link, ...], tuple[Finding, ...]]


def decide(mention: Mention, context: Context) -> Decision:
    """Return the links and findings of a mention; two links where both terms stand.

    Args:
        mention: what the source asserted.
        context: its document and the index.

    Returns:
        At least one link (its term is None where nothing can be linked), and the findings.
    """
    links, findings = (_composite if mention.further else _decide_first)(mention, context)
    return links, (*findings, *_beside(mention, context))


def _beside(mention: Mention, context: Context) -> Iterator[Finding]:
    """Yield what is told of a mention besides the decision about it."""
    term = context.index.term(mention.asserted) if mention.asserted else None
    for doubt in look_beside(mention, term, context):
        yield finding_of(mention, doubt.code, doubt.severity, context, mention.asserted, doubt.suggested, doubt.message,
                       doubt.seen)  # fmt: skip


def decide_all(context: Context) -> Iterator[tuple[Mention, Decision]]:
    """Yield every mention of a document with its decision, in their order.

    Mentions that assert the same of the same name are decided once: all that a rule sees of them is equal.
    """
    known: dict[tuple[object, ...], Decision] = {}
    for mention in context.mentions:
        key = (mention.text, mention.category, mention.asserted, mention.asserted_as, mention.further)
        if (decision := known.get(key)) is None:
            known[key] = decision = decide(mention, context)
            yield mention, decision
        else:
            links, findings = decision
            yield (
                mention,
                (
                    tuple(_of(mention, link) for link in links),
                    tuple(
                        replace(f, id=finding_id(mention, f.code, f.asserted or ""), mention=mention.id)
                        for f in findings
                    ),
                ),
            )


def _of(mention: Mention, link: Link) -> Link:
    # As `replace` does it, which looks at every field's kind; half of all links come this way.
    return Link(
        mention.id, link.document, link.term, link.rule, link.verdict, link.confidence, link.reasons, link.candidates
    )


def _composite(mention: Mention, context: Context) -> Decision:
    """Return the decision on several identifiers: on each by the part of the name that it is of.

    The first one's link is as if it stood alone; each other one that is a current term of the kind has one of its own.
    Where the parts cannot be told the identifiers stay, and what their names say is an info.
    """
    links: list[Link] = []
    findings: list[Finding] = []
    for part in parts_of(mention, context):
        alone = replace(mention, text=part.text, asserted=part.curie, further=())
        its_links, its_findings = _decide_first(alone, context)
        for finding in its_findings:
            severity = finding.severity if part.told or finding.code not in _BY_NAME else "info"
            identity = finding_id(mention, finding.code, part.curie)
            findings.append(replace(finding, id=identity, text=mention.text, severity=severity))
        by_name = any(finding.code in _BY_NAME for finding in its_findings)
        if part.curie == mention.asserted and (part.told or not by_name):
            links += its_links
        elif (link := _composite_link(mention, part, its_links, context)) and link.term not in {o.term for o in links}:
            links.append(link)
    if not links:
        links += _decide_first(replace(mention, further=()), context)[0]
    return tuple(links), tuple(findings)


def _composite_link(mention: Mention, part: Part, told: Sequence[Link], context: Context) -> Link | None:
    """Return the link of one identifier of several, None where it is no current term of the kind."""
    term = context.index.term(part.curie) or joined_term(context.index, part.curie)
    if term is None or term.obsolete or not compatible(term.category, mention.category):
        return None
    confirmed = len(told) == 1 and told[0].verdict == "confirmed"
    verdict = "confirmed" if confirmed else told[0].verdict if told[0].verdict == "mismatch" else "unconfirmed"
    of = f", and {part.text!r} is its part" if part.told else ""
    text = f"the source gives {part.curie} ({term.label}) as one of {1 + len(mention.further)} that the name stands for{of}"
    rule = "asserted" if part.curie == mention.asserted else "composite"
    seen = [Observation("identifier", "for", text)]
    return link_of(mention, context, part.curie, rule, verdict, "medium" if confirmed else "low", seen)


def _decide_first(mention: Mention, context: Context) -> Decision:
    if mention.asserted is None:
        return _without_identifier(mention, context)
    term = context.index.term(mention.asserted)
    if term is None:
        return _not_in_index(mention, mention.asserted, context)
    if term.obsolete:
        return _obsolete(mention, term, context)
    return _known(mention, term, context)


def _known(mention: Mention, term: Term, context: Context) -> Decision:
    seen = observe(mention, term, context)
    if not compatible(term.category, mention.category):
        return _wrong_kind(mention, term, seen, context)
    if any(o.check in NAMING and o.stance == "for" for o in seen):
        return _named(mention, term, seen, context)
    suggestion = _suggestion(seen)
    form = other_form(mention, term, context) if suggestion else None
    if form and form[0].curie == suggestion and len({o.check for o in seen if o.suggests == suggestion}) == 1:
        # The salt of a compound, or its parent: the check of salts tells it, and in a case report they are one drug.
        return (link_of(mention, context, term.curie, "asserted", "unconfirmed", "medium", seen),), ()
    if suggestion is None:
        return _without_better(mention, term, seen, context)
    speaks_for = [o for o in seen if o.stance == "for"]
    against = [o for o in seen if o.stance == "against"]
    backing = [o for o in seen if o.suggests == suggestion]
    # The mismatch follows from the name being another's: it is told, and not counted as a reason of its own.
    independent = {o.check for o in backing if o.check not in HINTS} | {o.check for o in against if o.check in HARD}
    code = _code_of(term.curie, suggestion, backing, context)
    label = context.index.label(suggestion)
    message = f"{mention.text!r} is asserted as {term.curie} ({term.label}); {suggestion} ({label}) is meant"
    reasons = [*backing, *against]
    if code == "too-specific" and (fit := list(fitting(context.index, term.curie, context.ages, context.sexes))):
        # The source may know it of the patient: "breast cancer" of a man is breast cancer of men.
        return _fitted(
            mention, term, suggestion, [*seen, *(Observation("patient", "for", text) for text in fit)], context
        )
    if len(independent) >= 2 and not speaks_for:
        link = link_of(mention, context, suggestion, "corrected", "corrected", "high", seen)
        return (link,), (finding_of(mention, code, "error", context, term.curie, suggestion, message, reasons),)
    message = f"{mention.text!r} is asserted as {term.curie} ({term.label}); it may mean {suggestion} ({label})"
    # What is merely more alike is a hint: most of what the words of names suggest alone is wrong.
    alike = all(o.check == "relative" for o in backing)
    finding = finding_of(
        mention, code, "info" if alike else "warning", context, term.curie, suggestion, message, reasons
    )
    if not any(o.check in {"name", "vocabulary"} for o in backing):
        # A form of a name, or what is merely alike, is told and changes nothing.
        return (link_of(mention, context, term.curie, "asserted", "unconfirmed", "low", seen),), (finding,)
    links = tuple(
        link_of(mention, context, curie, rule, "ambiguous", "low", seen)
        for curie, rule in ((term.curie, "asserted"), (suggestion, "suggested"))
    )
    return links, (finding,)


def _fitted(mention: Mention, term: Term, broader: str, seen: Sequence[Observation], context: Context) -> Decision:
    """Return the decision on a term that is narrower than the name, in just what is known of the patient."""
    label = context.index.label(broader)
    message = f"{mention.text!r} is asserted as {term.curie} ({term.label}), which fits the patient; the name is that of {broader} ({label})"
    told = [o for o in seen if o.suggests == broader or o.stance == "against" or o.check == "patient"]
    finding = finding_of(mention, "too-specific", "info", context, term.curie, broader, message, told)
    if not any(o.check in {"name", "vocabulary"} for o in seen if o.suggests == broader):
        return (link_of(mention, context, term.curie, "asserted", "unconfirmed", "low", seen),), (finding,)
    links = tuple(
        link_of(mention, context, curie, rule, "ambiguous", "low", seen)
        for curie, rule in ((term.curie, "asserted"), (broader, "suggested"))
    )
    return links, (finding,)


def _named(mention: Mention, term: Term, seen: tuple[Observation, ...], context: Context) -> Decision:
    """Return the decision on a term that bears the name, or what the document says that it stands for."""
    hard = [o for o in seen if o.stance == "against" and o.check in HARD]
    others = [o for o in seen if o.stance == "other"]
    independent = {o.check for o in seen if o.stance == "for"}
    confidence: Confidence = "low" if hard or others else "high" if len(independent) > 1 else "medium"
    link = link_of(mention, context, term.curie, "asserted", "confirmed", confidence, seen)
    if not hard and not others:
        return (_close_match(mention, term, seen, context) or link,), ()
    code = "contradicts-vocabulary" if others else f"contradicts-{hard[0].check}"
    message = f"{term.curie} bears the name {mention.text!r}, yet: {'; '.join(o.statement for o in [*others, *hard])}"
    return (link,), (finding_of(mention, code, "info", context, term.curie, None, message, [*others, *hard]),)


def _without_better(mention: Mention, term: Term, seen: tuple[Observation, ...], context: Context) -> Decision:
    """Return the decision on a term that does not bear the name, where no other term is spoken for."""
    speaks_for = [o for o in seen if o.stance == "for"]
    against = [o for o in seen if o.stance == "against"]
    mapped = any(o.check == "vocabulary" for o in speaks_for)
    read = any(o.check == "reading" for o in speaks_for)
    kin = "same" if mapped else "qualified" if read else kinship(mention.text, term)
    verdict = "confirmed" if mapped else "unconfirmed" if kin else "mismatch"
    link = link_of(mention, context, term.curie, "asserted", verdict, "medium" if speaks_for else "low", seen)
    contradiction = next(
        (o for o in against if o.check == "vocabulary" or (o.check in HARD and not says_so(mention.text, o.check))),
        None,
    )
    if contradiction and not mapped:
        code = f"contradicts-{contradiction.check}"
        message = f"{mention.text!r} is asserted as {term.curie}, yet: {contradiction.statement}"
        return (link,), (finding_of(mention, code, "warning", context, term.curie, None, message, against),)
    if kin in {"same", "qualified"} and not any(o.check in HARD for o in against):
        return (link,), ()
    message = f"no name of {term.curie} ({term.label}) matches {mention.text!r}, and no better term is known"
    # That a name is not known says little: no ontology has all names.
    return (link,), (finding_of(mention, "name-mismatch", "info", context, term.curie, None, message, against),)


def _wrong_kind(mention: Mention, term: Term, seen: tuple[Observation, ...], context: Context) -> Decision:
    meant = named(mention, context)
    suggested = meant.hit.curie if meant.hit else mapped_namesake(mention, context)
    against = [o for o in seen if o.check == "kind"]
    message = against[0].statement
    against += meant.reasons(mention.text)
    rule, verdict = ("corrected", "corrected") if suggested else ("none", "wrong-kind")
    link = link_of(mention, context, suggested, rule, verdict, "high" if suggested else "low", tuple(against))
    return (link,), (finding_of(mention, "wrong-kind", "error", context, term.curie, suggested, message, against),)


def _obsolete(mention: Mention, term: Term, context: Context) -> Decision:
    successors = tuple(s for s in context.index.resolve(term.curie) if s != term.curie)
    status = context.index.status(term.curie)
    what = "is obsolete" if status in {"obsolete", "alternative"} else f"is no longer current ({status})"
    reasons = [Observation("obsolete", "against", f"{term.curie} ({term.label}) {what}")]
    hit = unique_hit(context.hits(mention, prefix_of(term.curie)))
    suggested = (
        successors[0]
        if len(successors) == 1
        else hit.curie
        if hit and (not successors or hit.curie in successors)
        else None
    )
    steps = context.index.steps(term.curie)
    reasons += [Observation("replaced-by", "other", _step(step, context), suggested) for step in steps if step.target]
    for other in term.consider:
        label = context.index.label(other)
        reasons.append(
            Observation("consider", "other", f"its owner advises to look at {other} ({label or 'not held'})")
        )
    if hit and hit.curie == suggested:
        reasons.append(Observation("name", "other", f"{mention.text!r} is a name of {hit.curie}", hit.curie))
    elif (
        suggested
        and (successor := context.index.term(suggested)) is not None
        and stands_for(context.index, mention.text, mention.category, successor)
    ):
        statement = f"{mention.text!r} is a form of a name of {suggested}"
        reasons.append(Observation("form", "other", statement, suggested))
    message = f"{term.curie} {what}" + (f"; use {suggested} ({context.index.label(suggested)})" if suggested else "")
    finding = finding_of(
        mention, "obsolete", "warning" if suggested else "error", context, term.curie, suggested, message, reasons
    )
    if suggested:
        # A step that rests on the name, and the name itself, are one witness.
        told = any(step.target and step.basis != "name" for step in steps)
        confidence: Confidence = "high" if told and hit and hit.curie == suggested else "medium"
        return (link_of(mention, context, suggested, "replaced-by", "obsolete", confidence, tuple(reasons)),), (
            finding,
        )
    return (link_of(mention, context, term.curie, "asserted", "obsolete", "low", tuple(reasons)),), (finding,)


def _step(step: Step, context: Context) -> str:
    label = context.index.label(step.target)
    return step.sentence() + (f" ({step.target} is {label!r})" if label else "")


def _not_in_index(mention: Mention, asserted: str, context: Context) -> Decision:
    prefix = prefix_of(asserted)
    kind = KIND_OF_PREFIX.get(prefix)
    if kind and not compatible(kind, mention.category):
        return _wrong_kind(mention, Term(asserted, kind, ()), (_kind_by_prefix(mention, asserted, kind),), context)
    release = context.index.source_of_prefix(prefix)
    if release is None and (same := joined_term(context.index, asserted)) is not None:
        return _by_mapping(mention, asserted, same, context)
    if release is None:
        seen = (Observation("identifier", "for", f"no ontology for {prefix} is loaded; taken as asserted"),)
        return (link_of(mention, context, asserted, "asserted", "unchecked", "medium", seen),), ()
    # A release that is held whole proves that the identifier does not exist; a part of it proves nothing.
    whole = context.index.holds_part(asserted)
    extent = "" if whole else f", of which this build has a part ({release.terms} terms)"
    reasons = [Observation("identifier", "against", f"{asserted} is not in {release.title} {release.version}{extent}")]
    hit = unique_hit(context.hits(mention, prefix))
    if hit is None and (long := long_form(mention, context)):
        hit = unique_hit(lookup_names(context.index, long, mention.category, prefix))
        told = f"the document says that {mention.text!r} stands for {long!r}"
        reasons += [Observation("abbreviation", "other", f"{told}, a name of {hit.curie}", hit.curie)] if hit else []
    elif hit:
        reasons.append(_bears_name(mention, hit))
    mapped = mapped_namesake(mention, context, prefix)
    if mapped:
        text = f"another identifier of {mention.text!r} in the document maps exactly to {mapped}"
        reasons.append(Observation("vocabulary", "other", text, mapped))
    suggested = None if hit and mapped and hit.curie != mapped else hit.curie if hit else mapped
    # Where only a part is held the name must be the label of a term of a vocabulary whose labels are unique, and another vocabulary must say the same.
    labelled = hit is not None and hit.scope == "label" and prefix == "MONDO"
    if suggested and (whole or (labelled and mapped)):
        message = f"{asserted} is not known; {suggested} ({context.index.label(suggested)}) bears the name"
        confidence: Confidence = "high" if hit and mapped else "medium"
        link = link_of(mention, context, suggested, "repaired", "unknown", confidence, tuple(reasons))
        severity: Severity = "error" if whole else "warning"
        return (link,), (
            finding_of(mention, "unknown-identifier", severity, context, asserted, suggested, message, reasons),
        )
    message = reasons[0].statement
    severity = "error" if whole else "info"
    code = "unknown-identifier" if whole else "unverified-identifier"
    link = link_of(mention, context, asserted, "asserted", "unknown" if whole else "unverified", "low", tuple(reasons))
    return (link,), (finding_of(mention, code, severity, context, asserted, suggested, message, reasons),)


def _by_mapping(mention: Mention, asserted: str, same: Term, context: Context) -> Decision:
    """Return the decision on an identifier that stands only in mappings, by the names of the term that they join with it.

    Where that term is what is meant the source's identifier is linked, which is the same node.
    """
    entity = joined_entity(context.index, asserted)
    rows, confidence = entity.chain(asserted) if entity else ((), 0.0)
    sets = ", ".join(dict.fromkeys(row.mapping_source for row in rows))
    told = f"{asserted} is {same.curie} ({same.label}) by exact mappings ({sets}; {confidence:g})"
    links, findings = _known(replace(mention, asserted=same.curie), same, context)
    by = Reason("mapping", told)
    return (
        tuple(
            replace(link, term=asserted if link.term == same.curie else link.term, reasons=(by, *link.reasons),
                    candidates=(Candidate(asserted, "", "asserted"), *link.candidates))
            for link in links
        ),
        tuple(
            replace(finding, asserted=asserted, message=f"{finding.message} ({told})", reasons=(by, *finding.reasons))
            for finding in findings
        ),
    )  # fmt: skip


def _bears_name(mention: Mention, hit: Hit) -> Observation:
    return Observation("name", "other", f"{mention.text!r} is a name of {hit.curie} ({hit.label!r})", hit.curie)


def _kind_by_prefix(mention: Mention, asserted: str, kind: str) -> Observation:
    have, want = (c.partition(":")[2] for c in (kind, mention.category))
    return Observation("kind", "against", f"{asserted} identifies a {have}, the source says {want}")


def _without_identifier(mention: Mention, context: Context) -> Decision:
    hits = context.hits(mention)
    # A short abbreviation has too many meanings to be linked by its name alone; it keeps its candidates.
    meant = named(mention, context) if len(mention.text) > 3 else Named()
    hit = meant.hit
    mapped = None if hit else mapped_namesake(mention, context)
    asked = not hit and not mapped and mention.category not in context.nearest
    other = otherwise(mention, context) if asked else Otherwise()
    suggested = hit.curie if hit else mapped or (other.hit.curie if other.hit else None)
    reasons: list[Observation] = []
    findings: tuple[Finding, ...] = ()
    if mention.asserted_as:
        code = "malformed-identifier" if known_prefix(mention.asserted_as) else "unknown-prefix"
        what = (
            "cannot be read as an identifier of its vocabulary"
            if code == "malformed-identifier"
            else "has a prefix that is not known"
        )
        reasons.append(Observation("identifier", "against", f"{mention.asserted_as!r} {what}"))
    if hit:
        reasons += meant.reasons(mention.text)
    elif mapped:
        reasons.append(
            Observation(
                "vocabulary", "other", f"the document identifies {mention.text!r} elsewhere as {mapped}", mapped
            )
        )
    elif other.hit:
        reasons += other.reasons
    elif meant.kindless:
        reasons.append(_of_no_kind(mention, meant.kindless))
    elif hits:
        reasons.append(Observation("name", "against", f"{len(hits)} terms bear the name and none is preferred"))
    else:
        reasons.append(Observation("name", "against", "no term of the loaded ontologies bears the name"))
    reasons += other.reasons if other.hit is None else ()
    if mention.asserted_as:
        message = reasons[0].statement
        findings = (finding_of(mention, code, "warning", context, None, suggested, message, reasons),)
    elif not suggested and meant.kindless:
        findings = (_kindless(mention, meant.kindless, context),)
    verdict = "unreadable" if mention.asserted_as else "not-asserted"
    if (decision := nearest(mention, context, named=suggested is not None)) is not None:
        return nearest_links(mention, verdict, decision, reasons), findings
    rule = "name" if hit else "namesake" if mapped else other.rule or "none"
    link = link_of(mention, context, suggested, rule, verdict, "medium" if suggested else "low", tuple(reasons))
    return (other.told(link),), findings


def _of_no_kind(mention: Mention, hits: Sequence[Hit]) -> Observation:
    kind = mention.category.partition(":")[2]
    shown = ", ".join(f"{hit.curie} ({hit.label})" for hit in hits[:3])
    return Observation(
        "kind", "against", f"{mention.text!r} is a name of {shown} alone, which the ontology calls no {kind}"
    )


def _kindless(mention: Mention, hits: Sequence[Hit], context: Context) -> Finding:
    """Return what is told of a mention without an identifier whose name is only that of something else."""
    seen = (_of_no_kind(mention, hits),)
    return finding_of(
        mention, "wrong-kind", "warning", context, None, None, f"{seen[0].statement}; it is not linked", seen
    )


def _suggestion(seen: Iterable[Observation]) -> str | None:
    """Return the term with the most checks behind it; None where there is none, or two on a par."""
    behind: dict[str, set[str]] = {}
    for observation in seen:
        if observation.suggests:
            behind.setdefault(observation.suggests, set()).add(observation.check)
    ranked = sorted(behind, key=lambda curie: (-len(behind[curie]), curie))
    if not ranked or (len(ranked) > 1 and len(behind[ranked[0]]) == len(behind[ranked[1]])):
        return None
    return ranked[0]


def _code_of(asserted: str, suggested: str, backing: list[Observation], context: Context) -> str:
    if all(o.check == "abbreviation" for o in backing):
        return "abbreviation-mismatch"
    if code := SPECIFICITY.get(relation(context.index, asserted, suggested)):
        return code
    return "contradicts-vocabulary" if all(o.check == "vocabulary" for o in backing) else "name-mismatch"


def _close_match(mention: Mention, term: Term, seen: tuple[Observation, ...], context: Context) -> Link | None:
    """Return a link to the preferred vocabulary's term, where the document gives it for the same name and a
    mapping calls the two close: several compounds under one heading, of which the document says which.
    """
    preferred = VOCABULARIES.get(mention.category, ("",))[0]
    if prefix_of(term.curie) == preferred:
        return None
    close = {
        row.object_id if row.subject_id == term.curie else row.subject_id
        for row in context.index.mappings(term.curie)
        if row.predicate_id == "skos:closeMatch"
    }
    given = {m.asserted for m in context.namesakes(mention) if m.asserted in close}
    chosen = given.pop() if len(given) == 1 else None
    other = context.index.term(chosen) if chosen else None
    if other is None or other.obsolete or prefix_of(other.curie) != preferred or not bears_name(other, mention.text):
        return None
    statement = (
        f"the document also gives {other.curie} for {mention.text!r}, which a mapping calls close to {term.curie}"
    )
    reasons = (*seen, Observation("vocabulary", "for", statement))
    return link_of(mention, context, other.curie, "close-match", "confirmed", "medium", reasons)
