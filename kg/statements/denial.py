"""Whether a named disease is one that the patient has: not denied, not ruled out, not merely mimicked.

Each function looks at the masked sentence just before and just after the name.
"""

from __future__ import annotations

import re

_REACH = 120
_WORD = r"(?:(?:any|a|an|the|his|her|known|prior|previous|past|personal|family|further|clear|[\w-]+)\s+)?"
_LISTED = r"(?:⟦[cdx]+\s*(?:,\s*(?:and|or|nor)?|or|and|nor|/)\s*(?:of\s+)?(?:[\w-]+\s+)?)*"
_HEAD = (
    r"(?:(?:medical|history|evidence|signs?|symptoms?|features?|suspicion|diagnosis|recurrence|relapse|indication)\s+)*"
)
_DENIED_BEFORE = re.compile(
    rf"\b(?:no|without|not|denied|denies|never\s+had|absence\s+of|lack\s+of|negative\s+for|free\s+of|free\s+from|"
    rf"ruled\s+out|ruling\s+out|rule\s+out|excluded|excluding|exclusion\s+of|neither|nor)\s+"
    rf"{_WORD}{_HEAD}(?:of\s+|for\s+|or\s+)?{_WORD}{_LISTED}$",
    re.IGNORECASE,
)
_COPULA = r"(?:was|were|is|are|had\s+been|has\s+been|could\s+be|be|been)"
_DENIED_AFTER = re.compile(
    rf"^(?:\s+(?:of|in|and|or)\s+[\w\s⟦-]{{0,30}}?)?\s+{_COPULA}\s+(?:[\w-]+\s+)?(?:excluded|ruled\s+out|"
    r"not\s+(?:\w+\s+)?(?:found|present|seen|detected|confirmed|identified|supported|diagnosed|evident|observed|likely)|"
    r"never\s+(?:found|confirmed|present|diagnosed)|absent|unlikely|dismissed|discarded|refuted)\b|"
    r"^\s+(?:could|can)\s+not\s+be\s+(?:found|confirmed|detected)\b",
    re.IGNORECASE,
)
_MIMICKED = re.compile(
    r"\b(?:mimick?(?:ing|ed|s)?|masquerad\w+(?:\s+as)?|misdiagnos\w+(?:\s+(?:as|for))?|mistaken\s+(?:for|as)|simulat\w+|resembl\w+|"
    r"versus|vs\.?|differential\s+diagnos[ei]s(?:\s+(?:of|with|between|from|included|includes|was|were))?|distinguish\w+\s+from|"
    r"suspected(?:\s+(?:of|as|to\s+be))?|suspicious\s+(?:of|for)|suspicion\s+of|presumed|thought\s+to\s+be|presenting\s+as|"
    r"rather\s+than|instead\s+of|initially\s+(?:diagnosed|treated|labell?ed)\s+as)\s+(?:(?:an?|the)\s+)?(?:[\w-]+\s+){0,3}"
    rf"{_LISTED}$",
    re.IGNORECASE,
)
_DOUBTED_AFTER = re.compile(r"^\s+(?:versus|vs\.?|mimics?\b|was\s+(?:initially\s+)?(?:suspected|considered))", re.I)
_ASIDE_BEFORE = re.compile(
    rf"\b(?:history\s+of|histories\s+of|comorbid\w*|known\s+for|risk\s+of|prevent(?:ion|ing)?\s+(?:of\s+)?|"
    rf"prophyla\w+\s+(?:of|for|against))\s*{_WORD}{_LISTED}$",
    re.IGNORECASE,
)
_ASIDE_AFTER = re.compile(
    rf"^\s+{_COPULA}\s+(?:[\w-]+\s+)?(?:well[-\s]controlled|under\s+(?:good\s+)?control|adequately\s+controlled|resolved|"
    r"cured)\b(?!\s+(?:with|by|on|under|using))",
    re.IGNORECASE,
)


def is_denied(mask: str, start: int, end: int) -> bool:
    """Tell whether the disease at [start, end) of a masked sentence is said not to be there.

    >>> text = "a man with no history of ⟦d was seen"
    >>> is_denied(text, 25, 27), is_denied("the ⟦d was seen", 4, 6), is_denied("⟦d was excluded", 0, 2)
    (True, False, True)
    """
    before, after = mask[max(0, start - _REACH) : start], mask[end : end + _REACH]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after))


def is_doubted(mask: str, start: int, end: int) -> bool:
    """Tell whether the disease is what the true one was taken for, or looked like.

    >>> is_doubted("⟦d mimicking a ⟦d", 15, 17), is_doubted("⟦d mimicking a ⟦d", 0, 2)
    (True, False)
    """
    before, after = mask[max(0, start - _REACH) : start], mask[end : end + _REACH]
    return bool(_MIMICKED.search(before) or _DOUBTED_AFTER.match(after))


def is_target(mask: str, start: int, end: int) -> bool:
    """Tell whether the disease may be what somebody is treated for: present, and no closed matter.

    >>> is_target("his ⟦d was well controlled", 4, 6), is_target("his ⟦d was treated", 4, 6)
    (False, True)
    """
    if is_denied(mask, start, end) or is_doubted(mask, start, end):
        return False
    before, after = mask[max(0, start - _REACH) : start], mask[end : end + _REACH]
    return not (_ASIDE_BEFORE.search(before) or _ASIDE_AFTER.match(after))
