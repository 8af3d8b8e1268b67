"""Downloads from a real server on the loopback address."""

import functools
import hashlib
import http.server
import shutil
import threading

import pytest

from danq.errors import UserError
from danq.fetch import fetch, local_path

CONTENT = b"chr1\t1\t2\n" * 50_000


class Server(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/flaky") and self.server.asked.count(self.path) == 1:
            self.send_response(200)  # the first answer is shorter than its Content-Length
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:1000])
            return
        if self.path.startswith("/to-"):
            self.send_response(302)
            self.send_header("Location", f"{self.path.removeprefix('/to-')}://127.0.0.1/etc/passwd")
            self.end_headers()
            return
        if self.path.startswith("/size-"):
            self.send_response(200)
            self.send_header("Content-Length", self.path.removeprefix("/size-"))
            self.end_headers()
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


def test_a_file_is_downloaded_completely_and_checked(server, tmp_path):
    fetch(f"{server.address}/peaks.bed", tmp_path / "new" / "a.bed", hashlib.sha256(CONTENT).hexdigest().upper())
    assert (tmp_path / "new" / "a.bed").read_bytes() == CONTENT


def test_a_wrong_checksum_is_an_error_and_leaves_no_file(server, tmp_path):
    with pytest.raises(UserError, match="SHA-256"):
        fetch(f"{server.address}/peaks.bed", tmp_path / "new" / "a.bed", "0" * 64)
    assert list((tmp_path / "new").iterdir()) == []


def test_an_interrupted_transfer_is_retried(server, tmp_path):
    fetch(f"{server.address}/flaky", tmp_path / "a.bed")
    assert (tmp_path / "a.bed").read_bytes() == CONTENT
    assert server.asked == ["/flaky", "/flaky"]


def test_a_missing_page_is_an_error_without_retry(server, tmp_path):
    with pytest.raises(UserError, match=r"nothing.bed: the server answers 404"):
        fetch(f"{server.address}/nothing.bed", tmp_path / "a.bed")
    assert server.asked == ["/nothing.bed"]


def test_an_unreachable_server_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("danq.fetch.time.sleep", lambda _: None)
    with pytest.raises(UserError, match="cannot be reached"):
        fetch("http://127.0.0.1:9/a.bed", tmp_path / "a.bed")


def test_each_address_has_its_own_path_and_paths_are_unchanged():
    first, second = (local_path(f"https://x.org/{part}/peaks.bed.gz?v=1", "data", "down") for part in "ab")
    assert first != second
    assert first.startswith("down/x.org-")
    assert first.endswith("/peaks.bed.gz")
    assert local_path("a.bed", "data", "down") == "data/a.bed"
    assert local_path("/abs/a.bed", "data", "down") == "/abs/a.bed"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("to-ftp", "redirects to ftp://127.0.0.1/etc/passwd, not to an http"),
        ("to-file", "redirects to file://127.0.0.1/etc/passwd, not to an http"),
        ("size-many", "the stated size 'many' is not a number"),
        ("size--5", "the stated size '-5' is not a number"),
        ("size-190000000000", "190.000 GB, .* GB free; free some space"),
        ("size-900000000000", "larger than 200 GB"),
    ],
)
def test_odd_answers_are_errors_and_leave_no_file(server, tmp_path, monkeypatch, page, message):
    monkeypatch.setattr("danq.fetch.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 10**9))
    with pytest.raises(UserError, match=message):
        fetch(f"{server.address}/{page}", tmp_path / "new" / "a.bed")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://x.org/a", "http://", "http://x.org:no/a", "https://[x/a"]
)
def test_other_addresses_are_refused(tmp_path, address):
    with pytest.raises(UserError, match="not an http"):
        fetch(address, tmp_path / "a")
