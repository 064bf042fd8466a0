"""Neo4j Browser in a real Chromium: login, the guide and its queries, the style, a search, the saved queries.

``CASEGRAPH_SCREENSHOTS`` names a folder for what was seen.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from kg.graph.store import GraphFolder
from kg.live.browserfiles import browser_files
from kg.live.guideserver import GuideServer
from kg.live.neo4jlocal import LocalNeo4j, status
from kg.views.browser.style import NODES
from tests.conftest import Started
from tests.neo4jserver import Access

if TYPE_CHECKING:
    from playwright.sync_api import Browser as BrowserProcess
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.neo4j, pytest.mark.browser]

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000
PLAY = "pre.runnable i.fa-play-circle-o"


@pytest.fixture(scope="module")
def running(started_neo4j: Started) -> LocalNeo4j:
    """The server with the seed's graph."""
    found = status(started_neo4j.home)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[BrowserProcess]:
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


def _log_in(browser: BrowserProcess, address: str, password: str) -> Page:
    """Open Neo4j Browser and log in as a user does."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    field = page.get_by_test_id("password")
    field.wait_for()
    # The form is filled in once more when Browser has asked the server what it is.
    page.wait_for_timeout(2500)
    assert page.get_by_test_id("username").input_value() == "neo4j"
    field.fill(password)
    page.get_by_test_id("connect").click()
    return page


@pytest.fixture(scope="module")
def page(browser: BrowserProcess, running: LocalNeo4j) -> Page:
    """Neo4j Browser's page, the guide open after login."""
    page = _log_in(browser, running.browser, running.access.password)
    page.get_by_test_id("guidesDrawer").get_by_text("A walk through the graph").first.wait_for()
    return page


def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("CASEGRAPH_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        # The pictures' nodes come to rest.
        page.wait_for_timeout(3000)
        page.screenshot(path=Path(folder) / f"{name}.png")


def _answer(page: Page, act: Callable[[], None]) -> Locator:
    """Do what makes Browser add a frame; return the frame when its answer is there."""
    page.evaluate("() => document.querySelectorAll('[data-testid=frame]').forEach(frame => frame.dataset.seen = 'yes')")
    act()
    frame = page.locator("[data-testid=frame]:not([data-seen])").first
    frame.wait_for()
    frame.locator(
        "[data-testid=frame-loaded-contents], [data-testid=styleResetButton], "
        ":text('Successfully set your parameters'), :text('ERROR'), :text('(no changes, no records)')"
    ).first.wait_for()
    return frame


def _captions(frame: Locator) -> list[str]:
    """Return the words on each node of a picture."""
    frame.locator("g.node text").first.wait_for()
    nodes = frame.locator("g.node").all()
    return [" ".join("".join(node.locator("text").all_text_contents()).split()) for node in nodes]


def _run(page: Page, text: str) -> Locator:
    """Type into the editor and run it."""

    def act() -> None:
        page.locator(".monaco-editor textarea").first.focus()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)
        page.keyboard.press("Control+Enter")

    return _answer(page, act)


def test_the_guide_plays_and_each_query_answers(page: Page) -> None:
    drawer = page.get_by_test_id("guidesDrawer")
    asked = tables = 0
    pictures: dict[str, list[str]] = {}
    number = 0
    while True:
        number += 1
        for i in range(drawer.locator(PLAY).count()):
            frame = _answer(page, drawer.locator(PLAY).nth(i).click)
            assert "ERROR" not in frame.inner_text()
            if drawer.locator("pre.runnable").nth(i).inner_text().strip().startswith(":"):
                continue
            asked += 1
            assert "no records" not in frame.inner_text()
            if frame.get_by_test_id("cypherFrameSidebarVisualization").count():
                pictures[drawer.locator("h3").inner_text()] = _captions(frame)
                _shot(page, f"slide-{number}")
            else:
                tables += 1
                assert frame.locator("[data-testid=frame-loaded-contents]").count() == 1
        forward = page.get_by_test_id("guideNextSlide")
        if not forward.is_enabled():
            break
        forward.click()
        page.wait_for_timeout(300)
    assert (number, asked, tables) == (8, 11, 6)
    # Nodes show their names, cut to fit; the longest word of a name is there whole.
    assert sorted(pictures["The drug and the disease"]) == ["anlotinib", "osteosarcoma"]
    assert {"anlotinib", "osteosarcoma"} < set(pictures["The case"])
    assert {"osteosarcoma", "disease", "human disease"} < set(pictures["The ancestors"])
    assert any(words.startswith("too-specific") for words in pictures["What the audit found"])
    assert not [w for words in pictures.values() for w in words if not w or re.match(r"(urn|MONDO|PMCID|\d)", w)]


