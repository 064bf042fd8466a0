"""Parts of a phenopacket that say something of its subject: ages, concepts, enumerations, texts.

Elements are those of GA4GH's Phenopacket schema (https://phenopacket-schema.readthedocs.io/), version 2 and 1.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, Final

from kg.curies import normalize
from kg.model import Age, Concept

_DURATION: Final = re.compile(
    r"P(?=[\dT])(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T[\dHMS.]+)?"
)
_SNAKE: Final = re.compile(r"(?<!^)(?=[A-Z])")
_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")
_UNITS: Final = ("year", "month", "week", "day")
_DAYS: Final = (365.25, 365.25 / 12, 7.0, 1.0)


def read_age(element: object, born: str = "") -> Age | None:
    """Return what a ``TimeElement`` says, or version 1's age.

    Args:
        element: the JSON value.
        born: date of birth; with it a time stamp is an age.

    >>> read_age({"age": {"iso8601duration": "P37Y2M"}})
    Age(text='P37Y2M', number=37.16..., unit='year', concept=None)
    >>> read_age({"ontologyClass": {"id": "HP:0003577", "label": "Congenital onset"}}).concept.curie
    'HP:0003577'
    """
    if isinstance(element, str):
        return _duration(element)
    if not isinstance(element, dict):
        return None
    age = get(element, "age")
    if age is not None:
        return read_age(age)
    if isinstance(written := get(element, "iso8601duration"), str):
        return _duration(written)
    if isinstance(span := get(element, "ageRange"), dict):
        ends = [read_age(get(span, end)) for end in ("start", "end")]
        text = " to ".join(a.text for a in ends if a)
        return Age(text) if text else None
    if isinstance(weeks := get(element, "gestationalAge"), dict):
        return Age(f"gestational age of {get(weeks, 'weeks') or 0} weeks {get(weeks, 'days') or 0} days")
    if isinstance(stamp := get(element, "timestamp"), str):
        return _between(born, stamp)
    concept = read_concept(get(element, "ontologyClass")) or read_concept(element)
    return Age(concept.label or concept.written, concept=concept) if concept else None


def _duration(written: str) -> Age:
    """Return an ISO 8601 duration in its largest unit.

    >>> _duration("P18M"), _duration("P0Y3W"), _duration("37 years")
    (Age(text='P18M', number=18.0, unit='month', concept=None),
     Age(text='P0Y3W', number=3.0, unit='week', concept=None),
     Age(text='37 years', number=None, unit=None, concept=None))
    """
    found = _DURATION.fullmatch(written.strip())
    if not found or not any(found.groups()):
        return Age(written)
    numbers = [float(n) if n else 0.0 for n in found.groups()]
    largest = next((i for i, n in enumerate(numbers) if n), next(i for i, n in enumerate(found.groups()) if n))
    days = sum(n * _DAYS[i] for i, n in enumerate(numbers) if i > largest)
    return Age(written, round(numbers[largest] + days / _DAYS[largest], 4), _UNITS[largest])


def _between(born: str, stamp: str) -> Age:
    try:
        first, last = (datetime.date.fromisoformat(text[:10]) for text in (born, stamp))
    except ValueError:
        return Age(stamp)
    years = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    return Age(stamp, float(years), "year") if years >= 0 else Age(stamp)


def get(element: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key in camel case or in snake case.

    >>> get({"phenotypic_features": 1}, "phenotypicFeatures")
    1
    """
    if key in element:
        return element[key]
    return element.get(_SNAKE.sub("_", key).lower())


def text_of(element: Mapping[str, Any], key: str) -> str:
    """Return a text without what no text holds: doubled spaces, NUL, halves of characters.

    >>> text_of({"label": "a\\ud800  b"}, "label")
    'a\ufffd b'
    """
    value = get(element, key)
    return " ".join(_NO_TEXT.sub("\ufffd", value).split()) if isinstance(value, str) else ""


def read_concept(element: object) -> Concept | None:
    """Return an ontology class, None where there is neither identifier nor label.

    >>> read_concept({"id": "HP:0001945", "label": "Fever"})
    Concept(written='HP:0001945', label='Fever', curie='HP:0001945')
    >>> read_concept({}) is None
    True
    """
    if not isinstance(element, dict):
        return None
    written, label = text_of(element, "id"), text_of(element, "label")
    return Concept(written, label, normalize(written)) if written or label else None


def name_of(value: object, numbers: tuple[str, ...]) -> str:
    """Return the name of a value of an enumeration that is written by name or by number.

    >>> name_of("male", ("UNKNOWN_SEX", "FEMALE", "MALE")), name_of(2, ("UNKNOWN_SEX", "FEMALE", "MALE"))
    ('MALE', 'MALE')
    """
    if isinstance(value, int) and 0 <= value < len(numbers):
        return numbers[value]
    return value.upper() if isinstance(value, str) else ""
