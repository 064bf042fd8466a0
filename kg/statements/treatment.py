"""Which drug was given for which disease, with polarity and the sentence.

Each rule is a named pattern on the masked sentence, before or after the drug. A statement needs a rule:
a drug and a disease that merely share a sentence are a co-mention, nothing more. Where the sentence does
not name the disease, the title's one disease (or the document's one disease) is meant, and the method
says so (`received+title-disease`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from kg.model import APPLIED_TO_TREAT, CHEMICAL, DISEASE, Evidence
from kg.statements.cues import clause_bounds, is_background, is_family, is_hypothetical, is_past
from kg.statements.evidence import from_sentence
from kg.statements.indication import DOCUMENT, SENTENCE, SUSPECTED, WITHIN, tells_event, treated_diseases
from kg.statements.places import Place, Sentence, Story
from kg.statements.setting import is_cited, is_laboratory, is_of_samples, speaks_of_patient

# What may stand between a trigger and the drug: other drugs and therapies of a list, doses, short phrases,
# but no verb that begins another statement.
_GAP = (
    r"(?:(?!\b(?:developed|was|were|had|has|have|attributed|caused|due|induced|because|following|secondary|to\s+treat|despite|"
    r"without|instead|not|after|before|until|whom|who|which|that|made)\b)[^.;:()]|\([^()]*\)){0,90}"
)
_FORM = r"(?:[-\s](?:based|containing|targeted|alone|monotherapy|therapy|treatment|chemotherapy|\w+))*?"
_THERAPY = r"(?:(?:\s*[-–]\s*|\s+)(?:[\w-]+\s+){0,5}?)?"

# "Warfarin interaction in a man with gout" is about something else than giving the drug.
_NO_SUBJECT = (
    r"(?<!overdosage\s)(?<!interaction\s)(?<!interactions\s)(?<!monitoring\s)(?<!level\s)(?<!levels\s)(?<!toxicity\s)(?<!overdose\s)(?<!allergy\s)"
    r"(?<!hypersensitivity\s)(?<!exposure\s)(?<!resistance\s)(?<!poisoning\s)(?<!intoxication\s)(?<!withdrawal\s)(?<!concentrations\s)"
)


def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern}){_GAP}$", re.IGNORECASE)


def _after(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^{_THERAPY}(?:{pattern})", re.IGNORECASE)


#: (rule, reason, where, pattern): tried in order, the first that fits decides.
RULES: tuple[tuple[str, str, str, re.Pattern[str]], ...] = (
    ("no-response", "failed", "before", _before(
        r"(?:did\s+not|failed\s+to|does\s+not)\s+respond\s+to|respon(?:d|ded|se)\s+to\s+neither|no\s+response\s+of\s+[^.;:,]{1,40}\s+to|(?:no|without|poor|lack\s+of)\s+response\s+to|"
        r"(?:unresponsive|non-?responsive|not\s+responsive|refractory|resistant|resistance)\s+to|no\s+benefit\s+from")),
    ("progressed-on", "failed", "before", _before(
        r"(?:progress(?:ed|ion|ing|ive\s+disease)|relapsed?|recurred|worsen(?:ed|ing)|grew|recurrence)\s+(?:[\w-]+\s+){0,4}?"
        r"(?:on|despite|after|during|under|following|while\s+(?:on|receiving))")),
    ("failed", "failed", "before", _before(r"failed(?:\s+(?:treatment|therapy)\s+with)?|failure\s+of|despite(?:\s+treatment\s+with)?")),
    ("was-ineffective", "failed", "after", _after(
        r"(?:was|were|proved|proving)\s+(?:ineffective|unsuccessful|not\s+effective|of\s+no\s+benefit)|failed\b|"
        r"(?:had|showed|produced|brought)\s+no\s+(?:effect|response|benefit|improvement)|without\s+(?:response|benefit|effect|success)|"
        r"did\s+not\s+(?:help|control|work|halt|stop|prevent\s+progression|respond)")),
    ("not-given", "negated", "before", _before(
        r"(?:was|were|is)\s+(?:not|never)\s+(?:\w+\s+)?(?:treated\s+with|given|started\s+on|offered|administered)|"
        r"(?:did|had|has)\s+(?:not|never)\s+(?:\w+\s+)?(?:receiv\w+|tak\w+|been\s+(?:given|treated\s+with))|never\s+received|"
        r"(?:received|had)\s+no|without|instead\s+of|rather\s+than|declined|refused")),
    ("was-not-given", "negated", "after", _after(
        r"(?:was|were|had)\s+(?:not|never)\s+(?:been\s+)?(?:\w+\s+)?(?:given|administered|used|started|offered|available|prescribed)|"
        r"(?:was|were)\s+(?:withheld|declined|refused|contraindicated|avoided|omitted)")),
    ("treated-with", "stated", "before", _before(
        r"(?:treat(?:ed|ment|ing)?|manag(?:ed|ement|ing)|therap(?:y|ies)|controlled|salvaged|cured|healed)\s+(?:for\s+(?:[\w-]+\s+){0,3}⟦d+\s+)?(?:[\w-]+\s+){0,3}?(?:with|by|using|of|"
        r"comprising|consisting\s+of|including|was|consisted\s+of)")),
    ("received", "stated", "before", _before(
        r"receiv(?:ed|ing)|was\s+given|given|started(?:\s+on)?|began|begun|commenced(?:\s+on)?|initiated(?:\s+on)?|took|taking|prescribed|"
        r"switched\s+(?:to|from)|maintained\s+on|continued(?:\s+on)?|put\s+on|placed\s+on|administered|administration\s+of|"
        r"introduction\s+of|addition\s+of|course\s+of|courses\s+of|cycles\s+of|dose\s+of|doses\s+of|underwent")),
    ("response-to", "stated", "before", _before(
        r"(?<!in\s)(?<!⟦d\s)(?<!dd\s)response\s+(?:[\w-]+\s+){0,2}?to|responded\s+(?:[\w-]+\s+){0,2}?to|"
        r"(?:remission|response)\s+(?:of\s+(?:[\w-]+\s+){0,3}⟦d+\s+)?(?:with|on|after|under)|remission\s+to")),
    ("using", "stated", "before", _before(r"using|combin(?:ed|ation|ing)\s+(?:of|with)|plus|integrating|comprising|consisting\s+of")),
    ("was-given", "stated", "after", _after(
        r"(?:was|were)\s+(?:then\s+|subsequently\s+|also\s+|therefore\s+)?(?:started|given|administered|initiated|added|commenced|begun|"
        r"introduced|continued|prescribed|chosen|used|resumed|offered\s+and\s+accepted)")),
    ("was-effective", "stated", "after", _after(
        r"(?:was|were|proved)\s+(?:[\w-]+ly\s+)?(?:effective|successful|beneficial|well\s+tolerated)|"
        r"(?:led\s+to|resulted\s+in|achieved|induced|produced|yielded|brought|gave|controlled|stabili[sz]ed)\b")),
    ("considered", "hypothetical", "after", _after(
        r"(?:may|might|could|should|can|is|was)\s+(?:also\s+)?(?:be\s+)?(?:considered|planned|tried|an\s+option|worth)")),
    ("drug-for-disease", "stated", "after", _after(_NO_SUBJECT + r"(?:for|in|in\s+the\s+treatment\s+of|as\s+treatment\s+(?:for|of))\s+(?:[\w-]+\s+){0,4}?⟦d")),
)  # fmt: skip
# What is said of a drug that nobody is given for that: "the role of nicotine in heart disease".
_NO_USE = re.compile(
    r"\b(?:role\s+of|inappropriate\s+(?:use|treatment)\s+(?:of|with)|overdos(?:e|es|age)\s+of|measur\w+\s+of|levels?\s+of|concentrations?\s+of)\s+"
    r"(?:[\w-]+\s+){0,3}?(?:⟦c+\s*(?:,|and|or|,\s*and)\s+)*$",
    re.IGNORECASE,
)
# "Contraindication to receiving": it was not given for that, or not at all.
_BARRED = _before(r"contraindicat\w+\s+(?:to|for)|intoleran\w+\s+(?:to|of)|allerg\w+\s+to")
# The drug is a mark of the patient, and no step of the story: "a hypothyroid man taking simvastatin".
_ALREADY = _before(r"taking|receiving(?!\s+treatment\s+with)")
_RECEIVED = _before(
    r"received|(?:was|were|been)\s+(?:then\s+|also\s+)?(?:given|started\s+on|switched\s+to|maintained\s+on|put\s+on|placed\s+on|prescribed|administered)|"
    r"commenced(?:\s+on)?|started\s+on|switched\s+to|underwent|took"
)
# What a drug is given before: "developed fever after receiving it".
_AFTERWARDS = re.compile(
    r"\b(?:develop\w*|experienc\w+|suffer\w+|occur\w*|appeared|resulted|result|caused|complicat\w+|deteriorat\w+)\b[^.;]{0,140}?"
    r"\b(?:after|following|while|during|upon|since|under|within)\s+(?:(?!(?:and|was|were|he|she|who)\b)[\w-]+\s+){0,5}?(?:receiving|treatment|administration|taking|"
    r"therapy|doses?|courses?|infusions?)\b",
    re.IGNORECASE,
)
# Rules that need no more than a verb of giving; the others name the disease, or say nothing outside of a case.
_GIVING = frozenset({"treated-with", "received", "was-given", "not-given", "was-not-given", "failed"})
_ADVERSE_NEAR = re.compile(r"[-\s](?:induced|related|associated|triggered)\b", re.IGNORECASE)
_KIND = r"(?:[-\s](?:based|therapy|treatment|monotherapy|chemotherapy|alone|infusions?|injections?))*"
# A verb of the drug's own outweighs what an earlier phrase says of another drug: "after failure of a, b was started".
_OWN_VERB = re.compile(
    rf"^{_KIND}(?:(?:\s+plus\s+⟦c+{_KIND})*\s+(?:was|had\s+been)|(?:(?:\s*,\s*|\s+(?:and|plus)\s+|\s*,\s*and\s+)⟦c+{_KIND})*\s+(?:were|had\s+been))\s+"
    r"(?P<not>(?:not|never)\s+)?(?:then\s+|subsequently\s+|also\s+|therefore\s+|next\s+)?(?:started|given|administered|initiated|added|"
    r"commenced|begun|introduced|prescribed|resumed|tried|chosen)\b",
    re.IGNORECASE,
)
_NO_DRUG = re.compile(
    r"(?<!to\s)\b(?:no|neither|nor)\s+(?:(?!(?:response|effect|benefit|to)\b)[\w-]+\s+){0,2}(?:⟦c+\s+(?:or|nor|and)\s+)*$",
    re.IGNORECASE,
)
_NOR = re.compile(r"^\s+(?:nor|or)\s+⟦c+", re.IGNORECASE)
_LIST_BEFORE = re.compile(r"(?:⟦c+(?:\s*\([^()]*\))?\s*,\s*)+(?P<and>(?:and|or)\s+)?$")
_LIST_AFTER = re.compile(r"^\s*,?\s*(?:(?:and|or)\s|⟦c)")
# "After failure of a, b …": the comma ends the phrase.
_OPENS = re.compile(
    r"^\W*(?:and\s+|then\s+)?(?:after|following|upon|owing|due|because|since|given|as|when|despite|in\s+view)\b", re.I
)
_NO_EFFECT = re.compile(
    r"^(?:[^.;:,⟦]|,?\s+(?:and|or|plus)\s+⟦c+|\s*,\s*⟦c+(?=[^.;:]*\band\s+⟦c)){0,40}?\s*,?\s*(?:but\s+|yet\s+)?(?:without|with\s+no)\s+"
    r"(?:[\w-]+\s+)?(?:effect|response|benefit|success|improvement)\b",
    re.IGNORECASE,
)
_PROGRESSED = re.compile(
    r"^(?:[^.;:,⟦]|\s+(?:and|or|plus)\s+⟦c+|\s*,\s*⟦c+(?=[^.;:]*\band\s+⟦c)){0,60}?\s*,?\s+(?:but|however|yet)\s*,?\s+(?:(?:the|his|her|all|this)\s+)?"
    r"(?:[\w-]+\s+){0,2}?(?:disease|tumou?rs?|lesions?|cancer|⟦d+|metastas[ie]s|he|she|patient|symptoms?)\s+(?:had\s+|then\s+|soon\s+|still\s+)?"
    r"(?:progressed|relapsed|recurred|worsened|grew|continued\s+to\s+(?:grow|progress)|did\s+not\s+(?:respond(?!\s+to)|improve))\b",
    re.IGNORECASE,
)
_HOME = _before(
    r"(?:had|has)\s+been\s+(?:taking|on|using|maintained\s+on)|was\s+(?:already\s+|currently\s+)?(?:on|taking)|"
    r"(?:regular|home|usual|daily|chronic|current|concomitant|long-term)\s+(?:\w+\s+)?(?:medications?|medicines?|drugs?)(?:\s+\w+){0,3}|"
    r"(?:his|her)\s+medications?\s+(?:was|were|included|consisted\s+of|comprised)"
)
# "A history of gout treated with colchicine", but not "a three-month history of gout".
_HISTORY = re.compile(
    r"(?<!hour\s)(?<!day\s)(?<!week\s)(?<!month\s)(?<!year\s)(?<!days\s)(?<!weeks\s)(?<!months\s)(?<!years\s)\bhistory\s+(?:of|included|includes|with|"
    r"(?:was\s+)?(?:notable|significant|remarkable)\s+for)\s+(?:[\w-]+\s+){0,4}?(?P<disease>⟦d+)(?:\s+of\s+the\s+[\w-]+)?\s*,?\s*(?:(?:previously|successfully|"
    r"initially|once|formerly)\s+)?(?:(?:treated|managed|controlled)\s+(?:with|by)|for\s+which\s+(?:he|she)\s+(?:had\s+)?(?:took|taken|received|was\s+given|"
    r"was\s+treated\s+with))\s+(?:[\w-]+\s+){0,4}?(?:⟦c+\s*(?:,|and|plus|,\s*and)\s+)*$",
    re.IGNORECASE,
)
#: Names of outcomes that failed treatments end in, by rule.
_OUTCOME = {
    "no-response": "no response",
    "progressed-on": "progression",
    "failed": "failure",
    "was-ineffective": "no response",
    "without-effect": "no response",
    "then-progressed": "progression",
}


def read_treatments(
    story: Story,
    adverse: Collection[tuple[str, str]] = frozenset(),
    doubted: Collection[tuple[str, str]] = frozenset(),
    suspects: Collection[str] = frozenset(),
) -> Iterator[Evidence]:
    """Yield the treatment evidence of a document.

    Args:
        story: the document as sentences with linked places.
        adverse: (chemical, disease) pairs that the text blames on the drug: such a disease is not what
            the drug was given for.
        doubted: pairs that it blames in any other way, as possible or in general; only words such as "for" and
            "was treated with" join them.
        suspects: drugs that the title blames for something: the title's or the document's disease is not taken for what
            they were given for.
    """
    for i, sentence in enumerate(story.sentences):
        drugs = sentence.of(CHEMICAL)
        if not drugs or not sentence.is_prose:
            continue
        after_event = i > 0 and tells_event(story, story.sentences[i - 1], sentence)
        for drug in drugs:
            if past := _in_history(sentence, drug):
                reason = "family" if is_family(_around(sentence, drug)[0]) else "history"
                yield from_sentence(
                    story, sentence, drug.node, APPLIED_TO_TREAT, past.node, reason=reason, method="treated-in-history",
                    subject_place=drug, object_place=past, of_case=reason == "history",
                )  # fmt: skip
                continue
            rule = _rule(sentence, drug)
            if rule is None:
                continue
            name, reason = rule
            where = _where(story, sentence, drug, name)
            if where == DOCUMENT and (after_event or drug.node in suspects):
                where = SENTENCE if after_event else SUSPECTED
            for disease, place, how in treated_diseases(story, sentence, drug, adverse, where, doubted):
                said = reason
                if reason == "stated" and _is_at_large(story, sentence):
                    said = "general"
                if said == "stated" and disease not in story.title_diseases and is_past(_clause(sentence, drug)):
                    said = "history"
                # How the case ended is told of what the report is about, not of what was treated on the way.
                main = disease in story.title_diseases or len(story.diseases) == 1
                ended = _OUTCOME.get(name)
                if said == "stated":
                    ended = story.outcomes.get(sentence.case or "") if main else None
                yield from_sentence(
                    story, sentence, drug.node, APPLIED_TO_TREAT, disease, reason=said, method=f"{name}{how}",
                    subject_place=drug, object_place=place, outcome=ended, of_case=said in {"stated", "failed", "negated", "history"},
                )  # fmt: skip


def _is_at_large(story: Story, sentence: Sentence) -> bool:
    """Tell whether the sentence is of animals, or of the patients of other papers."""
    return is_cited(sentence.section) or (story.of_animals and not speaks_of_patient(sentence.masked()))


def _where(story: Story, sentence: Sentence, drug: Place, rule: str) -> str:
    """Return where the disease may be taken from (`kg.statements.indication`).

    The title's disease is meant where a patient was given the drug: in a report of cases, or in a sentence that speaks of
    patients; not in what tells of the laboratory.
    """
    all_before, before, _, _ = _around(sentence, drug)
    if _HOME.search(before) or _ALREADY.search(before) or _AFTERWARDS.search(before):
        return WITHIN
    if is_cited(sentence.section) or is_of_samples(all_before):
        return SENTENCE
    if story.is_case:
        return DOCUMENT
    if rule == "received" and not _RECEIVED.search(before):
        return WITHIN
    if rule not in _GIVING or is_laboratory(sentence.section) or not speaks_of_patient(sentence.masked()):
        return SENTENCE
    return DOCUMENT


def _around(sentence: Sentence, drug: Place) -> tuple[str, str, str, str]:
    """Return the window before the drug, its clause before and after the drug, and the window after it."""
    text, offset = sentence.window(drug)
    start, end = drug.start - offset, drug.end - offset
    left, right = clause_bounds(text, start, end)
    return text[:start], text[left:start], text[end:right], text[end:]


def _clause(sentence: Sentence, drug: Place) -> str:
    _, before, after, _ = _around(sentence, drug)
    return f"{before}⟦C{after}"


def _in_history(sentence: Sentence, drug: Place) -> Place | None:
    """Return the disease of the patient's history that the drug was given for, None where it is no such matter."""
    if "history" not in sentence.text:
        return None
    text, offset = sentence.window(drug)
    if (said := _HISTORY.search(text[: drug.start - offset])) is None:
        return None
    return next((p for p in sentence.of(DISEASE) if p.start == offset + said.start("disease")), None)


