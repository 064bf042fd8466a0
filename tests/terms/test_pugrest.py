"""Single look-ups at PUG REST: a real client against a real server, with PubChem's own answers where they are at hand."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest

from kg.errors import DownloadError, InputError
from kg.model import CHEMICAL, Name, Term
from kg.terms.pugrest import ENVIRONMENT, LARGEST_ANSWER, PUG_REST, PugRest, look_up
from kg.transfer import REASONS
from tests.terms.full_data import full_data
from tests.terms.pug_server import Reply, properties, property_path, recorded, serve

KEY = "PJJJBBJSCAKJQF-UHFFFAOYSA-N"
BUSY = "Status: 503\nCode: PUGREST.ServerBusy\nMessage: Too many requests or server too busy\n"
SALT = {
    "compound/name/guanidine%20hydrochloride/cids/TXT": "5742\n",
    f"compound/inchikey/{KEY}/cids/TXT": "5742\n",
    property_path(5742): properties(
        5742, Title="Guanidine hydrochloride", InChIKey=KEY, SMILES="C(=N)(N)N.Cl"
    ),
    "compound/cid/5742/synonyms/TXT": "Guanidine hydrochloride\n50-01-1\nGuanidinium chloride\n",
    "compound/cid/5742/cids/TXT?cids_type=parent": "3520\n",
}  # fmt: skip
TERM = Term(
    "PUBCHEM.COMPOUND:5742", CHEMICAL,
    (Name("Guanidine hydrochloride", "label"), Name("50-01-1", "exact"), Name("Guanidinium chloride", "exact")),
    source="pubchem",
    properties=(("inchikey", KEY), ("parent_compound", "PUBCHEM.COMPOUND:3520"), ("smiles", "C(=N)(N)N.Cl")),
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["guanidine hydrochloride", "5742", "CID 5742", "PUBCHEM.COMPOUND:5742", "PubChem CID 5742", KEY, f"  {KEY}\n"],
)
def test_a_compound_is_looked_up_by_number_key_and_name(text: str) -> None:
    with serve(SALT) as service:
        assert look_up(text, PugRest(service.address)) == (TERM,)


def test_a_name_of_several_compounds_gives_them_all_in_the_services_order() -> None:
    replies = {
        "compound/name/x/cids/TXT": "9\n7\n9\n8\n",
        **{property_path(cid): properties(cid, Title=f"compound {cid}") for cid in (7, 8, 9)},
    }
    with serve(replies) as service:
        assert [term.label for term in look_up("x", PugRest(service.address))] == [
            "compound 9",
            "compound 7",
            "compound 8",
        ]
        assert len(look_up("x", PugRest(service.address), most=2)) == 2


def test_what_is_not_there_is_nothing_and_no_error() -> None:
    with serve({"compound/name/zero/cids/TXT": "0\n"}) as service:
        client = PugRest(service.address)
        assert look_up("no such thing", client) == ()
        assert look_up("zero", client) == ()
        assert look_up("123456789", client) == ()
        assert client.synonyms_of(1) == ()
        assert client.parent_of(1) is None


def test_a_compound_that_is_its_own_parent_has_none() -> None:
    replies = {
        property_path(7): properties(7, Title="", IsomericSMILES="CC"),
        "compound/cid/7/cids/TXT?cids_type=parent": "7\n",
        "compound/cid/7/synonyms/TXT": "first\nsecond\nfirst\n",
    }
    with serve(replies) as service:
        (term,) = look_up("7", PugRest(service.address))
    assert [name.text for name in term.names] == ["first", "second"]
    assert term.properties == (("smiles", "CC"),)


def test_names_that_no_path_can_hold_are_asked_for_otherwise() -> None:
    replies = {
        "compound/name/cids/TXT?name=amoxicillin%2Fclavulanate": "1\n",
        "compound/name/%CE%B2-carotene/cids/TXT": "2\n",
        "compound/name/cids/TXT?name=..": "3\n",
    }
    with serve(replies) as service:
        client = PugRest(service.address)
        assert [client.cids_of_name(name) for name in ("amoxicillin/clavulanate", "β-carotene", "..")] == [
            (1,),
            (2,),
            (3,),
        ]


@pytest.mark.parametrize("text", ["", "  ", "MESH:D012516", "MONDO:0009807"])
def test_texts_that_are_no_compound_are_input_errors(text: str) -> None:
    with pytest.raises(InputError):
        look_up(text, PugRest("http://127.0.0.1:9"))


def test_a_busy_service_is_asked_again_after_the_time_it_names() -> None:
    path = "compound/name/x/cids/TXT"
    with serve({path: [Reply(BUSY, 503, headers={"Retry-After": "1"}), Reply(silent=True), "7\n"]}) as service:
        start = time.monotonic()
        assert PugRest(service.address, first_wait=0.01).cids_of_name("x") == (7,)
        assert time.monotonic() - start >= 1
        assert service.asked == [path] * 3


def test_a_service_that_stays_busy_is_left_in_peace() -> None:
    with serve({"compound/name/x/cids/TXT": Reply(BUSY, 503)}) as service:
        with pytest.raises(DownloadError, match=r"2 tries: PUGREST\.ServerBusy") as caught:
            PugRest(service.address, tries=2, first_wait=0.01).cids_of_name("x")
        assert caught.value.reason == "busy"
        assert len(service.asked) == 2
    with serve({"compound/name/x/cids/TXT": Reply(BUSY, 503, headers={"Retry-After": "3600"})}) as service:
        with pytest.raises(DownloadError, match="3600 seconds"):
            PugRest(service.address).cids_of_name("x")
        assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("reply", "reason", "message"),
    [
        (Reply("<html>Log in</html>", kind="text/html"), "wrong-content", "text/html"),
        (Reply("", 302, headers={"Location": "/login"}), "refused", "HTTP 302"),
        (Reply("Status: 400\nCode: PUGREST.BadRequest\nMessage: Unable\n", 400), "refused", "PUGREST.BadRequest, Unable"),
        (Reply('{"Fault": {"Code": "PUGREST.Unimplemented"}}', 501), "refused", "PUGREST.Unimplemented"),
        (Reply("nothing here", 404), "refused", "HTTP 404"),
        (Reply("seven\n"), "wrong-content", "no list of CIDs"),
        (Reply(b"\xff\xfe7"), "wrong-content", "not UTF-8"),
        (Reply("7" * (LARGEST_ANSWER + 2)), "too-large", "larger than 8 MiB"),
        (Reply("7\n8\n9\n", cut=3), "unreachable", "tries"),
        (Reply(silent=True), "unreachable", "tries"),
    ],
)  # fmt: skip
def test_wrong_answers_are_errors_that_say_what_came(reply: Reply, reason: str, message: str) -> None:
    with serve({"compound/name/x/cids/TXT": reply}) as service:
        with pytest.raises(DownloadError, match=message.replace(".", r"\.")) as caught:
            PugRest(service.address, tries=2, first_wait=0.01, timeout=5).cids_of_name("x")
        assert caught.value.reason == reason
        assert reason in REASONS


@pytest.mark.parametrize("body", ["{}", "[]", '{"PropertyTable": {"Properties": []}}', "7\n", '{"PropertyTable": 3}'])
def test_properties_of_another_form_are_errors(body: str) -> None:
    with serve({property_path(7): body}) as service, pytest.raises(DownloadError, match="no table of properties"):
        look_up("7", PugRest(service.address))


def test_nobody_there_is_an_error_that_says_so() -> None:
    with serve({}) as service:
        address = service.address
    with pytest.raises(DownloadError, match="refused") as caught:
        PugRest(address, tries=2, first_wait=0.01).cids_of_name("x")
    assert caught.value.reason == "unreachable"


def test_no_more_than_five_requests_a_second() -> None:
    with serve({}) as service:
        client = PugRest(service.address)
        start = time.monotonic()
        for number in range(6):
            client.cids_of_name(f"name {number}")
        assert time.monotonic() - start >= 0.99
        assert client.requests == len(service.asked) == 6


def test_a_service_that_says_yellow_is_asked_more_slowly() -> None:
    yellow = "Request Count status: Green (2%), Request Time status: Yellow (60%), Service status: Green (13%)"
    with serve({"compound/name/x/cids/TXT": Reply("7\n", headers={"X-Throttling-Control": yellow})}) as service:
        client = PugRest(service.address)
        client.cids_of_name("x")
        start = time.monotonic()
        client.cids_of_name("y")
        assert time.monotonic() - start >= 0.9


def test_kept_answers_work_offline_and_the_service_is_not_asked_twice(tmp_path: Path) -> None:
    with serve(SALT) as service:
        client = PugRest(service.address, cache=tmp_path / "answers")
        assert look_up("guanidine hydrochloride", client) == (TERM,)
        assert look_up("nobody", client) == ()
        asked = len(service.asked)
        assert look_up("guanidine hydrochloride", client) == (TERM,)
        assert len(service.asked) == asked
        client.get("compound/name/guanidine%20hydrochloride/cids/TXT", refresh=True)
        assert len(service.asked) == asked + 1
    offline = PugRest(service.address, cache=tmp_path / "answers", offline=True)
    assert look_up("guanidine hydrochloride", offline) == (TERM,)
    assert look_up("nobody", offline) == ()
    with pytest.raises(DownloadError, match="offline") as caught:
        look_up("aspirin", offline)
    assert caught.value.reason == "offline"
    assert not [path for path in (tmp_path / "answers").iterdir() if path.suffix != ".json"]


def test_a_damaged_kept_answer_is_asked_for_again(tmp_path: Path) -> None:
    with serve({"compound/name/x/cids/TXT": "7\n"}) as service:
        client = PugRest(service.address, cache=tmp_path)
        assert client.cids_of_name("x") == (7,)
        (kept,) = tmp_path.iterdir()
        sound = json.loads(kept.read_text())
        for damaged in ("{", "[]", json.dumps({**sound, "text": "8\n"}), json.dumps({**sound, "request": "other"}), ""):
            kept.write_text(damaged)
            assert client.cids_of_name("x") == (7,)
            assert json.loads(kept.read_text()) == sound
        assert len(service.asked) == 6


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with serve({"compound/name/x/cids/TXT": "7\n"}) as service, pytest.raises(DownloadError, match="written"):
        PugRest(service.address, cache=tmp_path / "file" / "answers").cids_of_name("x")


def test_the_address_comes_from_the_argument_the_environment_or_pubchem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert PugRest().base == PUG_REST
    monkeypatch.setenv(ENVIRONMENT, "http://127.0.0.1:1/rest/pug/")
    assert PugRest().base == "http://127.0.0.1:1/rest/pug"
    assert PugRest("https://mirror.example/pug").base == "https://mirror.example/pug"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/y", "pubchem", "http://"])
def test_only_web_addresses_are_asked(address: str) -> None:
    with pytest.raises(InputError, match="no address"):
        PugRest(address)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError) as caught:
        PugRest("https://me:secret@mirror.example/pug")
    assert "secret" not in f"{caught.value} {caught.value.value}"


# -- PubChem's own answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name", "cids"),
    [
        ("aspirin_cid_from_name", "aspirin", (2244,)),
        ("cGMP_cid", "cyclic guanosine monophosphate", (135398570,)),
        ("estriol_cid", "estriol", (5756,)),
    ],
)
def test_recorded_answers_of_names(file: str, name: str, cids: tuple[int, ...]) -> None:
    path, body = recorded(full_data("pubchem", "recorded_http", f"{file}.bson.gz"))
    with serve({path: Reply(body)}) as service:
        assert PugRest(service.address).cids_of_name(name) == cids
        assert service.asked == [path]


def test_recorded_synonyms_make_a_term() -> None:
    _, cids = recorded(full_data("pubchem", "recorded_http", "estriol_cid.bson.gz"))
    _, synonyms = recorded(full_data("pubchem", "recorded_http", "estriol_synonyms_from_name.bson.gz"))
    replies = {
        "compound/name/estriol/cids/TXT": Reply(cids),
        "compound/cid/5756/synonyms/TXT": Reply(synonyms),
        property_path(5756): properties(5756),
    }
    with serve(replies) as service:
        (term,) = look_up("estriol", PugRest(service.address))
    assert term.curie == "PUBCHEM.COMPOUND:5756"
    assert term.label == "estriol"
    assert {"50-27-1", "Oestriol", "Ovestin"} <= {name.text for name in term.names}
    assert len(term.names) > 200


def strings(sections: list[dict[str, Any]], heading: str) -> list[str]:
    """Return the values under a heading of a PUG View record."""
    found: list[str] = []
    for section in sections:
        if section.get("TOCHeading") == heading:
            for information in section.get("Information", []):
                found += [value["String"] for value in information["Value"].get("StringWithMarkup", [])]
        found += strings(section.get("Section", []), heading)
    return found


def test_a_genuine_salt_has_its_parent() -> None:
    """Facts of PubChem's record of guanidine hydrochloride, in the form of the service."""
    record = json.loads(
        gzip.decompress(full_data("pubchem", "pug_view", "e0b755f5a295c85903dfd933fae8a620.json.gz").read_bytes())
    )
    sections, cid = record["Section"], record["RecordNumber"]
    parent = strings(sections, "Parent Compound")[0].split()[1]
    key, smiles = strings(sections, "InChIKey")[0], strings(sections, "Canonical SMILES")[0]
    replies = {
        property_path(cid): properties(cid, Title=record["RecordTitle"], InChIKey=key, SMILES=smiles),
        f"compound/cid/{cid}/synonyms/TXT": "\n".join(strings(sections, "Depositor-Supplied Synonyms")),
        f"compound/cid/{cid}/cids/TXT?cids_type=parent": f"{parent}\n",
    }
    with serve(replies) as service:
        (term,) = look_up(f"CID {cid}", PugRest(service.address))
    assert term.label == "Guanidine hydrochloride"
    assert dict(term.properties) == {
        "inchikey": KEY,
        "parent_compound": "PUBCHEM.COMPOUND:3520",
        "smiles": "C(=N)(N)N.Cl",
    }
