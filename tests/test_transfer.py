"""What every room that fetches relies on. Redirects and limits against a server: tests/terms, tests/live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DownloadError
from kg.transfer import USUAL, ask, is_web_page, open_session, public_url, retry_after


@given(st.integers(0, 10**9))
def test_seconds_to_wait(seconds: int) -> None:
    assert retry_after(f" {seconds} ") == seconds


@pytest.mark.parametrize("seconds", [-3600, 30, 3600])
def test_a_date_to_wait_for(seconds: int) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    told = retry_after(format_datetime(moment, usegmt=True))
    assert told is not None
    assert abs(told - max(0, seconds)) < 3


@pytest.mark.parametrize("written", ["", "soon", "-1", "1.5", "２", "Wed, 99 Oct 2026", "1e3"])
def test_no_time_to_wait(written: str) -> None:
    assert retry_after(written) is None


@pytest.mark.parametrize(("start", "page"), [
    (b"<html>", True), (b"\xef\xbb\xbf \n<!DOCTYPE HTML PUBLIC>", True), (b"<!-- a --><HEAD>", True),
    (b'<?xml version="1.0"?>\n<html xmlns="x">', True), (b"<article>", False), (b"{}", False), (b"", False),
    (b"<htmlx>", False), (b"<!-- <html> --><article>", False),
])  # fmt: skip
def test_a_web_page(start: bytes, page: bool) -> None:
    assert is_web_page(start) is page


def test_what_may_be_told_of_an_address() -> None:
    assert public_url("https://me:geheim@owner.example:8/a/b?token=1#x") == "https://owner.example:8/a/b"


def test_each_request_is_announced() -> None:
    asked: list[str] = []
    with pytest.raises(DownloadError):
        ask("ftp://owner.example/x", open_session(), USUAL, {}, asked.append)
    assert asked == ["ftp://owner.example/x"]
