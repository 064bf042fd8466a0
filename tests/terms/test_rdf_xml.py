"""What an RDF/XML file may declare, in which encodings it may come, and the lines of its classes."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.terms import rdf_xml
from kg.terms.rdf_xml import RdfXmlText
from kg.terms.reading import Problems

ROOT = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#" '
    'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">\n'
)
LABEL = '<owl:Class rdf:about="http://x/1"><rdfs:label>{}</rdfs:label></owl:Class>\n</rdf:RDF>\n'


def text_of(content: str | bytes) -> tuple[RdfXmlText, Problems]:
    problems = Problems("mondo", "mondo.owl")
    data = content.encode() if isinstance(content, str) else content
    return RdfXmlText(Path("mondo.owl"), io.BytesIO(data), problems), problems


def label(content: str | bytes) -> str:
    text, _ = text_of(content)
    found = [triple.object.value for triple in text.triples() if triple.predicate.value.endswith("#label")]
    assert text.ended
    return str(found[0])


@pytest.mark.parametrize(
    ("declaration", "written", "read"),
    [
        ("", "a", "a"),
        (
            '<!DOCTYPE rdf:RDF [\n <!ENTITY obo "http://x/" >\n <!ENTITY owl "http://y#">\n]>',
            "&obo;1 &amp;",
            "http://x/1 &",
        ),
        ("<!DOCTYPE rdf:RDF [<!-- don't [ panic ]> --> <!ENTITY a 'b'>]>", "&a;", "b"),
        ("<!DOCTYPE rdf:RDF>", "a", "a"),
        (f"<!-- {'long ' * 50_000} -->\n<?pi x?>", "a", "a"),
    ],
)
def test_what_is_allowed(declaration: str, written: str, read: str) -> None:
    content = f"<?xml version='1.0'?>\n{declaration}\n{ROOT}{LABEL.format(written)}"
    assert label(content) == read


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        f'<!DOCTYPE r [<!ENTITY a "{"a" * 1000}">]>',
        '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY a PUBLIC "x" "http://127.0.0.1:9/">]>',
        '<!DOCTYPE r [<!ENTITY % a "x"> %a;]>',
        '<!DOCTYPE r [<!ENTITY a "&#38;b;">]>',
        '<!DOCTYPE r [<!ENTITY a "<b/>">]>',
        '<!DOCTYPE r [<!ELEMENT r ANY>]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE r PUBLIC "a" "http://127.0.0.1:9/x.dtd" [<!ENTITY a "b">]>',
    ],
)  # fmt: skip
def test_what_is_refused(declaration: str) -> None:
    with pytest.raises(TermsError, match="such a file is refused"):
        text_of(f"<?xml version='1.0'?>\n{declaration}\n{ROOT}{LABEL.format('&a;')}")


def test_a_prologue_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf_xml, "_LONGEST_PROLOGUE", 1 << 18)
    for start in ("<!--", "<!DOCTYPE r [", '<!DOCTYPE r [<!ENTITY a "', "<?pi ", "<a"):
        with pytest.raises(TermsError):
            text_of(start + "x" * (1 << 20))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        ("<html><head/></html>", "web page"),
        ("<DescriptorRecordSet/>", "its root is <DescriptorRecordSet>"),
        ("hello", "is no XML"),
        ("", "is empty"),
        ("  \n", "is empty"),
        ("<?xml version='1.0'?>", "cut short"),
    ],
)
def test_another_file_is_refused_and_the_message_says_what_it_is(content: str, message: str) -> None:
    with pytest.raises(TermsError, match=message):
        text_of(content)


@pytest.mark.parametrize(
    ("encoding", "declared", "codes"),
    [
        ("utf-8", "", []),
        ("utf-8-sig", "UTF-8", []),
        ("utf-16", "UTF-16", ["wrong-encoding"]),
        ("latin-1", "ISO-8859-1", []),
        ("utf-8", "UTF-16", ["wrong-encoding"]),
        ("utf-8", "klingon", ["wrong-encoding"]),
        ("utf-8", "base64", ["wrong-encoding"]),
        ("utf-8", "idna", ["wrong-encoding"]),
    ],
)
def test_encodings(encoding: str, declared: str, codes: list[str]) -> None:
    declaration = f' encoding="{declared}"' if declared else ""
    content = f'<?xml version="1.0"{declaration}?>\n{ROOT}{LABEL.format("Sjögren")}'.encode(encoding)
    assert label(content) == "Sjögren"
    text, problems = text_of(content)
    assert [problem.code for problem in problems.found] == codes
    list(text.triples())
    assert text.lines == {"http://x/1": 3}


def test_bytes_that_are_no_text_cost_only_themselves() -> None:
    content = f"{ROOT}{LABEL.format('Sjögren')}".encode("latin-1")
    assert label(content) == "Sj\ufffdgren"
    text, problems = text_of(content)
    list(text.triples())
    assert [problem.code for problem in problems.found] == ["not-utf8"]


def test_lines_of_classes_across_reads_and_entities() -> None:
    body = "".join(
        f'<owl:Class rdf:about="&o;{n}">\n  <rdfs:label>{"x" * (n % 997)}</rdfs:label>\n</owl:Class>\n'
        for n in range(3000)
    )
    text, _ = text_of(f'<!DOCTYPE rdf:RDF [\n<!ENTITY o "http://o/">\n]>\n{ROOT}{body}</rdf:RDF>')
    subjects = {triple.subject.value for triple in text.triples()}
    assert text.lines == {f"http://o/{n}": 5 + 3 * n for n in range(3000)}
    assert set(text.lines) == subjects


@pytest.mark.parametrize("opened", ["<!--", "<!DOCTYPE rdf:RDF [<!--", "<!DOCTYPE rdf:RDF [" + "<!--" * 16_000])
def test_comments_that_are_not_closed_take_no_time(opened: str) -> None:
    began = time.process_time()
    with pytest.raises(TermsError):
        text_of(opened + "<!--" * 16_000)
    assert time.process_time() - began < 2


def test_comments_behind_the_end_take_no_time() -> None:
    began = time.process_time()
    text, _ = text_of(ROOT + LABEL.format("a") + "<!---->" * 200 + "junk")
    assert not text.ended
    assert text_of(ROOT + LABEL.format("a") + "<!-- -->\n" * 200)[0].ended
    assert time.process_time() - began < 2
