"""Words that turn a statement around: negation, possibility, kin, the past, populations, the literature.

Each cue is looked for in the clause that holds the statement, so that "no surgery was done, but
anlotinib was given" is not read as negated.
"""

from __future__ import annotations

import re

_CLAUSE = re.compile(
    r"[;:]|,?\s+(?:but|however|although|though|whereas|while|yet)\s+|,\s+(?=(?:and|then)\s+(?:he|she|the\s+patient|it)\b)",
    re.IGNORECASE,
)
KIN = (
    r"(?:grand)?(?:father|mother|parents?)|brothers?|sisters?|siblings?|sons?|daughters?|wife|husband|uncle|aunt|"
    r"cousins?|niece|nephew|relatives?|twin"
)
_FAMILY = re.compile(
    rf"\b(?:his|her|their|the\s+patient['’]s|whose)\s+(?:[\w-]+\s+){{0,3}}(?:{KIN})\b|\bfamily\s+history\b", re.I
)
_HYPOTHETICAL = re.compile(
    r"\b(?:(?:may|might|could|would|should)(?!\s+not\b)|potential(?:ly)?|candidate|possib(?:le|ly)|warrants?|hypothes\w+|propose[ds]?|"
    r"recommend\w*|(?:to|can)\s+be\s+considered|was\s+considered|planned|future|remains?\s+to\s+be|if)\b",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\b(?:trials?|literature|studies|guidelines?|approved|indicated|commonly|usually|typically|generally|in\s+patients|"
    r"patients\s+(?:with|who|treated)|has\s+been\s+reported|have\s+been\s+reported|is\s+(?:a|an|the)\s+(?:\w+\s+){0,3}"
    r"(?:inhibitor|agent|drug|antibody)|known\s+to|rates?\s+of|mainstay|cornerstone|backbone|standards?\s+of\s+care|"
    r"(?:shown|demonstrated|limited|modest|clinical|antitumou?r)\s+(?:[\w-]+\s+)?activity|controversial|no\s+patients?|"
    r"(?:previous|earlier|prior|other|published|most|many|some|all|unlike|historical)\s+(?:[\w-]+\s+){0,2}(?:patients?|reports?|"
    r"cases?|stud(?:y|ies)|series)|patients\s+(?:given|receiving|on|under|taking|in|treated)|mice|mouse|murine|rats?|dogs?|cats?|"
    r"(?:of|among)\s+(?:the\s+)?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|these)\s+(?:[\w-]+\s+){0,3}"
    r"(?:patients|cases|reports)|"
    r"in\s+vitro|in\s+vivo|xenografts?|cell\s+lines?|cohorts?|meta-analys[ei]s|preclinical\w*|in\s+(?:an?|one|another)\s+"
    r"(?:[\w-]+\s+){0,2}study)\b",
    re.IGNORECASE,
)
# A clause in the present tense that names no patient tells what is known, not what was done.
_PRESENT = re.compile(
    r"\b(?:is|are|has|have|remains?|requires?|shows?|acts?|inhibits?|causes?\s+(?:\w+\s+){0,2}⟦|represents?|constitutes?|plays?|improves?|offers?|"
    r"provides?|depends?|can|leads?\s+to|cells)\b",
    re.IGNORECASE,
)
_ANCHOR = re.compile(
    r"\b(?:he|she|his|her|him|(?:an?|the|this|our|one)\s+(?:[\w-]+\s+){0,4}(?:man|woman|boy|girl|male|female|patient|infant|"
    r"child|baby|adult|adolescent|case)|this\s+(?:case\s+)?report|case\s+report|(?:patient|case)\s+\d)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:no|not|never|without|neither|nor|none|absence\s+of|denied|(?<!were\s)(?<!was\s)(?:ruled\s+out|excluded)|lack\s+of|negative\s+for|"
    r"free\s+of|n['’]t)\b|n['’]t\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:years?|decades?)\s+(?:earlier|before|previously|ago|prior)\b(?!\s+(?:to\s+)?death)|"
    r"\bin\s+(?:(?:his|her|early)\s+)?(?:childhood|infancy|adolescence|youth)\b",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"(?<!hour\s)(?<!day\s)(?<!week\s)(?<!month\s)(?<!year\s)(?<!days\s)(?<!weeks\s)(?<!months\s)(?<!years\s)\bhistory\s+of\s+(?:(?:an?|the|severe|mild|previous|prior|recurrent|known|documented|suspected)\s+){0,3}$",
    re.IGNORECASE,
)
# "not only", "no longer", "not feasible" about something else, "no other": not a denial of what follows.
_PSEUDO = re.compile(
    r"\b(?:not\s+only|no\s+doubt|not\s+feasible|not\s+possible|no\s+other|no\s+further|without\s+delay)\b", re.I
)


def clause_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the clause of ``text`` that holds [start, end).

    >>> clause_bounds("no surgery; drug given", 12, 16)
    (11, 22)
    """
    left, right = 0, len(text)
    for found in _CLAUSE.finditer(text):
        if found.end() <= start:
            left = found.end()
        elif found.start() >= end:
            right = found.start()
            break
    return left, right


def is_family(sentence: str) -> bool:
    """Tell whether the sentence speaks of a relative or of family history.

    >>> is_family("Her father had died of melanoma."), is_family("The father of surgery.")
    (True, False)
    """
    return bool(_FAMILY.search(sentence))


def is_hypothetical(clause: str) -> bool:
    """Tell whether the clause speaks of what may, could or should be.

    >>> is_hypothetical("it may serve as an option"), is_hypothetical("it was given")
    (True, False)
    """
    return bool(_HYPOTHETICAL.search(clause))


def is_general(clause: str) -> bool:
    """Tell whether the clause speaks of drugs or patients at large, not of this patient.

    >>> is_general("Anlotinib is an oral inhibitor"), is_general("she received anlotinib")
    (True, False)
    """
    return bool(_GENERAL.search(clause))


def is_background(clause: str) -> bool:
    """Tell whether the clause says what holds in general: `is_general`, or the present tense without a patient.

    >>> is_background("The use of it remains open"), is_background("She remains on it"), is_background("It was given")
    (True, False, False)
    """
    return is_general(clause) or bool(_PRESENT.search(clause) and not _ANCHOR.search(clause))


def is_past(clause: str) -> bool:
    """Tell whether the clause speaks of years ago, or of a patient's childhood.

    >>> is_past("he was treated ten years earlier"), is_past("two months earlier")
    (True, False)
    """
    return bool(_PAST.search(clause))


def is_history(before: str) -> bool:
    """Tell whether the words ``before`` a statement make it a matter of the patient's history.

    >>> is_history("She had a history of severe "), is_history("a three-month history of ")
    (True, False)
    """
    return bool(_HISTORY.search(before))


def is_negated(before: str) -> bool:
    """Tell whether the words ``before`` a statement deny it (a window of eight words).

    >>> is_negated("there was no evidence of"), is_negated("he not only received")
    (True, False)
    """
    # What stands before ", and" or ", then" belongs to another statement.
    near = re.split(r",\s+(?:and|then|or)\s+", before)[-1]
    window = " ".join(near.split()[-8:])
    return bool(_NEGATION.search(_PSEUDO.sub(" ", window)))