def test_the_style_gives_each_label_its_own_colour(page: Page) -> None:
    frame = _run(page, "MATCH (n:Casegraph) RETURN n LIMIT 100")
    frame.locator("g.node").first.wait_for()
    pills = page.locator("[data-testid^='property-details-overview-node-label-']")
    labels = {str(pill.get_attribute("data-testid")).rpartition("-")[2] for pill in pills.all()}
    assert {"Casegraph", "Disease", "Entity", "Finding"} < labels
    # Only labels that the tables know, or a label would have gone without a style.
    assert labels <= {*NODES, "*"}
    shown = frame.evaluate(
        "frame => [...frame.querySelectorAll('g.node circle.b-outline')].map(c => c.getAttribute('fill'))"
    )
    # The labels that every node or entity has do not win over the specific one.
    assert set(shown) == {NODES[label].color for label in labels - {"*", "Casegraph", "Entity"}}


def test_a_search_by_name(page: Page, seed_graph: GraphFolder) -> None:
    from kg.views.browser.pictures import pictures

    query = pictures()["search-by-name"].text
    for typed, first in (
        ("osteosarc", "osteosarcoma"),
        ("Anlotiníb", "anlotinib"),
        ("osteogenic SARCOMA", "osteosarcoma"),
    ):
        _run(page, f':param search => "{typed}"')
        frame = _run(page, query)
        assert first in frame.locator("[role=cell]").first.inner_text()
    _shot(page, "search")
    _run(page, ':param search => "a+b) OR *:* \\\\ \\" [x TO"')
    assert "ERROR" not in _run(page, query).inner_text()


def test_browser_imports_the_saved_queries(page: Page, seed_graph: GraphFolder) -> None:
    content = base64.b64encode(browser_files(seed_graph)["queries.zip"]).decode()
    page.get_by_test_id("stream").evaluate(
        """(element, content) => {
            const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "queries.zip", {type: "application/zip"}));
            element.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        content,
    )
    page.get_by_test_id("navigationFavorites").click()
    for folder in ("casegraph pictures", "casegraph tables"):
        page.get_by_text(folder, exact=True).click()
    page.get_by_text("Drugs that were applied to treat a disease", exact=True).wait_for()
    _shot(page, "saved-queries")
    # The sign beside a saved query runs it.
    item = page.get_by_test_id("savedScriptListItem").filter(has_text="Ancestors of a term")
    frame = _answer(page, item.get_by_test_id("savedScriptsButton-Run").click)
    assert "osteosarcoma" in _captions(frame)


def test_a_server_without_settings_takes_the_guide_from_localhost(
    browser: BrowserProcess, neo4j_current: Access, seed_graph: GraphFolder, tmp_path: Path
) -> None:
    if not neo4j_current.browser:
        pytest.skip("where the Browser of NEO4J_URI is nobody says")
    form = f"{neo4j_current.browser}?dbms={neo4j_current.uri.replace('//', '//neo4j@')}"
    page = _log_in(browser, form, neo4j_current.password)
    page.get_by_test_id("editor-Run").wait_for()
    page.get_by_text("Getting started with").first.wait_for()
    with GuideServer(tmp_path) as server:
        for name, content in browser_files(seed_graph, server.address).items():
            (tmp_path / name).write_bytes(content)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            page.locator(".monaco-editor textarea").first.focus()
            page.keyboard.insert_text(f":guide {server.address}guide.html")
            page.keyboard.press("Control+Enter")
            drawer = page.get_by_test_id("guidesDrawer")
            drawer.get_by_text("A walk through the graph").first.wait_for()
            style = _answer(page, drawer.locator(PLAY).first.click)
            assert "node.Casegraph {" in style.inner_text()
        finally:
            server.shutdown()
            thread.join()
