"""Named patterns by which one sentence blames a condition on a drug.

Each rule reads the words between a drug and a condition in the bones of the sentence (`kg.statements.skeleton`), and
where it must, the words before or after the two. A pair that merely shares a sentence fits none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from kg.statements.skeleton import Group, Skeleton

#: Rule of "gentamicin nephrotoxicity".
NAMED_HARM: Final = "drug-named-harm"
#: Characters of bones between a drug and a condition that a rule bridges, and to their sides that it sees.
FARTHEST, REACH = 160, 240

#: Words before a name that belong to it.
_ADJ = (
    r"(?:(?!(?:in|of|on|by|with|to|for|from|after|during|is|was|were|are|and|or|but|than|against|model|which|that|who|when|while|before|between|via|through|may|can|could|had|has|have|been|be|relief|improve\w*|not|"
    r"no|patients?|reduc\w+|prevent\w*|inhibit\w*|toleran\w+|protect\w*)\b)[\w'’/%-]+,?\s+){0,5}?"
)
_FORM = (
    r"(?:(?:models?|forms?|signs?|symptoms?|episodes?|cases?|attacks?|onset|development|increases?|elevations?|exacerbations?|worsening|"
    r"degrees?|types?|occurrence|incidence|risks?|rates?|frequency|prevalence|appearance|number|severity|production|induction|"
    r"recurrence|reappearance|syndromes?|features|evidence|levels?|diagnosis|pattern|variety|range|combination|constellation|history|potentiation)\s+(?:of|in|for)\s+)"
)
_TO = rf"{_ADJ}{_FORM}?{_ADJ}"
# Between a drug and a condition: nothing that tells how the condition went away, and no other pair.
_AWAY = (
    r"(?:resolv|improv|recover|subsid|settl|abat|treat|manag|respond|disappear|controlled|relie[fv]|due\s+to|secondary\s+to|"
    r"attributed|because\s+of|caused\s+by|prevent|protect|attenuat|amelior|inhibit|antagoni|revers|reduc|decreas|against|suppress|block|progress|stable|stabili|remission|relaps|cured|(?:years?|decades?)\s+(?:earlier|before|ago|previously))"
)
_GAP = rf"(?:(?!\b{_AWAY})(?!⟦[cd])[^.;])"
_LATER = r"(?:after|during|while|on|following|upon|under|within|since|beginning\s+on|starting)"
_GIVEN = (
    r"(?:receiv\w+|tak(?:ing|en)|took|given|treated\s+with|exposed\s+to|administered|using|used|on|started(?:\s+on)?|ingest\w+|"
    r"maintained\s+on|medicated\s+with|injected\s+with)"
)
_DRUG = r"(?:(?!(?:no|without|not|before|placebo)\b)[\w'’%.,-]+\s+){0,9}?"
_BEFELL = (
    r"(?:developed|develops?|developing|experienced?|experiencing|suffered|suffering|exhibit(?:ed|s|ing)?|show(?:ed|s|ing|n)|displayed|manifest(?:ed|s|ing)|"
    r"presented\s+with|presenting\s+with|complained\s+of|had|demonstrated|became)"
)
_HAPPENED = (
    r"(?:developed|occurr(?:ed|s|ing)|appeared|arose|emerged|ensued|happened|(?:was|were|has\s+been|have\s+been|been|is|are)\s+(?:\w+\s+)?"
    r"(?:observed|seen|noted|found|reported|described|detected|diagnosed|encountered|recorded|documented|produced|induced))"
)
_CAUSED = (
    r"(?:caus(?:ed?|es|ing)|produc(?:ed?|es|ing)|induc(?:ed?|es|ing)|provok(?:ed?|es|ing)|precipitat(?:ed?|es|ing)|trigger(?:ed|s|ing)?|"
    r"elicit(?:ed|s|ing)?|evok(?:ed?|es|ing)|result(?:ed|s|ing)?\s+in|le(?:d|ads?|ading)\s+to|g(?:ave|ives?)\s+rise\s+to|"
    r"(?:was|were|is|are|been)\s+complicated\s+by|blamed\s+for|predispos(?:ed?|es|ing)(?:\s+to)?|promot(?:ed?|es|ing)|contribut(?:ed?|es|ing)\s+to|"
    r"creat(?:ed?|es|ing)|generat(?:ed?|es|ing)|mimic(?:ked|s)?|responsible\s+for|unmask(?:ed|s|ing)?)"
)
_WORSENED = (
    r"(?:exacerbat(?:ed?|es|ing)|aggravat(?:ed?|es|ing)|worsen(?:ed|s|ing)?|potentiat(?:ed?|es|ing)|increas(?:ed?|es|ing)|enhanc(?:ed?|es|ing)|"
    r"rais(?:ed?|es|ing)|accelerat(?:ed?|es|ing)|elevat(?:ed?|es|ing)|prolong(?:ed|s|ing)?)"
)
_BLAMED = (
    r"(?:induced\s+by|caused\s+by|due\s+to|secondary(?:\s+mainly)?\s+to|attribut\w+\s+to|related\s+to|owing\s+to|ascribed\s+to|associated\s+with|triggered\s+by|"
    r"blamed\s+on|from|produced\s+by|provoked\s+by|evoked\s+by|elicited\s+by|precipitated\s+by|result(?:ed|ing|s)\s+from|as\s+a\s+result\s+of|"
    r"because\s+of|linked\s+(?:to|with)|complicating|accompanying|subsequent\s+to|as\s+a\s+consequence\s+of|aggravated\s+by|exacerbated\s+by|"
    r"implicated\s+to|elicited\s+with|mediated\s+by|enhanced\s+by|worsened\s+by|unmasked\s+by|potentiated\s+by)"
)
_HARM = (
    r"(?:side[\s-]+effects?|adverse\s+(?:\w+\s+)?(?:effects?|events?|reactions?|experiences?)|toxic(?:\s+effects?|ity|ities|\s+reactions?)|complications?|"
    r"untoward\s+effects?|undesirable\s+effects?|reactions?)"
)
_USE = (
    r"(?:therapy|treatments?|use|usage|overdos(?:e|es|age)|intoxication|poisoning|abuse|exposure|withdrawal|ingestion|administration|infusions?|"
    r"injections?|toxicity|doses?|medication|prophylaxis|regimen|anesthesia|anaesthesia|users?|abusers?|hypersensitivity|monotherapy|"
    r"chemotherapy|induction|challenge|rechallenge|combination|consumption|dependence|block(?:ade)?|tablets?|patch)"
)
_STOP = r"(?:stopp\w+|discontinu\w+|withdr\w+|interrupt\w+|withheld|held|suspend\w+|reduc\w+|cessation)"
_STOPPED = r"(?:discontinu\w+|withdraw\w*|stopp\w+|cessation|removal|interruption|suspension)"
_TIME = (
    r"(?:(?i:about|only|just|soon|shortly|early|late|again|twice|suddenly|approximately|immediately|within|a|few|several|[\d.–-]+|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|twelve|min(?:utes?)?|hours?|days?|weeks?|months?|years?|h)\s+){0,6}"
)

Order = Literal["drug first", "condition first"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One named pattern.

    Attributes:
        name: its name, the `method` of the evidence.
        order: what stands first.
        between: fits all the words between the two.
        before: found in the words before the first, up to them; None where they do not matter.
        after: fits the words after the second; None where they do not matter.
        presupposed: whether the words take the blame for granted ("drug-induced"), so that a "not" or "may" of
            the sentence is of something else unless it stands just before.
        titles: whether the rule is one for titles alone.
        harm_word: whether the condition's name must be a word for harm ("nephrotoxicity of gentamicin").
        timing: whether the words tell no more than what came after what.
    """

    name: str
    order: Order
    between: re.Pattern[str]
    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    presupposed: bool = False
    titles: bool = False
    harm_word: bool = False
    timing: bool = False


