"""Chemical forms: which PubChem compound a MeSH name stands for where there are several, and what forms are.

PubChem has a compound (CID) for every structure: a drug, each of its salts and hydrates, an isotope of it, a mixture
with another drug. MeSH has one name for what people mean. ``CID-MeSH`` says which compounds a name belongs to. The
rules here turn that into exact and close matches; nothing is picked silently, and the lowest number is no reason.

**Which form a compound has** (``form_of``), by its structure (SMILES) first, its parent (``CID-Parent``) second, its
name last:

1. ``isotope``: an atom of the SMILES has a mass number (``[18F]``);
2. ``hydrate``: one of several components is water;
3. ``salt``: several components, and PubChem gives a parent, or one is charged or a mineral acid; ``mixture``:
   several components, and neither holds;
4. ``ion``: one component with a net charge;
5. ``salt``: no SMILES, and PubChem gives a parent other than the compound itself (``hydrate`` or ``isotope`` where
   the name says so);
6. what the name says, where the word has one meaning: ``hydrochloride`` is a salt; ``acetate`` may be an ester and
   ``chloral hydrate`` is none;
7. ``parent``: another candidate names it as its parent; else ``unknown``.

What a name says is told by ``kg.terms.chemical_names``.

**Which compound a name gets** (``choose``); the first rule that fits decides:

1. ``class-heading``: the name stands for many substances: MeSH gives the registry number "0" and the name is a plural
   or has narrower chemical headings; or MeSH gives no number and the name is a plural. A singular name with narrower
   headings is a compound and its derivatives (Testosterone), and a true registry number is one substance's. All
   compounds are close matches (``class_headings = "close"``), none is a match (``"none"``), or the rule is off
   (``"exact"``).
2. ``form-contradicted``: of several compounds, those whose structure cannot be what the name says (one component
   where the name is a salt, a hydrate or a combination) are close matches; the rest is decided without them.
3. ``ambiguous``: several compounds have the name, and not exactly one of them is titled so: all are close matches.
   With ``several = "prefer-parent"`` the one that is the parent of all others gets a name that says no form, and the
   only one of the form that the name says gets a name that says it (``preferred-form``).
4. ``several-names``: the compound has other MeSH names too, and is not titled with this one: a close match.
5. ``untitled-salt``: PubChem gives a parent, the name says no form and the compound is not titled so: a close match.
6. ``titled`` where several compounds have the name and one of them is titled so, else ``only-bearer``: an exact match.

**Parents.** A compound that is matched keeps its place, and its parent is linked beside it (``parents = "beside"``,
the default), or nothing is said of parents (``"none"``), or the parent takes the place of an exact match
(``"instead"``): exactly where the name says no form, as the broader term where it says one (``narrowMatch``, read from
the compound to the MeSH term).

With ``class_headings = "exact"``, and no SMILES and no parents loaded, rules 3, 4 and 6 alone remain.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_type_hints

from kg.errors import InputError, UnknownNameError
from kg.terms.chemical_names import Form, is_plural, name_form
from kg.terms.names import normalize_name

EXACT: Final = "skos:exactMatch"
CLOSE: Final = "skos:closeMatch"
#: From the compound to the MeSH term: the term is narrower.
NARROW: Final = "skos:narrowMatch"

_WATER: Final = frozenset({"O", "[OH2]", "[H]O[H]"})
_MINERAL_ACIDS: Final = frozenset({
    "Cl", "Br", "I", "F", "OS(=O)(=O)O", "OP(=O)(O)O", "[N+](=O)(O)[O-]", "OCl(=O)(=O)=O", "B(O)(O)O",
})  # fmt: skip
_ISOTOPE: Final = re.compile(r"\[\d+[A-Za-z]")
_CHARGE: Final = re.compile(r"([+-]+)(\d*)(?::\d+)?\]")


@dataclass(frozen=True, slots=True)
class FormsPolicy:
    """The knobs of the chemical forms, the table ``[chemicals]`` of a configuration file.

    Attributes:
        several: what becomes of a name that several compounds have: ``keep-all`` leaves it with all of them,
            ``prefer-parent`` gives it to the parent of the others.
        parents: whether parents are linked ``beside`` the matched compounds, put in their place (``instead``), or
            left out (``none``).
        class_headings: whether compounds of a class of substances are ``close`` matches, ``exact`` ones like any
            other, or ``none``.

    >>> FormsPolicy()
    FormsPolicy(several='keep-all', parents='beside', class_headings='close')
    """

    several: Literal["keep-all", "prefer-parent"] = "keep-all"
    parents: Literal["beside", "instead", "none"] = "beside"
    class_headings: Literal["close", "exact", "none"] = "close"

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(type(self)).items():
            if getattr(self, name) not in get_args(hint):
                raise UnknownNameError(f"value of {name}", str(getattr(self, name)), get_args(hint))

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> FormsPolicy:
        """Return the policy of a table of settings; what is not set is the default.

        >>> FormsPolicy.from_table({"several": "prefer-parent"}).several
        'prefer-parent'

        Raises:
            UnknownNameError: if a setting, or its value, is unknown.
        """
        known = [field.name for field in fields(cls)]
        for name in table:
            if name not in known:
                raise UnknownNameError("setting of [chemicals]", name, known)
        return cls(**table)

    @classmethod
    def from_toml(cls, path: Path) -> FormsPolicy:
        """Return the policy in the table ``[chemicals]`` of a TOML file, the default where it has none.

        Raises:
            InputError: if the file cannot be read.
            UnknownNameError: if a setting, or its value, is unknown.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "forms.toml")
        ...     _ = path.write_text('[chemicals]\\nseveral = "prefer-parent"\\n')
        ...     FormsPolicy.from_toml(path)
        FormsPolicy(several='prefer-parent', parents='beside', class_headings='close')
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8")).get("chemicals", {})
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is not TOML: {error}", value=str(path)) from error
        if not isinstance(table, dict):
            raise InputError(f"[chemicals] of {path} is not a table", value=str(path))
        return cls.from_table(table)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A compound that has a MeSH name, and what is known of it.

    Attributes:
        cid: the compound.
        title: PubChem's title, "" where it is not loaded.
        smiles: its structure, "" where it is not loaded.
        parent: CID of the parent that PubChem gives, None where there is none other than itself.
        mesh_names: how many different MeSH names ``CID-MeSH`` gives it.
    """

    cid: int
    title: str = ""
    smiles: str = ""
    parent: int | None = None
    mesh_names: int = 1


@dataclass(frozen=True, slots=True)
class Heading:
    """A MeSH term's name, and what MeSH says of the term.

    Attributes:
        name: the name.
        registry_numbers: MeSH's registry numbers (CAS, UNII, EC); "0" where it says that there is none.
        narrower: how many chemical headings stand directly below it.
    """

    name: str
    registry_numbers: tuple[str, ...] = ()
    narrower: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a name stands for.

    Attributes:
        cid: the compound, None where no single one is meant.
        predicate_id: the match of ``cid``, or of all ``others`` where ``cid`` is None; "" where there is none.
        rule: the rule that decided.
        reason: one clause for the reader.
        others: further compounds, which are close matches.
        parents: pairs (compound, parent) to link beside the matches.
    """

    cid: int | None
    predicate_id: str
    rule: str
    reason: str
    others: tuple[int, ...] = ()
    parents: tuple[tuple[int, int], ...] = ()

    def matches(self) -> Iterator[tuple[int, str]]:
        """Yield (compound, predicate), the chosen one first.

        >>> list(Choice(2, EXACT, "titled", "", (7,)).matches())
        [(2, 'skos:exactMatch'), (7, 'skos:closeMatch')]
        """
        if self.cid is not None:
            yield self.cid, self.predicate_id
        yield from ((other, CLOSE) for other in self.others)


