"""Values of typed columns as Neo4j's importer takes them: which stop it, and which it changes without a word."""

from __future__ import annotations

import math
import re
from typing import Final

from kg.views.importheader import Column

#: What Java's `Double.parseDouble` reads (JDK API, class `Double`, method `valueOf`), blanks around it left out.
_DOUBLE: Final = re.compile(
    r"[-+]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fFdD]?"
    r"|0[xX](?:[0-9a-fA-F]+\.?|[0-9a-fA-F]*\.[0-9a-fA-F]+)[pP][-+]?\d+[fFdD]?)",
    re.ASCII,
)
_LONG: Final = re.compile(r"-?[0-9]+")
#: What Java's `Character.isWhitespace` says yes to, in the Basic Multilingual Plane.
_BLANKS: Final = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
_JAVA_TRIM: Final = "".join(map(chr, range(0x21)))
#: Types whose values are not judged.
UNJUDGED: Final = frozenset({"point", "date", "time", "datetime", "localtime", "localdatetime", "duration"})

Verdict = tuple[str, str]


def judge(column: Column, text: str, array_delimiter: str) -> Verdict | None:
    """Return what is wrong with the value of a property, or None.

    Args:
        column: of which the value is.
        text: the field, without its quotes; an empty one is null, or an empty text.
        array_delimiter: between the elements of a list.

    Returns:
        A code (``not-a-number``, ``overflow``, ``not-a-boolean``) and what the importer does.

    >>> judge(Column("n:long", "n", "PROPERTY", "long"), "1.5", ";")
    ('not-a-number', "'1.5' is no integer")
    >>> judge(Column("b:boolean", "b", "PROPERTY", "boolean"), "TRUE", ";")
    ('not-a-boolean', "'TRUE' is stored as false: only true is true")
    """
    if not text:
        return None
    element = column.element
    # The importer makes a :char a text, as it makes an :int a long.
    if element in ("string", "char", "textvalue") or element in UNJUDGED:
        return None
    for value in text.split(array_delimiter) if column.is_list else [text]:
        verdict = _long(value) if element == "long" else _double(value) if element == "double" else _boolean(value)
        if verdict:
            return verdict
    return None


def _long(value: str) -> Verdict | None:
    digits = value.strip(_BLANKS)
    if not _LONG.fullmatch(digits):
        return "not-a-number", f"{value!r} is no integer"
    # A number of many digits is not turned into one, only counted.
    if len(digits.lstrip("-0")) > 19 or not -(2**63) <= int(digits) < 2**63:
        return "overflow", f"{value} does not fit 64 bits: another number is stored"
    return None


def _double(value: str) -> Verdict | None:
    number = value.strip(_JAVA_TRIM)
    if not _DOUBLE.fullmatch(number):
        return "not-a-number", f"{value!r} is no number"
    if "x" not in number.lower() and "Infinity" not in number and math.isinf(float(number.rstrip("fFdD"))):
        return "overflow", f"{value} is beyond a double: Infinity is stored"
    return None


def _boolean(value: str) -> Verdict | None:
    if value.strip(_BLANKS) in ("true", "false"):
        return None
    return "not-a-boolean", f"{value!r} is stored as false: only true is true"
