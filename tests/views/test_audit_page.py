"""The page for curators: parsed as HTML, and run in a real Chromium where there is one."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kg.graph.store import GraphFolder
from kg.linking.decisionsfile import parse_decisions
from kg.views.audit import page
from kg.views.audit.page import page_text
from kg.views.audit.report import Report
from tests.views.audited import HOSTILE, several

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
in_browser = pytest.mark.browser
without = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: set CHROMIUM, or put one on the PATH")


class Parsed(HTMLParser):
    """Elements with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        last = self.inside[-1] if self.inside else ""
        if last == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)
        elif last == "style":
            self.styles.append(data)
        else:
            self.text += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return several(tmp_path_factory.mktemp("page"))


def made(folder: GraphFolder, **more: Any) -> str:
    return page_text(Report(folder).groups(), folder.manifest, **more)


def held(text: str) -> dict[str, Any]:
    (data,) = [content for attributes, content in Parsed(text).scripts if attributes.get("id") == "data"]
    return dict(json.loads(data))


def test_nothing_of_a_document_becomes_markup(folder: GraphFolder) -> None:
    text = made(folder)
    parsed = Parsed(text)
    assert len(parsed.scripts) == 2
    assert not [a for _, a in parsed.elements if any(name.startswith("on") for name in a)]
    assert not [tag for tag, _ in parsed.elements if tag in {"img", "iframe", "link", "object", "base"}]
    told = held(text)
    assert any(HOSTILE in title for title, _ in told["documents"].values())
    assert any(HOSTILE.rstrip() in p.get("before", "") for g in told["groups"] for p in g["places"])