def _rule(name: str, order: Order, between: str, before: str = "", after: str = "", presupposed: bool = False,
          titles: bool = False, harm_word: bool = False, timing: bool = False) -> Rule:  # fmt: skip
    flags = re.IGNORECASE
    return Rule(
        name, order, re.compile(between, flags), re.compile(rf"(?:{before})$", flags) if before else None,
        re.compile(after, flags) if after else None, presupposed, titles, harm_word, timing,
    )  # fmt: skip


_C: Final[Order] = "drug first"
_D: Final[Order] = "condition first"
#: Tried in order; the first that fits decides.
RULES: tuple[Rule, ...] = (
    _rule("drug-induced", _C, rf"(?:\s?[-–]\s?(?:{_USE}[-\s])?(?:induced|associated|related|mediated|triggered|provoked|evoked|elicited|caused|dependent|kindled|precipitated)|\s+(?:{_USE}[-\s])?(?:induced|associated|related|mediated))[-\s]+{_TO}", presupposed=True),
    _rule(NAMED_HARM, _C, r"\s*[-\s](?:(?:acute|chronic|induced|model|early|late|severe|of)\s+){0,2}", presupposed=True),
    _rule("stopped-for", _C, rf"{_GAP}{{0,40}}?\b{_STOP}{_GAP}{{0,40}}?\b(?:because\s+of|due\s+to|owing\s+to|for|on\s+account\s+of|after(?:\s+the)?\s+(?:developing|onset\s+of|occurrence\s+of|development\s+of|appearance\s+of))\s+{_ADJ}",
          after=r"(?!\w*\s+(?:had\s+|has\s+|was\s+|were\s+)?(?:resolv|improv|recover|subsid|disappear|controlled|relie))"),
    _rule("drug-caused", _C, rf"{_GAP}{{0,60}}?\b(?<![-–])(?<!experimentally\s){_CAUSED}\s+(?:(?:[\w-]+\s+){{0,5}}?(?:changes?|effects?|alterations?|abnormalities|symptoms?|complications?|reactions?)\s+(?:that\s+)?(?:includ\w+|such\s+as|like)\s+)?{_TO}"),
    _rule("drug-worsened", _C, rf"{_GAP}{{0,60}}?\b(?<![-–]){_WORSENED}\s+{_TO}"),
    _rule("drug-linked-with", _C, rf"{_GAP}{{0,60}}?\b(?:associated\s+with|implicated\s+in|linked\s+(?:to|with)|related\s+to|(?:a|the|possible|probable|potential|likely|rare|important|common|known)\s+causes?\s+of|cause\s+of|risk\s+factors?\s+for|"
          rf"(?:increased|higher|greater|elevated)\s+(?:risk|incidence|rate|frequency|prevalence)\s+of)\s+{_TO}"),
    _rule("adverse-effects-list", _C, rf"{_GAP}{{0,60}}?\b{_HARM}\b(?:(?!⟦c)[^.;]){{0,60}}?(?:includ\w+|were|was|are|is|such\s+as|:|consist\w+\s+of|namely|[(,])\s*{_TO}"),
    _rule("adverse-effects-of-drug", _C, rf"(?:(?!⟦[cd])[^.;]){{0,70}}?\b(?:includ\w+|were|was|are|is|such\s+as|:|consist\w+\s+of|namely|involv\w+|did)\s+{_TO}",
          before=rf"\b{_HARM}\s+(?:(?:attribut\w+|associated|related|reported|observed|seen|noted|due|secondary|experienced|occurring)\s+)?(?:of|to|with|after|during|from|by|following|for)\s+{_DRUG}"),
    _rule("drug-is-harmful", _C, r"\s+(?:[\w-]+\s+){0,2}?(?:is|are|was|were|be|been|proved)\s+(?:(?:both|also|all|known|to|be|considered|potentially|highly|more|not|an?|the|most)\s+){0,4}"),
    _rule("drug-treated-developed", _C, rf"[-\s]+(?:(?:treated|exposed|injected|induced|dependent|medicated|intoxicated|related)\s+)?(?:(?!(?:years?|decades?|and|but)\b)[\w-]+\s+){{0,4}}?{_BEFELL}\s+{_TO}", timing=True),
    _rule("on-drug-developed", _C, rf"{_GAP}{{0,70}}?\b(?:developed|experienced|suffered|exhibited|displayed|complained\s+of|presented\s+with|(?<!and\s)had|showed)\s+{_TO}",
          before=rf"\b(?:{_LATER}|{_GIVEN}|with|of|to)\s+{_DRUG}", timing=True),
    _rule("on-drug-happened", _C, rf"{_GAP}{{0,60}}?,?\s+{_ADJ}", before=rf"\b(?:{_LATER}|{_GIVEN})\s+{_DRUG}", after=rf"\s+(?:also\s+)?{_HAPPENED}\b", timing=True),
    _rule("use-and-harm", _C, rf"\s+{_USE}\s*(?:and|with|:|as\s+a\s+cause\s+of|presenting\s+(?:as|with)|complicated\s+by|causing|,)\s*(?:the\s+)?{_TO}", titles=True),
    _rule("drug-and-risk", _C, rf"(?:[\s-]+{_USE})?(?:\s+(?:and|on|with))?\s+(?:the\s+)?(?:risk|incidence|development|occurrence|induction|production)\s+of\s+{_TO}", titles=True),
    # The condition first.
    _rule("due-to-drug", _D, rf"\W+(?:(?!⟦[cd])[^.;,]){{0,40}}?,?\s*\b(?:{_BLAMED}|(?:induced|caused|produced|provoked|elicited|evoked)\s+in\s+(?:[\w-]+\s+){{1,4}}?by)\s+{_DRUG}", presupposed=True),
    _rule("effect-of-drug", _D, rf"{_GAP}{{0,50}}?\b(?:{_HARM}|complications?|consequences?|manifestations?|results?)\s+(?:of|to|from|with|associated\s+with|during)\s+{_DRUG}"),
    _rule("dechallenge", _D, rf"(?:(?!⟦[cd])[^.;]){{0,60}}?\b(?:resol\w+|disappear\w*|improv\w+|subsid\w+|abat\w+|revers\w+|recover\w*|cleared|remit\w+|normali[sz]ed|regress\w+|ceased|stopped)\b(?:(?!⟦[cd])[^.;]){{0,40}}?\b(?:after|on|upon|following|with|when|once)\s+{_DRUG}(?:{_STOPPED})\s+(?:of\s+)?{_DRUG}"),
    _rule("rechallenge", _D, rf"(?:(?!⟦[cd])[^.;]){{0,60}}?\b(?:recur\w*|relaps\w+|reappear\w+|returned)\b(?:(?!⟦[cd])[^.;]){{0,50}}?\b(?:rechallenge|re-?exposure|re-?administ\w+|re-?introduc\w+|reinstitut\w+|resum\w+|restart\w+|again|re-?treat\w+)\b(?:\s+(?:with|of|to))?\s+{_DRUG}"),
    _rule("developed-on-drug", _D, rf"(?:(?:,\s[^.;⟦]{{0,40}}⟦d[^.;⟦]{{0,20}},)?{_GAP}{{0,60}}?\b(?:{_LATER}|receiving|taking|while\s+(?:being\s+)?treated\s+with)|\s+with)\s+{_DRUG}",
          before=rf"\b(?:developed|develop|experienced|suffered|complicated\s+by|onset\s+of|new|laps\w+\s+into|cases?\s+of|episodes?\s+of|development\s+of|occurrence\s+of|incidence\s+of|risk\s+of|induction\s+of|produced|presented\s+with|appearance\s+of|precipitation\s+of)\s+{_TO}", timing=True),
    _rule("condition-on-drug", _D, rf"\s+(?:also\s+)?{_HAPPENED}\s+(?:(?:in|at|within)\s+(?:(?!⟦)[^.;]){{0,60}}?)?{_TIME}(?:{_LATER}|with|by|in|receiving|taking|treated\s+with|given)\s+{_DRUG}", timing=True),
    _rule("condition-in-treated", _D, rf"\s+(?:(?!\b{_AWAY})(?!⟦[cd])[^.;,]){{0,50}}?(?:in|among|of|for|by)\s+(?:(?!\b{_AWAY})(?!⟦[cd])[^.;,]){{0,60}}?\b(?:receiving|taking|treated\s+with|given|using|exposed\s+to|who\s+(?:received|took|used|had\s+received)|on|after|with)\s+{_DRUG}",
          after=r"(?!\s+(?:for|in\s+the\s+treatment))", timing=True),
    _rule("condition-in-users", _D, rf"\s+(?:(?!⟦[cd])[^.;,]){{0,40}}?(?:in|among|of)\s+{_DRUG}", after=r"[-\s]+(?:treated|exposed|injected|users?|abusers?|addicts|dependent|intoxicated|group|model)\b"),
    _rule("more-in-drug-group", _D, rf"(?:(?!⟦[cd])[^.;]){{0,60}}?\b(?:higher|greater|more|increased|worse|elevated)\b(?:(?!⟦[cd])[^.;]){{0,40}}?\b(?:in|with|for|by|after|during)\s+{_DRUG}"),
    _rule("led-to-stopping", _D, rf"{_GAP}{{0,60}}?\b(?:led\s+to|requir\w+|necessitat\w+|prompt\w+|cause[ds]?|result\w+\s+in|was\s+the\s+reason\s+for|forc\w+)\s+{_DRUG}(?:{_STOP})\s+(?:of\s+)?{_DRUG}"),
    _rule("condition-after-drug", _D, rf"{_GAP}{{0,30}}?\b(?:{_LATER})\s+{_DRUG}", before=rf"^(?!.*\b(?:in|due\s+to|secondary\s+to|caused\s+by|because\s+of|from|remission\s+of|response\s+of)\s+{_ADJ}$).*", timing=True),
    _rule("title-condition-with-drug", _D, rf"{_GAP}{{0,40}}?\b(?:with|by|receiving|taking)\s+{_DRUG}", titles=True, timing=True),
    _rule("title-condition-and-drug", _D, r"(?:\s+and\s+|:\s+)(?:the\s+)?(?:use\s+of\s+|role\s+of\s+)?", titles=True, presupposed=True),
    _rule("harm-of-drug", _D, r"\s+(?:of|to|from|with)\s+(?:[\w-]+\s+){0,3}?", presupposed=True, harm_word=True),
)  # fmt: skip


