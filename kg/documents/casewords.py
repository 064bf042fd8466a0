"""The words by which case reports, studies and work on animals give themselves away.

Each pattern belongs to one rule of `kg.documents.casereport`. They are matched without case unless they say otherwise.
"""

from __future__ import annotations

import re
from typing import Final

_COUNT: Final = r"(?:two|three|four|five|six|seven|eight|nine|[2-9])"
_ONE: Final = r"(?:an?|one|the|our|this)"
_PERSON: Final = (
    r"(?:man|woman|male|female|boy|girl|gentleman|lady|patient|infant|baby|child|toddler|newborn|neonate|adolescent|teenager|recipient|inpatient|outpatient|user|"
    r"adult|mother|person|individual)(?!\s+(?:groups?|populations?|cohorts?|samples?|care|safety|data|numbers?|model|version|dose)\b)"
)
_PEOPLE: Final = r"(?:patients|cases|men|women|males|females|boys|girls|infants|children|neonates|newborns|adults|siblings|brothers|sisters|recipients|outpatients|inpatients|users)(?!\s+groups?\b)"
_WORDS: Final = r"(?:[\w'’/.,()-]+\s+)"
_AGE: Final = r"(?:\d{1,3}(?:\.\d)?|[a-z]+(?:[- ][a-z]+)?)[\s-]{0,2}(?:years?|yrs?|y|months?|weeks?|days?)[\s-]{0,2}old"
_REPORT: Final = r"(?:report(?:s|ed)?|describ(?:e|es|ed)|present(?:s|ed)?|document(?:s|ed)?|encountered|discuss(?:es|ed)?|highlights?)"

