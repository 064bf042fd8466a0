"""One file from a server that breaks, lies, changes its mind or says nothing."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import DownloadError
from kg.terms.download import Downloaded, download, find_checksum, take
from kg.terms.transfer import Validators
from kg.transfer import Limits, file_name, open_session, public_url
from tests.terms.release_server import ReleaseServer, Served, refused_port, self_signed, serving

BODY = b"".join(b"%d\tname %d\n" % (n, n * n) for n in range(40_000))
NOISE = random.Random(4).randbytes(300_000)
PACKED = gzip.compress(NOISE, mtime=0)
QUICK = Limits(connect=2, read=2, attempts=4, backoff=0.001, longest_wait=0.01, max_bytes=10_000_000)


@pytest.fixture(scope="module")
def server() -> Iterator[ReleaseServer]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def get(
    server: ReleaseServer, served: Served, part: Path, name: str = "CID-MeSH", **options: object
) -> Downloaded | None:
    server.files.clear()
    server.seen.clear()
    server.files[f"/{name}"] = served
    with open_session() as session:
        return download(f"{server.url}/{name}", part, session, **{"limits": QUICK, **options})  # type: ignore[arg-type]


def reason(server: ReleaseServer, served: Served, part: Path, name: str = "CID-MeSH", **options: object) -> str:
    with pytest.raises(DownloadError) as caught:
        get(server, served, part, name, **options)
    return caught.value.reason


def test_a_whole_file(server: ReleaseServer, tmp_path: Path) -> None:
    part, bars = tmp_path / "x.part", []
    served = Served(BODY)
    got = get(server, served, part, progress=lambda *told: bars.append(told))
    assert got == Downloaded(
        len(BODY), hashlib.sha256(BODY).hexdigest(), Validators(served.tag, served.date), len(BODY), ""
    )
    assert part.read_bytes() == BODY
    assert [p.name for p in tmp_path.iterdir()] == ["x.part"]
    assert bars[-1] == ("CID-MeSH", len(BODY), len(BODY))


@pytest.mark.parametrize("breaks", [[1], [0, 0, 0], [100_000], [70_000, 70_000, 300_000], [len(BODY) - 1]])
def test_a_broken_connection_is_resumed_where_it_broke(
    server: ReleaseServer, tmp_path: Path, breaks: list[int]
) -> None:
    served = Served(BODY, faults=[f"break:{n}" for n in breaks])
    got = get(server, served, tmp_path / "x.part")
    assert got is not None
    assert (tmp_path / "x.part").read_bytes() == BODY
    # Not a byte came twice.
    assert got.received == len(BODY)
    if breaks[0]:
        assert server.requests("/CID-MeSH")[1].headers["Range"] == f"bytes={breaks[0]}-"
        assert server.requests("/CID-MeSH")[1].headers["If-Range"] == served.tag


@settings(max_examples=25, deadline=None)
@given(breaks=st.lists(st.integers(0, 60_000), max_size=3), validators=st.booleans(), no_range=st.booleans())
def test_whatever_breaks_the_bytes_are_the_owners(
    tmp_path_factory: pytest.TempPathFactory, server: ReleaseServer, breaks: list[int], validators: bool, no_range: bool
) -> None:
    part = tmp_path_factory.mktemp("d") / "x.part"
    served = Served(NOISE[:60_001] + b"\n", faults=[f"break:{n}" for n in breaks], validators=validators,
                    always="no-range" if no_range else "")  # fmt: skip
    assert get(server, served, part)
    assert part.read_bytes() == served.body


def test_a_later_call_goes_on(server: ReleaseServer, tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    assert reason(server, Served(BODY, faults=["break:200000"], always="break:0"), part) == "damaged"
    assert part.read_bytes() == BODY[:200_000]
    got = get(server, Served(BODY), part)
    assert got is not None
    assert got.received == len(BODY) - 200_000
    assert part.read_bytes() == BODY


def test_an_interrupt_keeps_what_has_come(server: ReleaseServer, tmp_path: Path) -> None:
    part = tmp_path / "x.part"

    def interrupt(_file: str, received: int, _total: int) -> None:
        if received > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(server, Served(BODY), part, progress=interrupt)
    assert 100_000 < part.stat().st_size < len(BODY)
    got = get(server, Served(BODY), part)
    assert got is not None
    assert got.received < len(BODY) - 100_000
    assert part.read_bytes() == BODY


def test_a_file_that_changes_meanwhile_is_begun_again(server: ReleaseServer, tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    reason(server, Served(BODY, faults=["break:200000"], always="break:0"), part)
    newer = Served(BODY.replace(b"name", b"NAME"), modified=1_778_000_000)
    assert get(server, newer, part)
    assert part.read_bytes() == newer.body


def test_without_validators_nothing_is_put_together(server: ReleaseServer, tmp_path: Path) -> None:
    served = Served(BODY, faults=["break:200000"], validators=False)
    assert get(server, served, tmp_path / "x.part")
    assert "Range" not in server.requests("/CID-MeSH")[1].headers
    assert (tmp_path / "x.part").read_bytes() == BODY


def test_a_weak_etag_resumes_by_the_date(server: ReleaseServer, tmp_path: Path) -> None:
    served = Served(BODY, etag='W/"1"', faults=["break:200000"])
    assert get(server, served, tmp_path / "x.part")
    assert server.requests("/CID-MeSH")[1].headers["If-Range"] == served.date
    assert (tmp_path / "x.part").read_bytes() == BODY


@pytest.mark.parametrize("fault", ["no-range", "wrong-range"])
def test_a_server_that_ignores_ranges(server: ReleaseServer, tmp_path: Path, fault: str) -> None:
    assert get(server, Served(BODY, faults=["break:200000", fault]), tmp_path / "x.part")
    assert (tmp_path / "x.part").read_bytes() == BODY


def test_range_not_satisfiable(server: ReleaseServer, tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    # All of it came, but not the news that it was all.
    with pytest.raises(KeyboardInterrupt):
        get(server, Served(BODY), part, progress=_at_end)
    assert part.stat().st_size == len(BODY)
    got = get(server, Served(BODY), part)
    assert got is not None
    assert got.received == 0
    assert server.seen[0].status == 416
    # A shorter file stands there now.
    with pytest.raises(KeyboardInterrupt):
        get(server, Served(BODY), part.with_name("y.part"), progress=_at_end)
    short = Served(BODY[: BODY.index(b"\n", 999) + 1])
    assert get(server, short, part.with_name("y.part"))
    assert part.with_name("y.part").read_bytes() == short.body


def _at_end(_file: str, received: int, _total: int) -> None:
    if received == len(BODY):
        raise KeyboardInterrupt


def test_announcing_more_than_is_sent(server: ReleaseServer, tmp_path: Path) -> None:
    assert reason(server, Served(BODY, always="long"), tmp_path / "x.part") == "damaged"
    assert reason(server, Served(PACKED, always="long"), tmp_path / "y.part", "a.gz") == "damaged"


@pytest.mark.parametrize("ranges", ["", "no-range"])
def test_announcing_less_than_is_sent(server: ReleaseServer, tmp_path: Path, ranges: str) -> None:
    part = tmp_path / "x.part"
    assert reason(server, Served(BODY, faults=["short"], always=ranges), part) == "damaged"
    assert not part.exists()
    assert reason(server, Served(PACKED, faults=["short"], always=ranges), part, "a.gz") == "damaged"


def test_a_file_without_a_last_line_end_is_no_lie(server: ReleaseServer, tmp_path: Path) -> None:
    assert get(server, Served(BODY + b"7\tlast"), tmp_path / "x.part")


def test_no_length(server: ReleaseServer, tmp_path: Path) -> None:
    assert get(server, Served(BODY, always="no-length"), tmp_path / "x.part")
    assert (tmp_path / "x.part").read_bytes() == BODY


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (PACKED[:200_000], "damaged"),
        (PACKED[:1000] + b"\0\1\2\3" + PACKED[1004:], "damaged"),
        (PACKED[:-4] + b"\0\0\0\0", "damaged"),
        (PACKED + b"more", "damaged"),
        (NOISE, "wrong-content"),
        (b"", "damaged"),
    ],
)
def test_damaged_compressed_files(server: ReleaseServer, tmp_path: Path, body: bytes, why: str) -> None:
    part = tmp_path / "x.part"
    assert reason(server, Served(body), part, "CID-Title.gz") == why
    # Nothing is left that a later call would go on with.
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("page", [b"", b"<?xml version='1.0'?>\n", b"<!-- x -->\n\n", b"\xef\xbb\xbf"])
def test_an_error_page_with_status_200(server: ReleaseServer, tmp_path: Path, page: bytes) -> None:
    assert reason(server, Served(page + b"<HTML><body>Sorry</body></HTML>"), tmp_path / "x.part") == "wrong-content"
    assert reason(server, Served(BODY, always="html"), tmp_path / "y.part", "desc2026.xml") == "wrong-content"


def test_a_transfer_compressed_unasked_gives_the_owners_bytes(server: ReleaseServer, tmp_path: Path) -> None:
    assert get(server, Served(BODY, always="gzip"), tmp_path / "x.part")
    assert (tmp_path / "x.part").read_bytes() == BODY
    assert server.seen[0].headers["Accept-Encoding"] == "identity"
    bomb = Served(b"1\tx\n" * 4_000_000, always="gzip")
    assert reason(server, bomb, tmp_path / "y.part") == "too-large"
    assert list(tmp_path.iterdir()) == [tmp_path / "x.part"]


@pytest.mark.parametrize("statuses", [["500"], ["503:0", "429:0"], ["502", "504", "500"]])
def test_a_server_that_is_busy_for_a_moment(server: ReleaseServer, tmp_path: Path, statuses: list[str]) -> None:
    assert get(server, Served(BODY, faults=list(statuses)), tmp_path / "x.part")
    assert len(server.seen) == len(statuses) + 2  # and one that asks whether there is more


@pytest.mark.parametrize(
    ("status", "why", "asked"), [("503", "busy", 4), ("404", "not-found", 1), ("403", "refused", 1)]
)
def test_a_server_that_says_no(server: ReleaseServer, tmp_path: Path, status: str, why: str, asked: int) -> None:
    assert reason(server, Served(BODY, always=status), tmp_path / "x.part") == why
    assert len(server.seen) == asked


def test_redirects(server: ReleaseServer, tmp_path: Path) -> None:
    server.files.clear()
    with open_session() as session:
        server.files["/real"] = Served(BODY)
        server.files["/a"] = Served(b"", always="redirect:/real")
        assert download(f"{server.url}/a", tmp_path / "x.part", session, limits=QUICK)
        assert (tmp_path / "x.part").read_bytes() == BODY
        secret = tmp_path / "secret"
        secret.write_text("1\tx\n")
        for target in (f"file://{secret}", "ftp://127.0.0.1/x", "/a", "http://[", "gopher:x", "file:///etc/hostname"):
            server.files["/a"].always = f"redirect:{target}"
            with pytest.raises(DownloadError) as caught:
                download(f"{server.url}/a", tmp_path / "y.part", session, limits=QUICK)
            assert caught.value.reason == "refused"
            assert not (tmp_path / "y.part").exists()


def test_the_body_of_a_redirect_is_not_read(server: ReleaseServer, tmp_path: Path) -> None:
    server.files["/real"] = Served(BODY)
    server.files["/a"] = Served(b"", always="flood:/real")
    with open_session() as session:
        assert download(f"{server.url}/a", tmp_path / "x.part", session, limits=QUICK)


def test_only_http_is_asked(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("1\tx\n")
    with open_session() as session, pytest.raises(DownloadError) as caught:
        download(f"file://{tmp_path}/f", tmp_path / "x.part", session, limits=QUICK)
    assert caught.value.reason == "refused"


@pytest.mark.parametrize("fault", ["hang", "stall:1000"])
def test_a_server_that_falls_silent(server: ReleaseServer, tmp_path: Path, fault: str) -> None:
    short = Limits(connect=0.2, read=0.2, attempts=2, backoff=0.001)
    assert reason(server, Served(BODY, always=fault), tmp_path / "x.part", limits=short) in {"unreachable", "damaged"}
    assert get(server, Served(BODY, faults=[fault]), tmp_path / "y.part", limits=short)
    assert (tmp_path / "y.part").read_bytes() == BODY


def test_nobody_there(tmp_path: Path) -> None:
    with open_session() as session, pytest.raises(DownloadError) as caught:
        download(f"http://me:secret@127.0.0.1:{refused_port()}/f?token=t", tmp_path / "x.part", session, limits=QUICK)
    assert caught.value.reason == "unreachable"
    assert "secret" not in str(caught.value)
    assert "token" not in str(caught.value)


@pytest.mark.parametrize("always", ["", "no-length"])
def test_more_than_is_allowed(server: ReleaseServer, tmp_path: Path, always: str) -> None:
    small = Limits(max_bytes=100_000)
    assert reason(server, Served(BODY, always=always), tmp_path / "x.part", limits=small) == "too-large"
    assert list(tmp_path.iterdir()) == []


def test_unchanged(server: ReleaseServer, tmp_path: Path) -> None:
    served = Served(BODY)
    for known in (Validators(served.tag, served.date), Validators("", served.date), Validators(served.tag)):
        assert get(server, served, tmp_path / "x.part", known=known) is None
        assert server.seen[0].status == 304
    assert get(server, served, tmp_path / "x.part", known=Validators('"other"'))


@pytest.mark.parametrize("ending", [".md5", ".sha1", ".sha256"])
def test_the_owners_checksum(server: ReleaseServer, tmp_path: Path, ending: str) -> None:
    algorithm = ending[1:]
    digest = hashlib.new(algorithm, PACKED).hexdigest()

    def fetch(text: bytes, faults: list[str] | None = None) -> Downloaded | None:
        server.files.clear()
        server.files["/t.gz"] = Served(PACKED)
        server.files[f"/t.gz{ending}"] = Served(text, faults=faults or [])
        with open_session() as session:
            return download(f"{server.url}/t.gz", tmp_path / "x.part", session, limits=QUICK, checksums=[ending])

    got = fetch(f"{digest}  t.gz\n".encode())
    assert got is not None
    assert got.checked_by == algorithm
    assert (got := fetch(gzip.compress(digest.encode()))) is not None
    assert got.checked_by == algorithm
    with pytest.raises(DownloadError) as caught:
        fetch(f"{'0' * len(digest)}  t.gz\n".encode())
    assert caught.value.reason == "damaged"
    assert list(tmp_path.iterdir()) == []
    for absent in (fetch(b"", ["404"]), fetch(b"no hash here"), fetch(digest.encode(), ["html"])):
        assert absent is not None
        assert absent.checked_by == ""


def test_pieces_that_do_not_fit_together_are_fetched_in_one(server: ReleaseServer, tmp_path: Path) -> None:
    """A server may change a file and keep its validators: the checksum tells, and one whole piece puts it right."""
    part = tmp_path / "x.part"
    old, new = Served(PACKED, etag='"same"'), Served(gzip.compress(NOISE[::-1], mtime=0), etag='"same"')
    reason(server, Served(old.body, etag='"same"', faults=["break:1000"], always="break:0"), part, "t.gz")
    assert part.stat().st_size == 1000
    assert get(server, new, part, "t.gz")
    assert part.read_bytes() == new.body


def test_certificates_are_verified(tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    if context is None:
        pytest.skip("there is no openssl program to make a certificate with")
    with serving(context) as secure, pytest.raises(DownloadError) as caught:
        get(secure, Served(BODY), tmp_path / "x.part")
    assert caught.value.reason == "unreachable"
    assert "certificate" in str(caught.value)


def test_no_step_down_from_https(tmp_path: Path, server: ReleaseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    context = self_signed(tmp_path)
    if context is None:
        pytest.skip("there is no openssl program to make a certificate with")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    server.files["/f"] = Served(BODY)
    with serving(context) as secure:
        assert get(secure, Served(BODY), tmp_path / "x.part")
        assert reason(secure, Served(b"", always=f"redirect:{server.url}/f"), tmp_path / "y.part") == "refused"


def test_a_folder_in_the_owners_place(tmp_path: Path) -> None:
    source, part = tmp_path / "t.gz", tmp_path / "t.part"
    source.write_bytes(PACKED)
    assert take(source, part).sha256 == hashlib.sha256(PACKED).hexdigest()
    (tmp_path / "t.gz.md5").write_text(hashlib.md5(PACKED).hexdigest())
    assert take(source, part, checksums=[".md5"]).checked_by == "md5"
    (tmp_path / "t.gz.md5").write_text("0" * 32)
    with pytest.raises(DownloadError, match="md5"):
        take(source, part, checksums=[".md5"])
    source.write_bytes(PACKED[:-9])
    with pytest.raises(DownloadError, match="cut"):
        take(source, part)
    assert not part.exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a" * 32, "a" * 32),
        ("A" * 32 + " *./CID-Title.gz\n", "a" * 32),
        (f"MD5 (CID-Title.gz) = {'b' * 32}", "b" * 32),
        (f"{'a' * 32}  CID-MeSH\n{'b' * 32}  CID-Title.gz\n", "b" * 32),
        (f"{'a' * 32}  CID-MeSH\n{'b' * 32}  CID-Parent.gz\n", None),
        ("a" * 40, None),
        ("", None),
    ],
)
def test_find_checksum(text: str, found: str | None) -> None:
    assert find_checksum(text, 32, "CID-Title.gz") == found


def test_names() -> None:
    assert public_url("https://u:p@h.example:8/a/b.gz?q=1#f") == "https://h.example:8/a/b.gz"
    assert file_name("https://h.example/a/b.gz") == "b.gz"