def choose(candidates: Sequence[Candidate], heading: Heading, policy: FormsPolicy | None = None) -> Choice:
    """Return which compound a MeSH name stands for; the rules are those of the module.

    Args:
        candidates: the compounds that have the name.
        heading: the name, and what MeSH says of its term.
        policy: the default without it.

    >>> indole = Candidate(139191468, title="Indoles")
    >>> choose([indole], Heading("Indoles", narrower=34)).rule
    'class-heading'
    >>> base, salt = Candidate(3520, "Guanidine"), Candidate(5742, "Guanidine hydrochloride", parent=3520)
    >>> choice = choose([base, salt], Heading("Guanidine"))
    >>> choice.cid, choice.rule, choice.others, choice.parents
    (3520, 'titled', (5742,), ((5742, 3520),))
    """
    policy = policy or FormsPolicy()
    known = {candidate.cid: candidate for candidate in candidates}
    ordered = [known[cid] for cid in sorted(known)]
    if not ordered:
        return Choice(None, "", "none", "no compound has the name")
    chosen = _chosen(ordered, heading, policy)
    if policy.parents == "instead":
        return _with_parent(chosen, known, heading)
    if policy.parents == "beside":
        pairs = ((cid, known[cid].parent) for cid, _ in chosen.matches())
        return replace(chosen, parents=tuple((cid, parent) for cid, parent in pairs if parent not in {None, cid}))
    return chosen


