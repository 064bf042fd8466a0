"""Whole releases: from the owners, a mirror, a folder or the store, and pinned."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import InputError, ParameterError, TermsError, UnknownNameError
from kg.terms.release_catalogue import choose, read_catalogue
from kg.terms.release_store import ReleaseStore, pins_text, read_pins
from kg.terms.releases import FetchReport, cached_releases, fetch
from kg.terms.sources import KINDS, read_sources
from kg.transfer import Limits
from tests.terms import published
from tests.terms.release_server import ReleaseServer, Served, refused_port, serving

QUICK = Limits(connect=2, read=2, attempts=3, backoff=0.001, longest_wait=0.01, max_bytes=10_000_000)


@pytest.fixture(scope="module")
def running() -> Iterator[ReleaseServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(running: ReleaseServer, monkeypatch: pytest.MonkeyPatch) -> ReleaseServer:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    published.publish(running)
    return running


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    return ReleaseStore(tmp_path / "cache" / "releases")


def got(server: ReleaseServer | str, store: ReleaseStore, *names: str, **options: object) -> FetchReport:
    mirror = server if isinstance(server, str) else server.url
    values: dict[str, object] = {"mirror": mirror, "store": store, "this_year": 2026, "limits": QUICK, **options}
    return fetch(names, **values)  # type: ignore[arg-type]


def told(report: FetchReport) -> dict[str, tuple[str, str]]:
    return {file.file: (file.status, file.version) for file in report.files}


def test_everything(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = got(server, store, folder=out)
    assert told(report) == {
        "mondo.obo": ("fetched", "2026-05-05"),
        "desc2026.gz": ("fetched", "2026"),
        "supp2026.gz": ("fetched", "2026"),
        "pa2026.xml": ("fetched", "2026"),
        "CID-MeSH": ("fetched", "2026-05-05"),
        "CID-Title.gz": ("fetched", "2026-05-05"),
        "CID-Parent.gz": ("fetched", "2026-05-05"),
        "mondo_exactmatch_mesh.sssom.tsv": ("fetched", "2026-08-04"),
        "mondo_broadmatch_mesh.sssom.tsv": ("fetched", "2026-08-04"),
        "mondo_narrowmatch_mesh.sssom.tsv": ("fetched", "2026-08-04"),
        "positive.sssom.tsv": ("fetched", "2026-05-05"),
    }
    assert report.missing == ()
    assert {f.file: f.checked_by for f in report.files if f.checked_by} == {"CID-Title.gz": "md5"}
    for file in report.files:
        assert hashlib.sha256(Path(file.path).read_bytes()).hexdigest() == file.sha256
        assert Path(file.path).parent == out
    sources = {source.key: source for source in read_sources(out)}
    assert list(sources) == ["biomappings", "mesh", "mondo", "mondo-mappings", "pubchem"]
    assert sources["mondo"].version == "2026-05-05"
    assert all(source.complete for source in sources.values())
    assert sources["mesh"].prefixes == ("MESH",)
    assert [f.kind for f in sources["mesh"].files] == ["mesh-descriptors", "mesh-supplementary", "mesh-actions"]
    assert sources["mondo"].files[0].url == "https://purl.obolibrary.org/obo/mondo.obo"
    assert sources["mondo"].files[0].sha256 == hashlib.sha256(published.obo()).hexdigest()


def test_what_is_pinned(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    got(server, store, "mondo", folder=tmp_path / "out")
    served = server.files["/obo/mondo.obo"]
    assert tomllib.loads((tmp_path / "out" / "sources.toml").read_text()) == {
        "mondo": {
            "title": "Mondo Disease Ontology",
            "owner": "Monarch Initiative",
            "licence": "CC-BY-4.0",
            "version": "2026-05-05",
            "url": "https://mondo.monarchinitiative.org/",
            "complete": True,
            "prefixes": ["MONDO"],
            "files": [
                {
                    "file": "mondo.obo",
                    "kind": "obo",
                    "url": "https://purl.obolibrary.org/obo/mondo.obo",
                    "sha256": hashlib.sha256(served.body).hexdigest(),
                    "size": len(served.body),
                    "etag": served.tag,
                    "last_modified": "2026-05-05T12:00:00Z",
                    "origin": f"mirror {server.url}",
                }
            ],
        }
    }


def test_the_same_again_is_unchanged_and_byte_identical(
    server: ReleaseServer, store: ReleaseStore, tmp_path: Path
) -> None:
    first = got(server, store, folder=tmp_path / "a")
    pins = (tmp_path / "a" / "sources.toml").read_bytes()
    server.seen.clear()
    second = got(server, store, folder=tmp_path / "a")
    assert {f.status for f in second.files} == {"unchanged"}
    assert [f.sha256 for f in second.files] == [f.sha256 for f in first.files]
    assert sum(f.received for f in second.files) == 0
    assert {seen.status for seen in server.seen} == {304}
    assert (tmp_path / "a" / "sources.toml").read_bytes() == pins
    # Another user, another cache: the same bytes.
    got(server, ReleaseStore(tmp_path / "other"), folder=tmp_path / "b")
    assert (tmp_path / "b" / "sources.toml").read_bytes() == pins


def test_without_a_folder_each_release_has_its_own(server: ReleaseServer, store: ReleaseStore) -> None:
    report = got(server, store, "mondo", "mesh")
    assert [folder.relative_to(store.root).as_posix() for folder in report.folders] == ["mondo/2026-05-05", "mesh/2026"]
    assert read_sources(report.folders[0])[0].key == "mondo"
    # One content, two names: no second copy on the disk.
    assert (report.folders[0] / "mondo.obo").samefile(store.content(report.files[0].sha256))


def test_a_named_release(server: ReleaseServer, store: ReleaseStore) -> None:
    report = got(server, store, "mondo", releases=["2026-04-07"])
    assert told(report) == {"mondo.obo": ("fetched", "2026-04-07")}
    assert report.files[0].url == "https://purl.obolibrary.org/obo/mondo/releases/2026-04-07/mondo.obo"
    both = got(server, store, "mondo", "mesh", releases=["mondo=2026-05-05", "mesh=2025"])
    assert told(both)["mondo.obo"] == ("fetched", "2026-05-05")
    assert told(both)["desc2025.gz"] == ("fetched", "2025")
    assert {r.version for r in cached_releases(store) if r.source == "mondo"} == {"2026-05-05", "2026-04-07"}


def test_a_server_that_gives_another_release(server: ReleaseServer, store: ReleaseStore) -> None:
    server.files["/obo/mondo/releases/2026-04-07/mondo.obo"] = Served(published.obo("2026-05-05"))
    (file,) = got(server, store, "mondo", releases=["2026-04-07"]).missing
    assert "2026-05-05, not 2026-04-07" in file.reason


def test_the_year_before_where_this_years_is_not_out(server: ReleaseServer, store: ReleaseStore) -> None:
    report = got(server, store, "mesh", this_year=2027)
    assert told(report) == dict.fromkeys(("desc2026.gz", "supp2026.gz", "pa2026.xml"), ("fetched", "2026"))


def test_the_uncompressed_file_where_there_is_no_other(server: ReleaseServer, store: ReleaseStore) -> None:
    import gzip

    body = gzip.decompress(server.files.pop(f"{published.MESH}/desc2026.gz").body)
    server.files[f"{published.MESH}/desc2026.xml"] = Served(body)
    assert "desc2026.xml" in told(got(server, store, "mesh"))


def test_formats(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    report = got(server, store, "mondo", "mesh", formats=["json", "rdf"])
    assert told(report) == {"mondo.json": ("fetched", "2026-05-05"), "mesh2026.nt.gz": ("fetched", "2026")}
    got(server, store, "mondo", folder=tmp_path / "out")
    got(server, store, "mondo", folder=tmp_path / "out", formats=["json"])
    # Two formats of one release would give every term twice.
    assert [f.path.name for f in read_sources(tmp_path / "out")[0].files] == ["mondo.json"]
    assert [f.name for f in sorted(store.root.glob("mondo/*"))] == ["2026-05-05", "2026-05-05-json"]
    with pytest.raises(ParameterError, match="one format"):
        got(server, store, "mondo", formats=["json", "owl"])
    with pytest.raises(ParameterError, match="rdf"):
        got(server, store, "mondo", formats=["rdf"])


def test_large_files_only_by_name(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    got(server, store, "pubchem", folder=out)
    report = got(server, store, "CID-SMILES", folder=out)
    assert told(report) == {"CID-SMILES.gz": ("fetched", "2026-05-11")}
    # The files that were there before stay pinned.
    (source,) = read_sources(out)
    assert source.version == "2026-05-11"
    assert [f.path.name for f in source.files] == ["CID-MeSH", "CID-Title.gz", "CID-SMILES.gz", "CID-Parent.gz"]
    every = got(server, store, "pubchem", all_files=True)
    assert {f.file for f in every.missing} == {"CID-Synonym-filtered.gz", "CID-InChI-Key.gz"}


def test_what_the_owner_changes_is_fetched(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    got(server, store, "mondo", folder=tmp_path / "out")
    server.files["/obo/mondo.obo"] = Served(published.obo("2026-06-02"), modified=1_780_401_600)
    report = got(server, store, "mondo", folder=tmp_path / "out")
    assert told(report) == {"mondo.obo": ("fetched", "2026-06-02")}
    assert (tmp_path / "out" / "mondo.obo").read_bytes() == published.obo("2026-06-02")
    # The release before is still whole in the store.
    assert (store.folder("mondo", "2026-05-05") / "mondo.obo").read_bytes() == published.obo()
    assert [r.version for r in cached_releases(store)] == ["2026-06-02", "2026-05-05"]


# -- where something is not to be had ------------------------------------------------------------------------------


def test_nobody_there_and_nothing_cached(store: ReleaseStore, tmp_path: Path, server: ReleaseServer) -> None:
    out = tmp_path / "out"
    report = got(f"http://127.0.0.1:{refused_port()}", store, "mondo", "mesh", folder=out)
    assert {f.status for f in report.files} == {"missing"}
    assert all("cannot be reached" in f.reason and "--mirror" in f.advice for f in report.files)
    assert report.folders == ()
    assert not out.exists()


def test_the_store_takes_the_owners_place(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    first = got(server, store)
    for options in ({"mirror": f"http://127.0.0.1:{refused_port()}"}, {"offline": True}):
        report = got(server, store, folder=tmp_path / "out", **options)
        assert {f.status for f in report.files} == {"cached"}
        assert [(f.file, f.version, f.sha256) for f in report.files] == [
            (f.file, f.version, f.sha256) for f in first.files
        ]
        assert all(f.reason for f in report.files)
        assert read_sources(tmp_path / "out")


def test_offline_asks_nobody(server: ReleaseServer, store: ReleaseStore) -> None:
    got(server, store, "mondo", releases=["2026-04-07"])
    got(server, store, "mesh")
    server.seen.clear()
    report = got(server, store, "all", offline=True)
    assert server.seen == []
    assert told(report)["mondo.obo"] == ("cached", "2026-04-07")
    assert {f.source for f in report.missing} == {"pubchem", "mondo-mappings", "biomappings"}
    named = got(server, store, "mondo", offline=True, releases=["2026-05-05"])
    assert [f.file for f in named.missing] == ["mondo.obo"]


def test_a_part_is_missing_the_rest_is_had(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    del server.files[f"{published.MESH}/supp2026.gz"]
    report = got(server, store, "mesh", folder=tmp_path / "out")
    assert told(report) == {
        "desc2026.gz": ("fetched", "2026"),
        "supp2026.gz": ("missing", ""),
        "pa2026.xml": ("fetched", "2026"),
    }
    (source,) = read_sources(tmp_path / "out")
    assert len(source.files) == 2
    assert source.complete is False


def test_two_years_are_never_put_together(server: ReleaseServer, store: ReleaseStore) -> None:
    got(server, store, "mesh", releases=["2025"])
    server.files[f"{published.MESH}/supp2026.gz"].always = "500"
    report = got(server, store, "mesh")
    assert told(report)["desc2026.gz"] == ("fetched", "2026")
    assert [f.file for f in report.missing] == ["supp2026.gz"]
    nobody = got(f"http://127.0.0.1:{refused_port()}", ReleaseStore(store.root), "mesh", releases=["2025"])
    assert {f.file for f in nobody.files} == {"desc2025.gz", "supp2025.gz", "pa2025.xml"}


@pytest.mark.parametrize(
    "always", ["html", "short", "long", "redirect:file:///etc/hostname", "redirect:/obo/mondo.obo", "break:9"]
)
def test_a_bad_answer_keeps_what_the_store_has(server: ReleaseServer, store: ReleaseStore, always: str) -> None:
    before = got(server, store, "mondo")
    server.files["/obo/mondo.obo"] = Served(published.obo("2026-06-02"), always=always)
    after = got(server, store, "mondo")
    assert told(after) == {"mondo.obo": ("cached", "2026-05-05")}
    assert after.files[0].sha256 == before.files[0].sha256
    assert after.files[0].reason


def test_a_file_of_another_kind(server: ReleaseServer, store: ReleaseStore) -> None:
    for path in list(server.files):
        server.files[path] = Served(b"Not Found: the archive moved in March\n")
    report = got(server, store)
    assert {f.file for f in report.missing} == {f.file for f in report.files}
    assert all("kind" in f.reason or "compressed" in f.reason for f in report.missing)


def test_a_wrong_checksum(server: ReleaseServer, store: ReleaseStore) -> None:
    server.files[f"{published.EXTRAS}/CID-Title.gz.md5"] = Served(b"0" * 32)
    report = got(server, store, "pubchem")
    assert [(f.file, "md5" in f.reason) for f in report.missing] == [("CID-Title.gz", True)]


def test_a_damaged_store_is_not_used(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    first = got(server, store, "mondo")
    content = store.content(first.files[0].sha256)
    content.chmod(0o644)
    content.write_bytes(b"[Term]\n")
    assert told(got(server, store, "mondo", offline=True)) == {"mondo.obo": ("missing", "")}
    again = got(server, store, "mondo", folder=tmp_path / "out")
    assert told(again) == {"mondo.obo": ("fetched", "2026-05-05")}
    assert (tmp_path / "out" / "mondo.obo").read_bytes() == published.obo()


# -- mirrors and files by hand -------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["{}", "file://{}"])
def test_a_folder_as_mirror(server: ReleaseServer, store: ReleaseStore, tmp_path: Path, written: str) -> None:
    folder = published.folder_of(server.files, tmp_path / "mirror")
    server.seen.clear()
    report = got(written.format(folder), store, "all", folder=tmp_path / "out", offline=True)
    assert server.seen == []
    assert report.missing == ()
    assert told(report)["desc2026.gz"] == ("fetched", "2026")
    assert {f.origin for f in report.files} == {"mirror folder"}
    assert {f.file: f.checked_by for f in report.files if f.checked_by} == {"CID-Title.gz": "md5"}
    # No date of the owner is known of a copy: its hash names it.
    assert told(report)["CID-MeSH"][1].startswith("sha256-")
    text = (tmp_path / "out" / "sources.toml").read_text()
    assert str(tmp_path) not in text
    assert {f.status for f in got(written.format(folder), store, "all").files} == {"unchanged"}


def test_a_mirror_in_the_owners_folders(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    for base in ("", "ftp.ncbi.nlm.nih.gov"):
        path = tmp_path / "m" / base / "pubchem" / "Compound" / "Extras" / "CID-MeSH"
        path.parent.mkdir(parents=True)
        path.write_bytes(published.CID_MESH)
        assert told(got(str(tmp_path / "m"), store, "CID-MeSH"))["CID-MeSH"][0] in {"fetched", "unchanged"}
        path.unlink()
    (missing,) = got(str(tmp_path / "m"), store, "mondo").missing
    assert "has no mondo.obo" in missing.reason


@pytest.mark.parametrize(
    "mirror", ["nowhere", "ftp://x.example/", "https://x.example/?key=secret", "file:///nowhere/at/all"]
)
def test_no_mirror(store: ReleaseStore, mirror: str) -> None:
    with pytest.raises(InputError) as caught:
        got(mirror, store, "mondo")
    assert "secret" not in str(caught.value)


def test_secrets_are_written_nowhere(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    import base64

    server.files["/obo/mondo.json"].always = "403"
    mirror = server.url.replace("http://", "http://reader:geheim@")
    report = got(mirror, store, "mondo", folder=tmp_path / "out")
    bad = got(mirror, store, "mondo", formats=["json"])
    assert base64.b64decode(server.seen[0].headers["Authorization"].split()[1]) == b"reader:geheim"
    assert bad.missing
    for text in (str(report), str(bad)):
        assert "geheim" not in text
    for path in tmp_path.rglob("*"):
        assert "geheim" not in str(path)
        if path.is_file():
            assert b"geheim" not in path.read_bytes()


def test_files_put_there_by_hand(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "desc2026.gz").write_bytes(published.descriptors(1999))
    report = got(server, store, "mesh", folder=out)
    assert told(report)["desc2026.gz"] == ("by-hand", "2026")
    assert told(report)["supp2026.gz"] == ("fetched", "2026")
    assert (out / "desc2026.gz").read_bytes() == published.descriptors(1999)
    # Not the owner's for all we know: it is pinned here, and not put into the store.
    assert not any(f.file == "desc2026.gz" for r in cached_releases(store) for f in r.files)
    assert {f.file: f.status for f in got(server, store, "mesh", folder=out).files}["desc2026.gz"] == "by-hand"
    alone = got(server, ReleaseStore(tmp_path / "empty"), "mesh", folder=out, offline=True)
    assert {f.status for f in alone.files} == {"by-hand", "cached"}


def test_a_damaged_file_by_hand_is_left_and_said(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mondo.obo").write_text("<html>please log in</html>")
    got(server, store, "mondo")
    (missing,) = got(server, store, "mondo", folder=out).missing
    assert "web page" in missing.reason
    assert "remove mondo.obo" in missing.advice
    assert "log in" in (out / "mondo.obo").read_text()


def test_what_a_fetch_put_there_and_somebody_changed_is_put_right(
    server: ReleaseServer, store: ReleaseStore, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    got(server, store, "mondo", folder=out)
    (out / "mondo.obo").unlink()
    (out / "mondo.obo").write_bytes(b"[Term]\nid: MONDO:1\n")
    assert told(got(server, store, "mondo", folder=out)) == {"mondo.obo": ("unchanged", "2026-05-05")}
    assert (out / "mondo.obo").read_bytes() == published.obo()


def test_a_folder_with_another_sources_toml(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "own.tsv").write_text("id\tlabel\n")
    mine = '[mine]\ntitle = "Mine"\nweight = 1.5\nfiles = [{ file = "own.tsv", kind = "labels" }]\n'
    (out / "sources.toml").write_text(mine)
    got(server, store, "mondo", folder=out)
    tables = read_pins(out)
    assert tables["mine"] == tomllib.loads(mine)["mine"]
    assert [s.key for s in read_sources(out)] == ["mine", "mondo"]
    (out / "sources.toml").write_text("[mondo")
    with pytest.raises(TermsError, match=r"sources\.toml"):
        got(server, store, "mondo", folder=out)


# -- together ------------------------------------------------------------------------------------------------------


def test_processes_at_the_same_time(server: ReleaseServer, store: ReleaseStore, tmp_path: Path) -> None:
    body = published.obo() + b"".join(b"[Term]\nid: MONDO:%07d\nname: n%d\n\n" % (n, n) for n in range(60_000))
    server.files["/obo/mondo.obo"] = Served(body, faults=["break:900000", "break:400000"])
    code = (
        "import sys; from pathlib import Path; from kg.terms.releases import fetch; "
        "from kg.terms.release_store import ReleaseStore; from kg.transfer import Limits; "
        "r = fetch(['mondo'], Path(sys.argv[3]), mirror=sys.argv[1], store=ReleaseStore(Path(sys.argv[2])), "
        "limits=Limits(backoff=0.001)); "
        "print(r.files[0].status, r.files[0].sha256)"
    )
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", code, server.url, store.root, tmp_path / f"out{n % 2}"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for n in range(4)
    ]
    said = sorted(job.communicate(timeout=60)[0].split()[0] for job in jobs)
    assert said == ["fetched", "unchanged", "unchanged", "unchanged"]
    for n in range(2):
        assert (tmp_path / f"out{n}" / "mondo.obo").read_bytes() == body
        assert read_sources(tmp_path / f"out{n}")


def test_cached_releases(server: ReleaseServer, store: ReleaseStore) -> None:
    assert cached_releases(store) == ()
    got(server, store, "mondo", "mesh", "pubchem")
    held = {r.source: r for r in cached_releases(store)}
    assert {k: (r.version, r.date, len(r.files)) for k, r in held.items()} == {
        "mesh": ("2026", "2026-05-05", 3),
        "mondo": ("2026-05-05", "2026-05-05", 1),
        "pubchem": ("2026-05-05", "2026-05-05", 3),
    }
    assert held["mondo"].size == len(published.obo())
    assert held["mondo"].problem == ""
    (held["mondo"].folder / "mondo.obo").unlink()
    (held["mesh"].folder / "sources.toml").write_text("nonsense")
    problems = {r.source: r.problem for r in cached_releases(store)}
    assert "mondo.obo" in problems["mondo"]
    assert "cannot be read" in problems["mesh"]


def test_a_store_that_cannot_be_written(server: ReleaseServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TermsError, match="CASEGRAPH_CACHE"):
        got(server, ReleaseStore(tmp_path / "file" / "releases"), "mondo")


# -- the catalogue -------------------------------------------------------------------------------------------------


def test_the_catalogue() -> None:
    catalogue = read_catalogue()
    assert {p.key for p in catalogue} == {"mondo", "mesh", "pubchem", "mondo-mappings", "biomappings"}
    for publisher in catalogue:
        assert publisher.owner
        assert publisher.licence
        for file in publisher.files:
            assert file.kind in KINDS
            addresses = [*file.addresses("2026"), *file.addresses("")]
            assert addresses
            assert all(url.startswith("https://") and "{" not in url for url in addresses)
            assert bool(file.release_urls) == bool(publisher.releases)
            assert bool(file.urls) == (publisher.newest == "owner")
    names = [f.name for p in catalogue for f in p.files]
    assert len(names) == len(set(names))
    large = {f.name for p in catalogue for f in p.files if not f.default and p.key == "pubchem"}
    assert large == {"CID-Synonym-filtered", "CID-SMILES", "CID-InChI-Key"}


@pytest.mark.parametrize(
    ("names", "releases", "error"),
    [
        (["mondoo"], [], UnknownNameError),
        (["mondo"], ["2026"], ParameterError),
        (["mondo"], ["../../etc"], ParameterError),
        (["mesh"], ["2026-05-05"], ParameterError),
        (["pubchem"], ["2026-05-05"], ParameterError),
        (["mondo"], ["mesh=2026"], ParameterError),
        (["mondo", "mesh"], ["2026"], ParameterError),
        (["pubchem"], ["pubchem=2026-05-05"], ParameterError),
    ],
)
def test_wrong_calls(names: list[str], releases: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        choose(read_catalogue(), names, releases=releases)


def test_groups_and_their_release() -> None:
    mondo, bio = choose(read_catalogue(), ["mappings"], releases=["2026-05-05"])
    assert (mondo.publisher.key, mondo.release) == ("mondo-mappings", "2026-05-05")
    assert (bio.publisher.key, bio.release) == ("biomappings", "")
    assert "/v2026-05-05/" in mondo.files[0].addresses(mondo.release)[0]


@pytest.mark.parametrize(
    "text", ["[mondo]\n", "[mondo]\nfiles = [{ name = 'x' }]", "nonsense", "[m]\nfiles=[]\nnewest='x'"]
)
def test_a_malformed_catalogue(tmp_path: Path, text: str) -> None:
    (tmp_path / "releases.toml").write_text(text)
    with pytest.raises(TermsError):
        read_catalogue(tmp_path / "releases.toml")
    with pytest.raises(TermsError):
        read_catalogue(tmp_path / "absent.toml")


def test_pins_with_odd_text() -> None:
    table = {
        "title": 'a "b" \\ \x7f \n \u2028 \U0001f600',
        "n": 3,
        "f": 1.5,
        "on": True,
        "l": ["a", "é"],
        "x": {"y z": 1},
        "files": [],
    }
    assert tomllib.loads(pins_text({"odd key": table})) == {"odd key": table}
