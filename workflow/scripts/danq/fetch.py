"""Files that are given as http(s) addresses: fetched once, whole, and checked."""

from __future__ import annotations

import hashlib
import http.client
import logging
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tqdm import tqdm

from .errors import UserError
from .files import replacing

log = logging.getLogger(__name__)
CHUNK = 1 << 20
TRIES = 3


def is_address(path: str) -> bool:
    return path.startswith(("http://", "https://"))


def local_path(path: str, folder: str, downloads: str) -> str:
    """Where a file is on disk: an address below `downloads`, a relative path below `folder`.

    A fetched file keeps its name, in a folder named after the rest of its address, so that two
    addresses never share a place.
    """
    if not is_address(path):
        return str(Path(folder) / path)
    parts = urlsplit(path)
    name = Path(unquote(parts.path)).name or "index"
    key = hashlib.blake2b(path.encode(), digest_size=4).hexdigest()
    return str(Path(downloads) / f"{parts.hostname}-{key}" / name)


def fetch(address: str, output: str | Path, sha256: str = "") -> None:
    """Fetch `address` to `output`, whole or not at all; a wrong checksum or length is a UserError."""
    for attempt in range(1, TRIES + 1):
        try:
            with replacing(output) as temporary:
                _download(address, temporary, sha256)
            return
        except urllib.error.HTTPError as error:
            if error.code < 500 or attempt == TRIES:
                raise UserError(f"{address}: the server answers {error.code} {error.reason}") from error
        except (urllib.error.URLError, http.client.HTTPException, ssl.SSLError, ConnectionError, TimeoutError) as error:
            if attempt == TRIES:
                raise UserError(f"{address}: cannot be reached ({getattr(error, 'reason', error)})") from error
        log.warning("%s: attempt %d failed, trying again", address, attempt)
        time.sleep(attempt)


def _download(address: str, path: Path, sha256: str) -> None:
    digest, received = hashlib.sha256(), 0
    request = urllib.request.Request(address, headers={"User-Agent": "danq-workflow"})
    with urllib.request.urlopen(request, timeout=60) as answer, path.open("wb") as file:
        expected = int(answer.headers.get("Content-Length") or 0)
        with tqdm(desc=path.name, total=expected or None, unit="B", unit_scale=True, disable=None) as progress:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                received += len(chunk)
                progress.update(len(chunk))
    if expected and received != expected:
        raise ConnectionError(f"{received:,} of {expected:,} bytes came")
    if sha256 and digest.hexdigest() != sha256.lower():
        raise UserError(
            f"{address}: the SHA-256 is {digest.hexdigest()}, not {sha256.lower()} as asked for; "
            "check the address, or mend the checksum if the file was renewed"
        )