def _chosen(candidates: Sequence[Candidate], heading: Heading, policy: FormsPolicy) -> Choice:
    everyone = tuple(candidate.cid for candidate in candidates)
    if policy.class_headings != "exact" and (why := why_class(heading)):
        if policy.class_headings == "none":
            return Choice(None, "", "class-heading", why)
        return Choice(None, CLOSE, "class-heading", why, everyone)
    said = _said(heading)
    fitting = [candidate for candidate in candidates if not _contradicted(candidate, said)]
    if not fitting:
        reason = f"the name says {said}, the structure is a single substance"
        return Choice(None, CLOSE, "form-contradicted", reason, everyone)
    key = normalize_name(heading.name)
    titled = [candidate for candidate in fitting if normalize_name(candidate.title) == key]
    one = fitting[0] if len(fitting) == 1 else titled[0] if len(titled) == 1 else None
    rule, reason = "only-bearer", "no other compound has the name"
    if len(everyone) > 1 and one:
        rule, reason = "titled", f"of {len(everyone)} compounds with the name only this one is titled so"
        if one not in titled:
            rule, reason = "form-contradicted", f"no other compound with the name can be the {said} that it says"
    if one is None and policy.several == "prefer-parent":
        one, reason = _preferred(fitting, said)
        rule = "preferred-form"
    if one is None:
        reason = f"{len(fitting)} compounds have the name, and {len(titled) or 'none'} of them are titled so"
        return Choice(None, CLOSE, "ambiguous", reason, everyone)
    if one.mesh_names > 1 and one not in titled and rule != "preferred-form":
        reason = f"the compound has {one.mesh_names} MeSH names and is not titled with this one"
        return Choice(None, CLOSE, "several-names", reason, everyone)
    if one.parent not in {None, one.cid} and one not in titled and said == "unknown":
        reason = f"PubChem gives CID {one.parent} as the compound's parent, and the name says no form"
        return Choice(None, CLOSE, "untitled-salt", reason, everyone)
    return Choice(one.cid, EXACT, rule, reason, tuple(cid for cid in everyone if cid != one.cid))


def _preferred(candidates: Sequence[Candidate], said: Form) -> tuple[Candidate | None, str]:
    if said == "unknown":
        for one in candidates:
            if all(other is one or other.parent == one.cid for other in candidates):
                return one, "it is the parent of all other compounds with the name"
        return None, ""
    same = [candidate for candidate in candidates if form_of(candidate) == said]
    return (same[0], f"it is the only {said} with the name, which says so") if len(same) == 1 else (None, "")