_ANIMAL: Final = (
    r"(?:dogs?|cats?|horses?|mares?|cows?|cattle|calf|calves|pigs?|piglets?|mice|mouse|murine|rats?|rabbits?|ferrets?|sheep|goats?|monkeys?|"
    r"macaques?|primates?|hamsters?|gerbils?|guinea[- ]pigs?|canine|feline|equine|bovine|porcine|rodents?|zebrafish|chicks?|baboons?|"
    r"cell\s+lines?|cultured\s+cells)"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


TYPE: Final = _pattern(
    r"(?:(?:clinical|brief|short|rapid|unusual|adult|paediatric|pediatric|surgical|original|rare)\s+)*case[\s-]*(?:reports?|presentations?|"
    r"letters?|descriptions?|notes?|stud(?:y|ies)|records?|snippets?|vignettes?)(?:\s*(?:/|and|&|\bor\b|[-–:,]).*)?|clinical\s+cases?|"
    r"reports?\s+of\s+cases?"
)
OTHER_TYPE: Final = _pattern(
    r"(?:randomi[sz]ed\s+)?(?:controlled\s+)?clinical\s+trial.*|randomi[sz]ed\s+controlled\s+trial.*|meta-?analysis|"
    r"(?:systematic[\s-]+|scoping[\s-]+|mini-?)?review(?:[\s-]+articles?)?|observational\s+study.*|multicenter\s+study|twin\s+study|"
    r"editorial|(?:practice\s+)?guidelines?|correction|retraction(?:\s+of\s+publication)?|published\s+erratum|book[\s-]review|"
    r"comparative\s+study|validation\s+study|evaluation\s+study|protocol|consensus.*|news|biography|lecture|product-review|obituary"
)

ANIMAL_IN_TITLE: Final = _pattern(
    rf"\b(?:in|of|on)\s+(?:(?!with\b)[\w-]+\s+){{0,6}}?{_ANIMAL}\b(?![\s-]*(?:bites?|scratch|eye|cry|allerg|owner|handler|exposure))|\b(?:mouse|rat|animal|"
    r"rodent)\s+models?\b|\bveterinary\b"
)
ABOUT_REPORTS: Final = _pattern(
    r"\b(?:reviews?|analys[ei]s|survey|quality|synthesis|evaluation|database|collection|search|registry)\s+of\s+(?:[\w-]+\s+){0,4}?case[\s-]reports?\b|"
    r"\bcase[\s-]report(?:ing|\s+forms?|\s+guidelines?)\b|\b(?:how\s+to|writing|guidelines?\s+for)\s+(?:[\w-]+\s+){0,3}case\s+reports?\b|"
    r"\b\d{2,}\s+(?:published\s+)?case\s+reports?\b"
)
CASE_IN_TITLE: Final = _pattern(
    rf"\bcase[\s-]reports?\b|\breport\s+of\s+(?:an?|one|the|{_COUNT}|rare|unusual|our)\b\s+(?:[\w-]+\s+){{0,3}}?(?:cases?|patients?)\b|"
    rf"\b(?:an?|one|{_COUNT}|first|rare|unusual|interesting|another|new)\s+(?:[\w-]+\s+){{0,3}}?cases?\s+(?:of|with|report)\b|"
    rf"^(?:the\s+)?case\s+(?:of|\d+)\b|\bcase\s+(?:presentation|description|illustration|vignette)\b|\bclinical\s+case\b|"
    rf"\b(?:an?|one|the)\s+case\s*$|\ba\s+propos\s+of\s+(?:a|{_COUNT})\b"
)
MANY_IN_TITLE: Final = _pattern(
    rf"\b(?:case[\s-]series|reports?|stud(?:y|ies)|analys[ei]s|review|experience|series)\b[^.:;]{{0,40}}?\b(?:\d{{2,}}|\d,\d{{3}})\s+(?:[\w-]+\s+){{0,3}}?"
    rf"(?:{_PEOPLE}|subjects|participants)\b"
)
STUDY_IN_TITLE: Final = _pattern(
    r"\bcase[\s-]+(?:control|cohort|crossover|referent|fatality|mix|finding|based|definition|management)\b|\brandomi[sz]ed\b|\bplacebo\b|"
    r"\bdouble[\s-]blind\b|\b(?:clinical|controlled|pilot|phase\s+[I1-4V]+)\s+(?:trial|study)\b|\bcohorts?\b|\bmeta-?analys[ei]s\b|\bsystematic\s+"
    r"review\b|\b(?:retrospective|prospective|cross-?sectional\s+(?:study|survey|analysis)|observational|multi-?cent(?:re|er)|population-based|comparative|nationwide)\b|"
    r"\bsurvey\b|\bguidelines?\b|\bprevalence\b|\bincidence\b|\bepidemiolog\w+|\brisk\s+factors?\b|\bprotocol\b|\bcomparison\s+(?:of|between)\b"
)
PATIENT_IN_TITLE: Final = _pattern(
    rf"\b(?:in|of|by)\s+(?:an?|one)\s+(?:[\w'’/-]+\s+){{0,6}}?(?:{_PERSON}|{_AGE}|pregnancy|pregnant\s+woman|twin)\b|"
    rf"\b(?:in|of)\s+{_COUNT}\s+(?:[\w'’/-]+\s+){{0,4}}?{_PEOPLE}\b|\ban?\s+(?:[\w-]+\s+)?{_AGE}\b|"
    rf"^(?:an?|one)\s+(?:[\w'’/-]+\s+){{0,4}}?{_PERSON}\s+(?:with|who|presenting|treated)\b"
)

REPORTS_CASE: Final = _pattern(
    rf"\b(?:we|i|the\s+authors?|(?:in\s+)?this\s+(?:article|paper|report|letter|study|case\s+report)|here(?:in)?|to)\s*,?\s*(?:we\s+|the\s+authors?\s+)?"
    rf"(?:[\w]+ly\s+|here(?:in)?\s*|hereby\s+|also\s+|now\s+|further\s+|have\s+|would\s+like\s+to\s+|wish\s+to\s+){{0,2}}"
    rf"(?:{_REPORT}\s+(?:here(?:in)?\s+|on\s+|upon\s+|about\s+){{0,2}}{_WORDS}{{0,10}}?(?:\b(?:{_ONE}|{_COUNT}|\d(?:st|nd|rd|th))\s+{_WORDS}{{0,8}}?"
    rf"cases?(?:\s+(?:of|with|in|report|history|where|which|that|involving|from)\b|\s*[.;,])|\b(?:an?|one|the|our)\s+{_WORDS}{{0,9}}?(?:{_PERSON}\b|{_AGE}\b)|"
    rf"\b{_COUNT}\s+{_WORDS}{{0,7}}?{_PEOPLE}\b)|{_REPORT}\s(?:(?!\b(?:found|mutations?|missense|alleles?|genes?|triggered)\b)[^.;]){{0,160}}?\bin\s+(?:(?:an?|one)\s+(?:[\w'’-]+\s+){{0,5}}?{_PERSON}|{_COUNT}\s+"
    rf"(?:[\w'’-]+\s+){{0,4}}?{_PEOPLE})\b|(?:studied|saw|treated|observed|examined|managed|evaluated|investigated|followed|cared\s+for)\s+(?:an?|one)\s+"
    rf"(?:[\w'’,-]+\s+){{0,5}}?(?:{_PERSON}\b|{_AGE}\b))"
)
IS_REPORTED: Final = _pattern(
    rf"\b(?:an?|one|{_COUNT}|our|this|first|unusual|rare)\s+{_WORDS}{{0,3}}?(?:cases?|patients?)\b[^.;]{{0,160}}?\b(?:is|are|was|were|being)\s+(?:here(?:in)?\s+|briefly\s+)?(?:reported|described|presented|discussed|documented)\b(?!\s+(?:by|in\s+the\s+literature|previously|"
    rf"elsewhere|earlier))|\b(?:an?|one)\s+{_WORDS}{{0,8}}?{_PERSON}\b[^.;]{{0,160}}?\b(?:is|was)\s+(?:reported|described|presented)\b(?!\s+(?:by|to|with|at|in))|"
    r"\ba\s+case\s+(?:is|was)\s+(?:reported|described|presented)\b"
    rf"|\b(?:is|are|was|were)\s+(?:reported|described)\b[^.;]{{0,120}}?\bin\s+(?:(?:an?|one)\s+(?:[\w'’-]+\s+){{0,5}}?{_PERSON}|{_COUNT}\s+(?:[\w'’-]+\s+){{0,4}}?"
    rf"{_PEOPLE})\b|\bthis\s+case\s+(?:report|study)\b"
)
CASE_HEADING: Final = _pattern(
    r"(?:^|[.;]\s+|\n)case\s*(?:reports?|summar(?:y|ies)|presentations?|descriptions?|histor(?:y|ies)|\d)?s?\s*(?:\([^)]{0,40}\)\s*)?[:.—–-](?=\s)|"
    r"(?:^|[.;]\s+)(?:case\s+(?:reports?|summar(?:y|ies)|presentations?|descriptions?))\s+(?=[A-Z])"
)
AGED_PATIENT: Final = _pattern(
    rf"\b(?:an?|one|the|our|this)\s+{_WORDS}{{0,4}}?{_AGE}\b[\s,-]*{_WORDS}{{0,6}}?{_PERSON}\b|"
    rf"\b(?:an?|one|our)\s+{_WORDS}{{0,5}}?{_PERSON}\s*,?\s*\(?(?:aged|age|of)\s+\d{{1,3}}\b(?!\s*(?:-|–|to|and|±|%|patients))|"
    rf"\b{_PERSON}\s*,\s*{_AGE}\b|\b(?:an?|our)\s+\d{{1,3}}[\s-]?(?:y/?o|yo)\b"
)
CASE_SPOKEN_OF: Final = _pattern(
    r"\b(?:this|our|the\s+present|the\s+presented|the\s+reported)\s+(?:[\w-]+\s+)?case(?:\s+report)?\s+(?:[\w]+ly\s+)?(?:describes|reports?|illustrates?|"
    r"emphasi[sz]es|highlights?|demonstrates|shows|suggests|underscores|represents|is|was|appears|adds|raises|supports)\b|\bour\s+(?:patient|case)\b|"
    r"\bthe\s+case\s+(?:illustrates?|emphasi[sz]es|highlights?|demonstrates|underscores)\b|\bin\s+(?:the\s+present|this|our)\s+case\b|"
    r"\b(?:our|these)\s+(?:two|three|four|five)\s+(?:cases|patients)\b|\bcase\s+(?:history|report)\b|"
    r"\b(?:this|our)\s+(?:patient|man|woman|boy|girl|infant|child)\s+(?:\w+ly\s+)?(?:had|has|developed|was|suffered|presented|experienced|responded|died|recovered|received|became)\b|"
    r"\bfirst\s+(?:reported\s+|documented\s+)?case\s+(?:(?:to\s+be\s+)?(?:reported|described|documented)|in\s+(?:which|the\s+literature))\b"
)
# A study has no one whom it could call so.
THIS_AGED_PATIENT: Final = _pattern(
    rf"\bthis\s+(?:(?!an?\b|the\b)[\w'’/-]+\s+)?{_AGE}\b[\s,-]*(?:[\w'’/-]+\s+){{0,3}}?{_PERSON}\b"
)
_PLAIN: Final = r"(?:(?!(?:of|from|in|with|to|by|on|for|and|per)\b)[\w'’/,()-]+\s+)"
_HAPPENED: Final = (
    r"(?:developed|presented|was|were|had|experienced|suffered|underwent|received|took|ingested|died|exhibited|became|showed|complained|required|responded|is|are|seen|"
    r"observed|admitted)"
)
# In clinical prose "A patient developed" opens a sentence or follows its first clause.
INTRODUCED: Final = _pattern(
    rf"(?:^|[.:;,]\s+|\n)(?:an?|one|our|this)\s+{_PLAIN}{{0,6}}?{_PERSON}\b\s*,?\s+{_WORDS}{{0,12}}?{_HAPPENED}\b|"
    rf"\b(?:developed|occurred|observed|seen|noted|diagnosed|found|appeared|reported|used|tried|given|administered|documented)\b[^.;]{{0,60}}?\bin\s+(?:an?|one)\s+{_PLAIN}{{0,5}}?{_PERSON}\b"
)
FEW: Final = _pattern(
    rf"(?:^|[.:;,]\s+|\n){_COUNT}\s+{_PLAIN}{{0,5}}?{_PEOPLE}\b[^.;]{{0,120}}?\b{_HAPPENED}\b|"
    rf"\b(?:developed|occurred|observed|seen|noted|diagnosed|found|appeared|reported)\b[^.;]{{0,100}}?\bin\s+{_COUNT}\s+{_PLAIN}{{0,4}}?{_PEOPLE}\b"
)
# The very first words tell of a patient: no study begins so.
OPENS_WITH_PATIENT: Final = _pattern(
    rf"\A\s*(?:an?|this|our)\s+{_WORDS}{{0,2}}?{_AGE}\b[\s,-]*{_WORDS}{{0,6}}?{_PERSON}\b|\A\s*(?:an?|this)\s+{_PLAIN}{{0,3}}?{_PERSON}\s*,?\s*(?:aged|age)\s+\d"
)
THE_PATIENT: Final = _pattern(
    r"\bthe\s+(?:patient|man|woman|boy|girl|infant|child|baby|newborn|neonate)\s+(?:[\w]+ly\s+)?(?:was|had|developed|remained|presented|died|recovered|received|"
    r"underwent|became|reported|complained|required|did|has|is)\b|\b(?:he|she)\s+(?:[\w]+ly\s+)?(?:was|had|developed|remained|died|recovered|received|underwent|became)\b"
)

STUDY: Final = _pattern(
    r"\brandomi[sz]ed\b|\brandomly\b|\bplacebo\b|\bdouble[\s-]blind\b|\bwere\s+(?:enrolled|recruited|included|studied|evaluated|compared|assessed|investigated)\b|"
    r"\(\s*n\s*=\s*\d+|\b[pP]\s*(?:<|=|less\s+than)\s*(?:or\s+equal\s+to\s+)?0?\.\d|\bconfidence\s+intervals?\b|\bretrospective(?:ly)?\b|\bprospective(?:ly)?\b|\bcohorts?\b|"
    r"\bcase[\s-]control\b|\bcrossover\b|\bodds\s+ratio\b|\bcontrol\s+(?:group|subjects|animals)\b|\bhealthy\s+(?:volunteers|subjects|controls)\b|\bmeta-?analysis\b|"
    r"\bthis\s+(?:study|review)\b|\bwe\s+(?:studied|compared|evaluated|investigated|reviewed|examined|analy[sz]ed)\b|\bquestionnaires?\b|"
    rf"\b(?:[1-9]\d{{1,5}}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|hundred)(?:[- ]\w+)?\s+"
    rf"(?:[\w-]+\s+){{0,4}}?(?:{_PEOPLE}|subjects|volunteers|participants|individuals)\b"
)
ANIMAL_IN_TEXT: Final = _pattern(
    rf"\b(?:male|female|adult|wistar|albino|sprague|swiss|anesthetized|anaesthetized|conscious|aged|young|pregnant|the|in|of|to|treated)\s+(?:[\w-]+\s+)?{_ANIMAL}\b"
    r"(?![\s-]*(?:bites?|scratch|owner|allerg))"
)
