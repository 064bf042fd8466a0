"""Reading quads back: no quad can be lost, changed or added without being named."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.graph.store import GraphFolder
from kg.views.files import export
from kg.views.rdfreadback import RdfView, identifier
from kg.views.rdfvocabulary import iri
from kg.views.verification import Difference, ViewReport, verify
from tests.generated import generate


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return GraphFolder(generate(tmp_path_factory.mktemp("tiny") / "graph", documents=2, diseases=5, chemicals=4))


@pytest.fixture(scope="module")
def lines(tiny: GraphFolder, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    file = tmp_path_factory.mktemp("nquads") / "graph.nq"
    export(tiny, "nquads", file)
    return file.read_text("utf-8").split("\n")[:-1]


def compare(folder: GraphFolder, lines: list[str], place: Path, shown: int = 10) -> ViewReport:
    place.write_text("\n".join(lines) + "\n", "utf-8")
    (report,) = verify(folder, [RdfView(folder, place)], shown=shown)
    return report


def quad(line: str) -> ox.Quad:
    (found,) = ox.parse(input=line, format=ox.RdfFormat.N_QUADS)
    return found


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example("doi:10.1002/(SICI)1<2::AID>3.0")
@example("casegraph:as-written/PMCID:PMC1/c.1%20 x")
@example("FOO: %41")
@example("MONDO:0000001")
def test_an_identifier_comes_back_from_its_iri(text: str) -> None:
    assert identifier(iri(text).value) == text


def test_the_quads_are_all_seen(tiny: GraphFolder, lines: list[str], tmp_path: Path) -> None:
    assert compare(tiny, lines[::-1], tmp_path / "graph.nq").equal
    assert len(lines) > 1_000


def test_any_missing_quad_is_named(tiny: GraphFolder, lines: list[str], tmp_path: Path) -> None:
    """One quad of each predicate and graph, and of each class, is left out."""
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines):
        found = quad(line)
        key = (found.predicate.value, str(found.graph_name))
        if found.predicate.value.endswith("#type"):
            key = (*key, str(found.object))
        seen.setdefault(key, number)
    assert len(seen) > 100
    subjects = {key: identifier(quad(lines[number]).subject.value) for key, number in seen.items()}
    while seen:
        # Some at a time, no two of one subject.
        some = {subjects[key]: key for key in seen}
        left = [line for number, line in enumerate(lines) if number not in {seen[key] for key in some.values()}]
        report = compare(tiny, left, tmp_path / "graph.nq", shown=2_000)
        named = {word for difference in report.differences for word in difference.id.replace("|", " ").split(" ")}
        assert {(s, key) for s, key in some.items() if not set(s.split(" ")) <= named} == set()
        # A quad less is a record that differs, or one under another name and all that it states.
        assert report.records <= 9 * len(some)
        seen = {key: number for key, number in seen.items() if key not in some.values()}


def test_a_missing_quad_is_named_as_what_it_says(tiny: GraphFolder, lines: list[str], tmp_path: Path) -> None:
    number = next(i for i, line in enumerate(lines) if 'biolink/vocab/synonym> "alias 1"' in line)
    report = compare(tiny, lines[:number] + lines[number + 1 :], tmp_path / "graph.nq")
    (difference,) = report.differences
    assert (difference.kind, difference.id, difference.property) == ("Disease", "MONDO:9000001", "synonyms")
    assert [s for s in difference.expected if s not in difference.held] == ["alias 1"]
    number = next(i for i, line in enumerate(lines) if "rdf-schema#subClassOf" in line)
    found = quad(lines[number])
    report = compare(tiny, lines[:number] + lines[number + 1 :], tmp_path / "graph.nq")
    ends = f"{identifier(found.subject.value)} {identifier(found.object.value)}"
    assert report.differences == [Difference("rdfs:subClassOf in ontology-mondo", ends, "missing")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            '<http://purl.obolibrary.org/obo/MONDO_9000001> <urn:x:y> "new" <urn:casegraph:graph-ontology-mondo> .',
            ("Disease", "MONDO:9000001", "changed", "urn:x:y"),
        ),
        (
            "<http://purl.obolibrary.org/obo/MONDO_9000001> <https://w3id.org/biolink/vocab/treats> "
            "<http://purl.obolibrary.org/obo/MONDO_9000002> <urn:casegraph:graph-associations> .",
            ("biolink:treats", "MONDO:9000001 MONDO:9000002", "extra", ""),
        ),
        (
            "<http://purl.obolibrary.org/obo/MONDO_9000001> <http://www.w3.org/2000/01/rdf-schema#subClassOf> "
            "<http://purl.obolibrary.org/obo/MONDO_9000001> <urn:x:graph> .",
            ("rdfs:subClassOf in urn:x:graph", "MONDO:9000001 MONDO:9000001", "extra", ""),
        ),
        ('<urn:x:a> <urn:x:p> "1" <urn:x:g> .', ("(unknown)", "urn:x:a", "extra", "")),
        ('_:b <urn:x:p> "1" .', ("(unknown)", None, "extra", "")),
        (
            '<http://purl.obolibrary.org/obo/MONDO_9000001> <urn:casegraph:status> "obsolete" '
            "<urn:casegraph:graph-ontology-mondo> .",
            ("Disease", "MONDO:9000001", "changed", "status"),
        ),
    ],
)
def test_an_added_quad_is_named(
    line: str, expected: tuple[str, str | None, str, str], tiny: GraphFolder, lines: list[str], tmp_path: Path
) -> None:
    report = compare(tiny, [*lines, line], tmp_path / "graph.nq")
    (found,) = report.differences
    assert (found.kind, found.id if expected[1] else None, found.what, found.property) == expected


def test_a_changed_number_and_text_are_named(tiny: GraphFolder, lines: list[str], tmp_path: Path) -> None:
    changed = [
        line.replace('"current"', '"obsolete"') if "MONDO_9000001" in line and "status" in line else line
        for line in lines
    ]
    number = next(i for i, line in enumerate(changed) if "urn:casegraph:lift" in line)
    before = quad(changed[number]).object.value
    changed[number] = changed[number].replace(f'"{before}"', '"99.5"')
    report = compare(tiny, changed, tmp_path / "graph.nq")
    status, lift = report.differences
    assert (status.property, status.expected, status.held) == ("status", "current", "obsolete")
    assert (lift.property, lift.expected, lift.held) == ("lift", float(before), 99.5)


def test_files_that_cannot_be_read(tiny: GraphFolder, tmp_path: Path) -> None:
    (tmp_path / "graph.ttl").write_text("")
    (tmp_path / "broken.nq").write_text("<urn:a> <urn:b>\n")
    for name in ("graph.ttl", "graph.what", "none.nq"):
        with pytest.raises(InputError, match="no file of RDF with named graphs"):
            RdfView(tiny, tmp_path / name)
    with pytest.raises(InputError, match=r"broken\.nq cannot be read"):
        verify(tiny, [RdfView(tiny, tmp_path / "broken.nq")])