def _with_parent(choice: Choice, known: Mapping[int, Candidate], heading: Heading) -> Choice:
    """Put the parent in the place of an exact match."""
    if choice.cid is None or (parent := known[choice.cid].parent) in {None, choice.cid}:
        return choice
    predicate = EXACT if _said(heading) == "unknown" else NARROW
    reason = f"parent of CID {choice.cid}; {choice.reason}"
    others = tuple(other for other in choice.others if other != parent)
    return Choice(parent, predicate, "parent-instead", reason, others)


def _said(heading: Heading) -> Form:
    """Return the form of one substance that a name says; a class is none."""
    said = name_form(heading.name)
    return "unknown" if said == "class" else said


def _contradicted(candidate: Candidate, said: Form) -> bool:
    """A single uncharged component is no salt, hydrate, mixture or combination."""
    if said not in {"salt", "hydrate", "mixture", "combination"} or not candidate.smiles:
        return False
    return "." not in candidate.smiles and not (said == "salt" and _CHARGE.search(candidate.smiles))


def form_of(candidate: Candidate, parents: frozenset[int] = frozenset()) -> Form:
    """Return the form of a compound.

    Args:
        candidate: the compound.
        parents: compounds that others name as their parent.

    >>> form_of(Candidate(5742, smiles="C(=N)(N)N.Cl")), form_of(Candidate(1, smiles="CCO.O"))
    ('salt', 'hydrate')
    >>> form_of(Candidate(2, smiles="C(C1C(C(C(C(O1)O)[18F])O)O)O")), form_of(Candidate(3, smiles="CC(=O)[O-]"))
    ('isotope', 'ion')
    >>> form_of(Candidate(4, smiles="CCO.CCN")), form_of(Candidate(5), frozenset({5}))
    ('mixture', 'parent')
    """
    has_parent = candidate.parent not in {None, candidate.cid}
    said = name_form(candidate.title) if candidate.title else "unknown"
    if candidate.smiles:
        parts = candidate.smiles.split(".")
        if _ISOTOPE.search(candidate.smiles):
            return "isotope"
        if len(parts) > 1:
            if any(part in _WATER for part in parts):
                return "hydrate"
            if has_parent or any(_net_charge(part) or part in _MINERAL_ACIDS for part in parts):
                return "salt"
            return "combination" if said == "combination" else "mixture"
        if _net_charge(candidate.smiles):
            return "ion"
    elif has_parent:
        return said if said in {"hydrate", "isotope"} else "salt"
    elif said != "unknown":
        return said
    return "parent" if candidate.cid in parents else "unknown"


def _net_charge(smiles: str) -> int:
    """Return the charge of a component.

    >>> _net_charge("[Na+]"), _net_charge("[Ca++]"), _net_charge("[O-]S(=O)(=O)[O-]"), _net_charge("[Fe+3]")
    (1, 2, -2, 3)
    """
    total = 0
    for signs, number in _CHARGE.findall(smiles):
        size = int(number) if number else len(signs)
        total += size if signs[0] == "+" else -size
    return total


def why_class(heading: Heading) -> str:
    """Return why a heading is a class of substances, "" where it is one substance.

    >>> why_class(Heading("Testosterone", ("3XMK78S47O",), narrower=7))
    ''
    >>> why_class(Heading("Interferon Type I", ("0",), narrower=3))
    'MeSH gives no registry number, and 3 chemical headings are narrower'
    """
    numbers = heading.registry_numbers
    if any(number != "0" and not number.startswith("EC ") for number in numbers):
        return ""
    plural = is_plural(heading.name) and name_form(heading.name) not in {"combination", "mixture"}
    narrower = f"{heading.narrower} chemical heading{'s are' if heading.narrower != 1 else ' is'} narrower"
    if "0" in numbers and heading.narrower:
        return f"MeSH gives no registry number, and {narrower}"
    if plural:
        return f"the name is a plural{f', and {narrower}' if heading.narrower else ''}"
    return ""
