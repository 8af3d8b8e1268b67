"""Fetching from a real server on the loopback address."""

import functools
import hashlib
import http.server
import threading

import pytest

from danq.errors import UserError
from danq.fetch import fetch, local_path

CONTENT = b"chr1\t1\t2\n" * 50_000


class Server(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/flaky") and self.server.asked.count(self.path) == 1:
            self.send_response(200)  # promises more than it sends, once
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:1000])
            return
        if self.path.startswith("/flaky"):
            self.path = "/peaks.bed"
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "peaks.bed").write_bytes(CONTENT)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=folder)) as running:
        running.asked = []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        running.address = f"http://127.0.0.1:{running.server_port}"
        yield running
        running.shutdown()


def test_a_file_is_fetched_whole_and_checked(server, tmp_path):
    fetch(f"{server.address}/peaks.bed", tmp_path / "new" / "a.bed", hashlib.sha256(CONTENT).hexdigest().upper())
    assert (tmp_path / "new" / "a.bed").read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing(server, tmp_path):
    with pytest.raises(UserError, match="SHA-256"):
        fetch(f"{server.address}/peaks.bed", tmp_path / "new" / "a.bed", "0" * 64)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_transfer_that_broke_off_is_tried_again(server, tmp_path):
    fetch(f"{server.address}/flaky", tmp_path / "a.bed")
    assert (tmp_path / "a.bed").read_bytes() == CONTENT
    assert server.asked == ["/flaky", "/flaky"]


def test_a_missing_page_is_named_at_once(server, tmp_path):
    with pytest.raises(UserError, match=r"nothing.bed: the server answers 404"):
        fetch(f"{server.address}/nothing.bed", tmp_path / "a.bed")
    assert server.asked == ["/nothing.bed"]


def test_a_server_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("danq.fetch.time.sleep", lambda _: None)
    with pytest.raises(UserError, match="cannot be reached"):
        fetch("http://127.0.0.1:9/a.bed", tmp_path / "a.bed")


def test_addresses_have_places_of_their_own_and_paths_keep_theirs():
    first, second = (local_path(f"https://x.org/{part}/peaks.bed.gz?v=1", "data", "down") for part in "ab")
    assert first != second
    assert first.startswith("down/x.org-")
    assert first.endswith("/peaks.bed.gz")
    assert local_path("a.bed", "data", "down") == "data/a.bed"
    assert local_path("/abs/a.bed", "data", "down") == "/abs/a.bed"
