"""The server on this machine: who may ask, what is handed out, and that its page works in a browser."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import urllib.request
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from pellucid.report.live.page import live_html
from pellucid.report.live.serving import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def fire(given):
    if not given["text"]:
        raise ValueError("the text has 0 tokens")
    feature = {"id": 7, "value": 2.0, "share": 0.5, "name": "<b>cats</b>"}
    return [{"word": f"{word} ", "features": [feature]} for word in given["text"].split()]


@pytest.fixture
def server():
    page = live_html("Features of <i>a layer</i>", pages=True).encode()
    with Server({"": page, "features.html": b"every feature"}, {"fire": fire}) as server:
        yield server


def ask(address, body=b'{"text": "a cat"}', **headers):
    request = urllib.request.Request(address, body, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.loads(reply.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())


def test_it_answers_who_knows_the_address(server):
    assert urlsplit(server.address).hostname == "127.0.0.1"
    status, found = ask(f"{server.address}fire")
    assert status == 200
    assert [token["word"] for token in found] == ["a ", "cat "]
    with urllib.request.urlopen(server.address, timeout=20) as reply:
        assert "connect-src 'self'" in reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert b"<i>" not in reply.read()
    with urllib.request.urlopen(f"{server.address}features.html", timeout=20) as reply:
        assert reply.read() == b"every feature"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/fire", {}, 403),
        ("/guess/fire", {}, 403),
        ("/SECRET/fire", {"Host": "evil.example"}, 403),
        ("/SECRET/fire", {"Origin": "https://evil.example"}, 403),
        ("/SECRET/fire", {"Content-Type": "text/plain"}, 415),
        ("/SECRET/other", {}, 404),
        ("/SECRET/../../etc/passwd", {}, 404),
    ],
)
def test_strangers_are_refused(server, path, headers, status):
    secret = server.address.split("/")[3]
    start = server.address.split(secret, maxsplit=1)[0].rstrip("/")
    found = ask(f"{start}{path.replace('SECRET', secret)}", **headers)
    assert found[0] == status
    assert "error" in found[1]


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"{", ""), (b"[1]", "give a JSON object"), (b"{}", "KeyError"), (b'{"text": ""}', "0 tokens"), (b"\xff", "")],
)
def test_what_is_no_question_is_told(server, body, message):
    status, found = ask(f"{server.address}fire", body)
    assert status == 400
    assert message in found["error"]


def test_a_question_that_is_too_long_is_not_read(server):
    link = http.client.HTTPConnection("127.0.0.1", urlsplit(server.address).port, timeout=20)
    link.request("POST", f"{urlsplit(server.address).path}fire", headers={"Content-Length": "99999999"})
    assert link.getresponse().status == 413
    link.close()


def test_no_page_is_handed_out_that_is_not_named(server):
    for name in ("finding.json", "../finding.json", "%2e%2e/x"):
        with pytest.raises(HTTPError, match="404"):
            urllib.request.urlopen(server.address + name, timeout=20)


def test_a_port_in_use_is_told(server):
    port = urlsplit(server.address).port
    with pytest.raises(ValueError, match=f"port={port} cannot be used"):
        Server({}, {}, port)


@pytest.mark.skipif(CHROMIUM is None, reason="no browser")
def test_the_page_asks_and_shows_what_fires(server, tmp_path):
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=3000", "--dump-dom", server.address,
    ]  # fmt: skip
    page = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
    assert "6 tokens; choose one" in page
    assert "features.html#7" in page
    assert "&lt;b&gt;cats&lt;/b&gt;" in page
    assert "50 %" in page