# Whom the drug was given to or what for, and not what it did.
_UNDERLYING_BEFORE = re.compile(
    r"\b(?:(?:patients?|subjects?|children|women|men|adults|infants|neonates|people|individuals|volunteers|persons|outpatients|man|woman|boy|girl|child|"
    r"male|female|infant|survivors|those|mice|rats|dogs|animals)\s+(?:(?!(?:presented|presenting|reported|admitted|seen|hospitali[sz]ed)\b)[\w-]+\s+){0,2}?(?:with|having|who\s+had|"
    r"suffering\s+from)|(?:history|histories|diagnosis)\s+(?:of|with)|"
    r"(?:treatments?|therapy|management|improvement|recovery|relief|control|treating|models?)\s+(?:of|for|against|in|from)|treated\s+for|(?:used|given|indicated|administered|prescribed|"
    r"taken|effective|received|taking|beneficial)\s+(?:[\w-]+\s+){0,3}?(?:for|against|in)|to\s+(?:treat|control|prevent|reduce|relieve))\s+"
    r"(?:(?:an?|the|his|her|their)\s+)?(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
_UNDERLYING_AFTER = re.compile(
    r"\s*[-\s](?:patients?|subjects|therap\w+|treatments?|medications?|cells?|children|women|men|outpatients|drugs?|agents?|virus|positive)\b",
    re.IGNORECASE,
)
# What a drug that stands before it does against the condition; of a drug behind it, the condition is its doing.
_AGAINST_BEFORE = re.compile(
    r"\b(?:prevention|prophylaxis|attenuation|amelioration|reduction|reversal|inhibition|suppression|reducing|preventing)\s+(?:of|for|against|in|from)\s+"
    r"(?:(?:an?|the|his|her|their)\s+)?(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
# A chemical that only says what a receptor or another drug acts on.
_NO_AGENT = re.compile(
    r"\s*[-\s](?:(?:[\w-]+\s+)?(?:receptors?|antagonis\w+|agonis\w+|blockers?|inhibit\w+|transporters?|synthase|synthesis|reuptake|uptake|channels?|levels?|"
    r"concentrations?|deficien\w+|metabolism|release|systems?|neurons?|terminals?|converting|depletion|free|restriction|transmission|"
    r"turnover|dehydrogenase|oxidase|reductase|analogu?es?))",
    re.IGNORECASE,
)
_CHAIN = re.compile(
    rf"(?:(?!\b{_AWAY})[^.;⟦]){{0,80}}?\b(?:leading\s+to|led\s+to|resulting\s+in|causing|followed\s+by|manifest\w*\s+(?:as|by|with)|characteri[sz]ed\s+by|complicated\s+by|"
    rf"as\s+well\s+as|including|such\s+as|accompanied\s+by|in\s+addition\s+to|presenting\s+(?:as|with))\s+{_ADJ}",
    re.IGNORECASE,
)
#: Rules that see no verb: the drug may be the cause, or the remedy.
WITHOUT_VERB: Final = frozenset({"title-condition-with-drug", "title-condition-and-drug"})
# Words of a title that is about the remedy.
_REMEDY = re.compile(
    r"\b(?:cur(?:ed?|es|ing|ative)|heal(?:ed|s|ing)?|remissions?|remed(?:y|ies)|respon(?:se|ses|d|ded|ding)|responsive|help(?:ed|s|ful)?|"
    r"(?:good|excellent|favou?rable|promising|successful)\s+(?:[\w-]+\s+)?(?:results?|outcomes?)|success\w*|treat(?:ed|ing)|"
    r"treatments?\s+(?:of|for|with|by|option|outcomes?)|(?:new|novel|successful|effective|first-line|targeted)\s+(?:[\w-]+\s+)?(?:treatments?|therap(?:y|ies))|"
    r"effective(?:ly|ness)?|efficacy|efficacious|benefits?|beneficial|improve(?:d|s|ment)|relie(?:f|ved?)|rescued?|salvaged?|controlled|managed|"
    r"management|surviv\w+|palliat\w+|alleviat\w+|soothed?|eased?|eradicat\w+|recover(?:y|ed)|regress(?:ion|ed)|resolution|resolved)\b",
    re.IGNORECASE,
)
# What is treated with drugs, and seldom caused by one.
_NEOPLASM = re.compile(
    r"\b(?:\w*(?:carcinoma|sarcoma|blastoma|glioma|lymphoma|myeloma|melanoma|adenoma|mesothelioma|thymoma|seminoma|cancer)s?|neoplas\w+|tumou?rs?|"
    r"leuka?emias?|malignanc\w+|metasta\w+|myelodysplas\w+)\b",
    re.IGNORECASE,
)
#: Rule of what else follows from a condition that a drug is blamed for: "hepatitis leading to encephalopathy".
FURTHER: Final = "further-condition"


def blames(skeleton: Skeleton, title: bool) -> list[tuple[Group, Group, Rule]]:
    """Return the pairs of drug and condition groups that a rule joins, with the rule."""
    found: list[tuple[Group, Group, Rule]] = []
    text = skeleton.text
    drugs = []
    for drug in skeleton.drugs:
        if _NO_AGENT.match(text, drug.end):
            # The name is a word like others to the rules: "due to the histamine antagonist cimetidine".
            text = f"{text[: drug.start]}xx{text[drug.end :]}"
        else:
            drugs.append(drug)
    for drug in drugs:
        blamed: tuple[Group, Rule] | None = None
        for condition in skeleton.conditions:
            rule = _fitting(text, drug, condition, title)
            if rule is None and blamed and _CHAIN.fullmatch(text[blamed[0].end : condition.start]):
                rule = replace(blamed[1], name=FURTHER)
            if rule and (rule.presupposed or not (is_underlying(text, condition) or _is_fought(text, drug, condition))):
                found.append((drug, condition, rule))
                blamed = (condition, rule)
    return found


def may_be_remedy(title: str, condition: str) -> bool:
    """Tell whether the drug of a title without a verb may be the remedy of its condition.

    Args:
        title: the title, names masked.
        condition: what it calls the condition.

    >>> may_be_remedy("⟦d healed by ⟦c", "gout"), may_be_remedy("⟦d and ⟦c", "osteosarcoma"), may_be_remedy("⟦d and ⟦c", "gout")
    (True, True, False)
    """
    return bool(_REMEDY.search(title)) or is_neoplasm(condition)


def is_neoplasm(condition: str) -> bool:
    """Tell whether a condition is a tumour by its name.

    >>> is_neoplasm("metastatic melanoma"), is_neoplasm("fever")
    (True, False)
    """
    return bool(_NEOPLASM.search(condition))


def _is_fought(text: str, drug: Group, condition: Group) -> bool:
    return drug.start < condition.start and bool(
        _AGAINST_BEFORE.search(text, max(0, condition.start - REACH), condition.start)
    )


def is_underlying(text: str, condition: Group) -> bool:
    """Tell whether a condition is what somebody has or is treated for, and not what befell him.

    Args:
        text: the bones of the sentence.
        condition: the condition's group in it.
    """
    before = text[max(0, condition.start - REACH) : condition.start]
    return bool(_UNDERLYING_BEFORE.search(before) or _UNDERLYING_AFTER.match(text, condition.end))


def _fitting(text: str, drug: Group, condition: Group, title: bool) -> Rule | None:
    order: Order = "drug first" if drug.start < condition.start else "condition first"
    first, second = (drug, condition) if order == "drug first" else (condition, drug)
    between = text[first.end : second.start]
    if len(between) > FARTHEST:
        return None
    before = after = None
    for rule in RULES:
        if rule.order != order or (rule.titles and not title) or not rule.between.fullmatch(between):
            continue
        if rule.before is not None:
            before = text[max(0, first.start - REACH) : first.start] if before is None else before
            if not rule.before.search(before):
                continue
        if rule.after is not None:
            after = text[second.end : second.end + REACH] if after is None else after
            if not rule.after.match(after):
                continue
        return rule
    return None
