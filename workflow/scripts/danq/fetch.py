"""Downloads files that are given as http(s) addresses, and checks them."""

from __future__ import annotations

import hashlib
import http.client
import logging
import shutil
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from tqdm import tqdm

from .errors import UserError
from .file_names import file_name
from .files import replacing

log = logging.getLogger(__name__)
CHUNK = 1 << 20
MOST = 200 * 10**9  # bytes; the largest genomes and bundles have a tenth of it
TRIES = 3


def is_address(path: str) -> bool:
    return path.lower().startswith(("http://", "https://"))


def check_address(address: str) -> None:
    """Raise UserError unless this is an http(s) address with a host."""
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0) and address.isprintable()
    except ValueError:
        whole = False
    if not is_address(address) or not whole or " " in address:
        raise UserError(f"{address!r}: not an http(s) address; write https://host/folder/file.gz, or a path")


def local_path(path: str, folder: str, downloads: str) -> str:
    """The path of a file on disk: in `downloads` for an address, relative to `folder` for a path.

    A downloaded file keeps its name, in a folder named after its host and a hash of its address, so
    that files from different addresses never have the same path.
    """
    if not is_address(path):
        return str(Path(folder) / path)
    parts = urlsplit(path)
    name = file_name(Path(unquote(parts.path)).name) or "index"
    key = hashlib.blake2b(path.encode(), digest_size=4).hexdigest()
    return str(Path(downloads) / file_name(f"{parts.hostname}-{key}") / name)


def fetch(address: str, output: str | Path, sha256: str = "") -> None:
    """Download `address` to `output`, completely or not at all.

    Raises UserError if the server cannot be reached or reports an error, if the file is larger than `MOST` or than
    the free space, or if the checksum differs.
    """
    check_address(address)
    for attempt in range(1, TRIES + 1):
        try:
            with replacing(output) as temporary:
                _download(address, temporary, sha256)
            return
        except urllib.error.HTTPError as error:
            if error.code < 500 or attempt == TRIES:
                raise UserError(
                    f"{address}: the server answers {error.code} {error.reason}; check the address"
                ) from error
        except (urllib.error.URLError, http.client.HTTPException, ssl.SSLError, ConnectionError, TimeoutError) as error:
            if attempt == TRIES:
                raise UserError(
                    f"{address}: cannot be reached ({getattr(error, 'reason', error)}); "
                    "check the address and the connection"
                ) from error
        log.warning("%s: attempt %d failed, trying again", address, attempt)
        time.sleep(attempt)


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects to http(s) addresses only: others would read local files, or download without checks."""

    def http_error_302(self, req, fp, code, msg, headers):
        target = urljoin(req.full_url, headers.get("location") or "")
        if not is_address(target):
            raise UserError(f"{req.full_url}: redirects to {target}, not to an http(s) address; check the address")
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _stated_size(address: str, text: str | None, path: Path) -> int:
    """The size in bytes that the server states, checked against the free space; 0 if it states none."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise UserError(f"{address}: the stated size {text[:50]!r} is not a number; check the address")
    size, free = int(text), shutil.disk_usage(path.parent).free
    if size > MOST:
        raise UserError(_too_large(address))
    if size > free:
        raise UserError(
            f"{address}: the file has {size / 1e9:,.3f} GB, "
            f"{path.parent} has {free / 1e9:,.3f} GB free; free some space"
        )
    return size


def _too_large(address: str) -> str:
    return f"{address}: the file is larger than {MOST / 1e9:,.0f} GB; download it by hand, and give its path"


def _download(address: str, path: Path, sha256: str) -> None:
    digest, received = hashlib.sha256(), 0
    request = urllib.request.Request(address, headers={"User-Agent": "danq-workflow"})
    opener = urllib.request.build_opener(_WebOnly())
    with opener.open(request, timeout=60) as answer, path.open("wb") as file:
        expected = _stated_size(address, answer.headers.get("Content-Length"), path)
        with tqdm(desc=path.name, total=expected or None, unit="B", unit_scale=True, disable=None) as progress:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                received += len(chunk)
                if received > MOST:
                    raise UserError(_too_large(address))
                progress.update(len(chunk))
    if expected and received != expected:
        raise ConnectionError(f"received {received:,} of {expected:,} bytes")
    if sha256 and digest.hexdigest() != sha256.lower():
        raise UserError(
            f"{address}: the SHA-256 is {digest.hexdigest()}, not {sha256.lower()} as given; "
            "check the address, or update the checksum if the file has changed"
        )