def test_the_page_loads_nothing_and_runs_its_own_script_alone(folder: GraphFolder) -> None:
    text = made(folder)
    parsed = Parsed(text)
    (policy,) = [a["content"] for tag, a in parsed.elements if tag == "meta" and a.get("http-equiv")]
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    (script,) = [content for attributes, content in parsed.scripts if not attributes.get("type")]

    def digest(content: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"

    assert rules == {
        "default-src": "'none'", "script-src": digest(script), "style-src": digest("".join(parsed.styles)),
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    for _, attributes in parsed.elements:
        assert not attributes.get("src")
        assert "style" not in attributes


def test_every_control_has_a_label(folder: GraphFolder) -> None:
    parsed = Parsed(made(folder))
    stack_free = re.sub(r"<script.*", "", made(folder), flags=re.S)
    for tag, attributes in parsed.elements:
        if tag in {"input", "select", "textarea"}:
            named = attributes.get("aria-label") or re.search(
                rf"<label>[^<]*<{tag}[^>]*{re.escape(attributes.get('id') or attributes.get('value') or '')}",
                stack_free,
            )
            assert named, attributes
    assert ("html", {"lang": "en"}) in parsed.elements


def test_every_finding_is_held_in_its_group_with_addresses(folder: GraphFolder) -> None:
    told = held(made(folder))
    assert sum(group["count"] for group in told["groups"]) == folder.count("findings")
    (seed,) = [g for g in told["groups"] if g["code"] == "too-specific"]
    assert seed["assertedUrl"] == "https://purl.obolibrary.org/obo/MONDO_0002623"
    assert seed["suggestedName"] == "osteosarcoma"
    assert told["documents"]["PMCID:PMC13003748"][1] == "https://pmc.ncbi.nlm.nih.gov/articles/PMC13003748"
    addresses = [u for _, u in told["documents"].values()] + [g.get("assertedUrl") for g in told["groups"]]
    assert all(u is None or u.startswith("https://") for u in addresses)


def test_a_page_that_is_cut_says_so(folder: GraphFolder) -> None:
    whole, cut = made(folder), made(folder, limit=1)
    assert "are in this page" not in Parsed(whole).text
    assert f"{folder.count('findings')} findings" in Parsed(cut).text
    assert "The first 1 are in this page" in Parsed(cut).text
    assert len(held(cut)["groups"]) == 1
    assert len(cut) < len(whole)


def test_same_graph_same_bytes(folder: GraphFolder, tmp_path: Path) -> None:
    assert made(folder) == made(several(tmp_path))


DRIVER = """
;(() => {
  const told = {};
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const current = () => document.querySelector("li.current").dataset.number;
  told.title = document.title;
  told.images = document.images.length;
  told.cards = document.querySelectorAll("ol.cards > li").length;
  const groups = JSON.parse(document.getElementById("data").textContent).groups;
  const wide = groups.findIndex((group) => group.documents > 1 && group.mention);
  const select = (number) => document.querySelector('li[data-number="' + number + '"] [data-is=scope]');
  told.scope = select(wide).value;
  told.reach = select(wide).selectedOptions[0].textContent;
  if (!told.scope) {
    const item = document.querySelector('li[data-number="' + wide + '"]');
    item.querySelector("button[data-decision=reject]").click();
    told.asked = document.getElementById("said").textContent;
    told.refused = document.getElementById("rows").value.split("\\n").length;
    select(wide).value = "surface";
    item.querySelector("button[data-decision=reject]").click();
    told.wide = document.getElementById("rows").value;
    item.querySelector("button[data-decision=reject]").click();
  }
  const sort = document.getElementById("sort");
  told.sorted = {};
  for (const { value } of sort.options) {
    sort.value = value; sort.dispatchEvent(new Event("change"));
    told.sorted[value] = [...document.querySelectorAll("ol.cards > li h3")].map((h) => h.textContent);
  }
  sort.value = "severity"; sort.dispatchEvent(new Event("change"));
  told.file = document.getElementById("download").textContent;
  told.obeyed = document.getElementById("obeyed")?.textContent;
  told.marked = [...document.querySelectorAll("blockquote mark")].map((m) => m.textContent);
  press("j"); told.next = current();
  press("k"); told.back = current();
  press("a"); told.after = current();
  press("r"); press("m");
  document.getElementById("search").value = "pediatric osteosarcoma";
  document.getElementById("search").dispatchEvent(new Event("input"));
  setTimeout(() => {
    told.found = document.querySelectorAll("ol.cards > li").length;
    const curator = document.getElementById("curator");
    curator.value = "A.\\tName"; curator.dispatchEvent(new Event("input"));
    document.querySelector("button[data-decision=remap]").click();
    told.pressed = document.querySelector("button[data-decision=remap]").getAttribute("aria-pressed");
    told.rows = document.getElementById("rows").value;
    told.narrow = document.documentElement.scrollWidth <= window.innerWidth;
    document.body.textContent = "RESULT" + btoa(unescape(encodeURIComponent(JSON.stringify(told)))) + "END";
  }, 400);
})();
"""


def driven(folder: GraphFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run the page in Chromium and return what its driver saw."""
    asset = page._asset
    # The driver is a part of the script, so that the page's own policy holds while it runs.
    monkeypatch.setattr(page, "_asset", lambda name: asset(name) + (DRIVER if name == "page.js" else ""))
    file = tmp_path / "audit.html"
    file.write_text(made(folder), "utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.search(r"RESULT([A-Za-z0-9+/=]+)END", done.stdout)
    assert found, done.stderr[-2000:]
    return dict(json.loads(base64.b64decode(found[1])))


@in_browser
@without
def test_a_curator_works_through_it_in_chromium(
    folder: GraphFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = driven(folder, tmp_path, monkeypatch)
    groups = Report(folder).groups()
    assert (told["title"], told["images"]) == ("Audit of a casegraph", 0)
    assert told["cards"] == len(groups)
    assert "osteosarcoma" in told["marked"]
    assert (told["next"], told["back"], told["after"]) == ("1", "0", "1")
    assert (told["found"], told["pressed"], told["narrow"]) == (1, "true", True)
    # A name in several documents is decided where it is shown, not everywhere.
    assert (told["scope"], told["reach"]) == ("mention", "these 3 mentions")
    assert (told["file"], told.get("obeyed")) == ("Download decisions.tsv", None)
    ordered = told["sorted"]
    assert set(map(len, ordered.values())) == {len(groups)}
    by_code = sorted(groups, key=lambda group: group[0].finding["code"])
    for value, expected in (("severity", groups), ("code", by_code)):
        shown = [text.startswith(g[0].finding["severity"]) and g[0].finding["message"] in text
                 for g, text in zip(expected, ordered[value], strict=True)]  # fmt: skip
        assert all(shown), value
    most = sorted(groups, key=lambda group: -len(group))
    assert [text.split()[1][:8] for text in ordered["count"]] == [g[0].finding["code"][:8] for g in most]
    read = parse_decisions(told["rows"].encode(), "decisions.tsv")
    assert not read.problems
    (remap,) = [d for d in read.decisions if d.asserted == "MONDO:0002623"]
    assert (remap.scope, remap.decision, remap.target) == ("mention", "remap", "MONDO:0009807")
    assert (remap.document, remap.section, remap.start, remap.end) == ("PMCID:PMC13003748", "abstract.1", 0, 12)
    assert (remap.curator, len(remap.date)) == ("A. Name", 10)


@in_browser
@without
def test_how_far_a_decision_reaches_is_asked_where_not_all_is_shown(
    folder: GraphFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "_PLACES", 2)
    told = driven(folder, tmp_path, monkeypatch)
    assert (told["scope"], told["reach"]) == ("", "choose how far …")
    assert "Say how far the decision reaches" in told["asked"]
    assert told["refused"] == 2
    (decision,) = parse_decisions(told["wide"].encode(), "d.tsv").decisions
    assert (decision.scope, decision.decision, decision.text) == ("surface", "reject", "osteosarcoma")


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    root = tmp_path_factory.mktemp("curated")
    decisions = root / "decisions.tsv"
    decisions.write_text("text\tasserted\tdecision\nosteosarcoma\tMONDO:0002623\taccept\n")
    return several(root, decisions=decisions)


def test_a_page_of_a_graph_that_obeys_a_file_says_that_new_rows_are_added_to_it(
    folder: GraphFolder, curated: GraphFolder
) -> None:
    assert held(made(curated))["file"] == "decisions.tsv"
    assert held(made(folder))["file"] is None
    told = " ".join(Parsed(made(curated)).text.split())
    assert "This graph was built with decisions.tsv (1 decision)." in told
    assert "add them to the end of decisions.tsv, do not replace it" in told
    assert "This graph was built with" not in Parsed(made(folder)).text


@in_browser
@without
def test_what_is_taken_out_of_a_page_is_added_to_the_file_and_loses_nothing(
    curated: GraphFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = driven(curated, tmp_path, monkeypatch)
    assert told["file"] == "Download decisions-new.tsv"
    before = (curated.path.parent / "decisions.tsv").read_bytes()
    joined = parse_decisions(before + told["rows"].encode(), "decisions.tsv")
    assert not joined.problems
    assert joined.decisions[0].decision == "accept"
    assert len(joined.decisions) == 1 + len(parse_decisions(told["rows"].encode(), "n").decisions) > 1