def _rule(sentence: Sentence, drug: Place) -> tuple[str, str] | None:
    """Return (rule, reason) of the first rule that fits the drug's place, None where none does."""
    all_before, before, after, all_after = _around(sentence, drug)
    if _ADVERSE_NEAR.match(after) or _BARRED.search(before) or _NO_USE.search(before):
        return None
    found = _first(before, after)
    if found is None:
        return None
    name, reason = found
    clause = f"{before}⟦C{after}"
    if is_family(all_before):
        return name, "family"
    if reason == "stated" and is_hypothetical(clause):
        return name, "hypothetical"
    if is_background(clause):
        return name, "general"
    if reason == "stated" and _NO_EFFECT.match(all_after):
        return "without-effect", "failed"
    if reason == "stated" and _PROGRESSED.match(all_after):
        return "then-progressed", "failed"
    return name, reason


def _first(before: str, after: str) -> tuple[str, str] | None:
    """Return the name and the reason of the first of the rules that fits."""
    if _NO_DRUG.search(before) and (_OWN_VERB.match(after) or _NOR.match(after)):
        return "was-not-given", "negated"
    opened = after.lstrip().startswith(",") and _OPENS.search(before.rsplit(",", 1)[-1])
    if (own := _OWN_VERB.match(after)) and not opened:
        return ("was-not-given", "negated") if own.group("not") else ("was-given", "stated")
    closed = _before_list(before, after)
    for name, reason, where, pattern in RULES:
        said = after if where == "after" else before if reason == "stated" else closed
        if pattern.search(said):
            return name, reason
    return None


def _before_list(before: str, after: str) -> str:
    """Return the text before the list of drugs that the drug stands in, and no more than to the last comma.

    What failed or was not given is said up to the next comma, unless a list of drugs follows.
    """
    if (listed := _LIST_BEFORE.search(before)) and (listed.group("and") or _LIST_AFTER.match(after)):
        head = before[: listed.start()]
        if not _OPENS.search(head.rsplit(",", 1)[-1]):
            before = head
    return before.rsplit(",", 1)[-1]
