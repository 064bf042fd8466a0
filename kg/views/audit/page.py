"""The audit as one page in HTML: it needs no network, and a curator works through it and takes decisions out of it.

The findings are JSON in the page, put in as text by a script of ours; the page's policy (Content-Security-Policy,
https://www.w3.org/TR/CSP3/) lets this script and this style run by their hashes and nothing else, and nothing be loaded.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote

from kg.curies import normalize, prefix_of
from kg.findingcodes import meaning
from kg.linking.decisionsfile import COLUMNS
from kg.views.audit.report import OF_DECISIONS, SEVERITIES, Item
from kg.wording import counted

#: Findings that a page holds; more make it slow to open.
LIMIT: Final = 10_000
#: Places of one group that a page holds.
_PLACES: Final = 30
#: Prefix -> where its owner shows an identifier to people; the Bioregistry knows the others.
_OWNERS: Final = {
    "MONDO": "https://purl.obolibrary.org/obo/MONDO_", "MESH": "https://id.nlm.nih.gov/mesh/",
    "PUBCHEM.COMPOUND": "https://pubchem.ncbi.nlm.nih.gov/compound/", "NCBIGene": "https://www.ncbi.nlm.nih.gov/gene/",
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/", "PMCID": "https://pmc.ncbi.nlm.nih.gov/articles/",
    "doi": "https://doi.org/",
}  # fmt: skip


def page_text(groups: Sequence[Sequence[Item]], manifest: Mapping[str, Any], *, limit: int = LIMIT) -> str:
    """Return the page.

    Args:
        groups: equal findings together, in the order of the report.
        manifest: the graph's.
        limit: findings at most; the page says how many are left out.
    """
    held: list[Sequence[Item]] = []
    count = 0
    for group in groups:
        if count and count + len(group) > limit:
            break
        held.append(group)
        count += len(group)
    everything = sum(map(len, groups))
    items = [item for group in held for item in group]
    data = {
        "build": manifest["build"],
        # The file that the graph obeys already: what is taken out of the page are rows to add to it.
        "file": (manifest.get("decisions") or {}).get("name"),
        "columns": list(COLUMNS),
        "codes": dict(sorted(Counter(group[0].finding["code"] for group in held).items())),
        "meanings": {code: meaning(code) for code in sorted({item.finding["code"] for item in items})},
        "documents": {i.document["id"]: _document(i) for i in items if i.document},
        "groups": [_group(group) for group in held],
    }
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    counts = {s: sum(item.finding["severity"] == s for group in groups for item in group) for s in SEVERITIES}
    cut = f" The first {count} are in this page; kg audit --limit, --code or --document choose others."
    software = manifest.get("software") or {}
    obeyed = manifest.get("decisions")
    return _PAGE.format(
        policy=escape(_policy(style, script)), style=style, script=script, data=_embedded(data),
        build=escape(str(manifest["build"])[:12]), version=escape(str(software.get("version", ""))),
        obeyed=_OBEYED.format(name=escape(obeyed["name"]), rows=counted(obeyed["rows"], "decision")) if obeyed else "",
        everything=f"{everything} finding{'s' if everything != 1 else ''}", cut=cut if count < everything else "",
        counts="".join(f"<span><strong>{n}</strong> {s}</span>" for s, n in counts.items()),
        severities="".join(
            f'<label><input type="checkbox" name="severity" value="{s}" checked> {s}</label>' for s in SEVERITIES
        ),
    )  # fmt: skip


def url_of(curie: str | None) -> str | None:
    """Return the address where people look an identifier up, None where it has no prefix or is ours.

    >>> url_of("MONDO:0009807"), url_of("DRUGBANK:DB00563")
    ('https://purl.obolibrary.org/obo/MONDO_0009807', 'https://bioregistry.io/DRUGBANK:DB00563')
    >>> url_of("javascript:alert(1)") is None, url_of("casegraph:document-1") is None
    (True, True)
    """
    if not curie or normalize(curie) != curie or prefix_of(curie) == "casegraph":
        return None
    prefix, _, local = curie.partition(":")
    base = _OWNERS.get(prefix, f"https://bioregistry.io/{prefix}:")
    return base + quote(local, safe="/.:()_-")


def _document(item: Item) -> list[str | None]:
    row = item.document
    address = url_of(row["id"])
    if address is None and str(row.get("source_url") or "").startswith(("https://", "http://")):
        address = row["source_url"]
    return [row.get("title") or row["id"], address]


def _group(group: Sequence[Item]) -> dict[str, Any]:
    item = group[0]
    row = item.finding
    made = {
        "id": row["id"], "severity": row["severity"], "code": row["code"], "message": row["message"], "text": row["text"],
        "asserted": row["asserted"], "assertedName": row["asserted_name"], "assertedUrl": url_of(row["asserted"]),
        "suggested": row["suggested"], "suggestedName": row["suggested_name"], "suggestedUrl": url_of(row["suggested"]),
        "reasons": [[r["check"], r["statement"]] for r in row["reasons"]], "settled": item.settled,
        "confidence": item.confidence,
        "linked": [[term, name, url_of(term), verdict] for term, name, _, verdict in item.linked],
        "mention": bool(item.mention), "readable": bool(item.mention.get("asserted")),
        "key": item.mention.get("asserted") or item.mention.get("asserted_as") or "",
        "count": len(group), "documents": len({i.finding["document"] for i in group}),
        "places": [_place(i) for i in group[:_PLACES]] if item.document else [],
        "where": row["text"] if row["code"] in OF_DECISIONS else "about the ontologies",
    }  # fmt: skip
    return {key: value for key, value in made.items() if value is not None}


def _place(item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {
        "document": item.finding["document"], "mention": item.finding["mention"], "input": item.input,
        "line": item.line or None,
    }  # fmt: skip
    if item.place:
        place = item.place
        made |= {
            "section": place.section, "start": place.start, "end": place.end, "before": place.before,
            "words": place.words, "after": place.after,
        }  # fmt: skip
    return {key: value for key, value in made.items() if value is not None}


def _embedded(data: Mapping[str, Any]) -> str:
    """Return JSON that cannot end the element that it stands in, nor begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Lone surrogates have no UTF-8; as escapes they are still the text's own.
    text = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _asset(name: str) -> str:
    return (files("kg.views.audit") / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    def allowed(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return f"default-src 'none'; style-src {allowed(style)}; script-src {allowed(script)}; base-uri 'none'; form-action 'none'"


_OBEYED: Final = """<p id="obeyed" class="soft">This graph was built with <strong>{name}</strong> ({rows}). Your rows are new ones alone: add them to the end of
{name}, do not replace it.</p>
"""
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Audit of a casegraph</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>Audit</h1>
<p>{everything} about the source's annotations.{cut} <span class="soft">Build {build}, casegraph {version}.</span></p>
<p class="counts">{counts}</p>
<p class="soft keys"><kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>a</kbd> accept · <kbd>r</kbd> reject · <kbd>m</kbd> remap · <kbd>u</kbd> undo ·
<kbd>/</kbd> search · <kbd>Esc</kbd> back to the finding</p>
</header>
<main>
<div class="filters" role="search">
<label>Search <input type="search" id="search" autocomplete="off" placeholder="word, identifier, document"></label>
<label>Code <select id="code"><option value="">all</option></select></label>
<label>Status <select id="status"><option value="all">all</option><option value="open">undecided</option><option value="decided">decided</option></select></label>
<label>Sort by <select id="sort"><option value="severity">severity, code</option><option value="code">code</option><option value="count">number of findings</option><option value="confidence">confidence of the suggestion</option><option value="mention">mention</option><option value="document">document</option></select></label>
<fieldset><legend>Severity</legend>{severities}</fieldset>
</div>
<p id="found" class="soft" role="status"></p>
<noscript><p>This page needs its own script, which your browser does not run. kg audit DIR shows the same as text.</p></noscript>
<div id="findings"></div>
<nav class="pager" aria-label="Pages"><button type="button" id="previous">Previous</button><span id="place"></span>
<button type="button" id="next">Next</button></nav>
</main>
<section class="tray" aria-label="Decisions">
<div>
<div class="who"><strong id="many"></strong>
<label>Curator (name or ORCID) <input id="curator" autocomplete="name"></label>
<button type="button" id="download">Download</button>
<button type="button" id="copy">Copy rows</button>
<button type="button" id="clear">Clear</button>
<span id="said" class="soft" role="status"></span></div>
{obeyed}<details id="whole"><summary>Rows</summary><textarea id="rows" readonly aria-label="Rows of decisions" spellcheck="false"></textarea></details>
</div>
</section>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""
