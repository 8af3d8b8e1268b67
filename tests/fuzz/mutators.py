"""Mutators: each changes a good input in one way that happens to real files, or that a hostile file would have.

A mutator of `TEXT` or `BYTES` maps (draw, content) to the new content. A mutator of `HDF5` changes an open file. `draw`
is a seeded random.Random, so a mutation can be repeated.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable

import h5py
import numpy as np

Mutator = Callable[[random.Random, bytes], bytes]
NUMBERS = [
    b"-1",
    b"0",
    b"1.5",
    b"1e3",
    b"99999999",
    b"9223372036854775808",
    b"1" * 40,
    b"nan",
    b"inf",
    b"-0.0",
    b"0x10",
]
WORDS = [
    b"",
    b" ",
    b"#",
    b'"',
    b"'",
    b"NA",
    b"\\",
    b"..",
    b"/etc/passwd",
    b"{x}",
    b"$(id)",
    b"-o",
    "Ä²".encode(),
    b"\0",
]


def flip_bytes(draw: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 8])):
        changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def flip_early_bytes(draw: random.Random, data: bytes) -> bytes:
    """Flip bytes of the beginning, where binary formats describe their content."""
    edge = min(len(data), 2048)
    return flip_bytes(draw, data[:edge]) + data[edge:]


def overwrite(draw: random.Random, data: bytes) -> bytes:
    """Replace 1 to 8 bytes by zeros, by ones or by random bytes."""
    place, size = draw.randrange(len(data)), draw.randint(1, 8)
    new = draw.choice([bytes(size), b"\xff" * size, draw.randbytes(size)])
    return (data[:place] + new + data[place + size :])[: len(data)]


def truncate(draw: random.Random, data: bytes) -> bytes:
    return data[: draw.randrange(len(data))]


def empty(draw: random.Random, data: bytes) -> bytes:
    return b""


def append_rubbish(draw: random.Random, data: bytes) -> bytes:
    return data + draw.randbytes(draw.randint(1, 40))


def gzipped(draw: random.Random, data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def gzip_truncated(draw: random.Random, data: bytes) -> bytes:
    return truncate(draw, gzip.compress(data, mtime=0))


def end_lines_with_cr_lf(draw: random.Random, data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def end_lines_with_cr(draw: random.Random, data: bytes) -> bytes:
    return data.replace(b"\n", b"\r")


def byte_order_mark(draw: random.Random, data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def utf16(draw: random.Random, data: bytes) -> bytes:
    return data.decode().encode("utf-16")


def not_utf8(draw: random.Random, data: bytes) -> bytes:
    return _insert(draw, data, draw.choice([b"\xff", b"\xe4", b"\xc3", b"\x80"]))


def insert_nul(draw: random.Random, data: bytes) -> bytes:
    return _insert(draw, data, b"\0")


def insert_white_space(draw: random.Random, data: bytes) -> bytes:
    return _insert(draw, data, draw.choice([b" ", b"\t", b"\n", b"\x0b", b"\xc2\xa0", b"  "]))


def _insert(draw: random.Random, data: bytes, new: bytes) -> bytes:
    place = draw.randrange(len(data) + 1)
    return data[:place] + new + data[place:]


def _on_lines(change: Callable[[random.Random, list[bytes]], None]) -> Mutator:
    def mutate(draw: random.Random, data: bytes) -> bytes:
        lines = data.split(b"\n")
        change(draw, lines)
        return b"\n".join(lines)

    mutate.__name__ = change.__name__
    return mutate


def _some(draw: random.Random, lines: list[bytes]) -> list[int]:
    """Indices of one line that is not empty, of a few, or of all."""
    full = [i for i, line in enumerate(lines) if line]
    return draw.sample(full, min(len(full), draw.choice([1, 1, 3, len(full)])))


@_on_lines
def trailing_white_space(draw, lines):
    white = draw.choice([b" ", b"\t", b"  ", b" \t"])
    for i in _some(draw, lines):
        lines[i] += white


@_on_lines
def leading_white_space(draw, lines):
    for i in _some(draw, lines):
        lines[i] = draw.choice([b" ", b"\t"]) + lines[i]


@_on_lines
def duplicate_lines(draw, lines):
    for i in sorted(_some(draw, lines), reverse=True):
        lines.insert(i, lines[i])


@_on_lines
def drop_lines(draw, lines):
    for i in sorted(_some(draw, lines)[:3], reverse=True):
        del lines[i]


def _swap(draw, items):
    i, k = draw.randrange(len(items)), draw.randrange(len(items))
    items[i], items[k] = items[k], items[i]


@_on_lines
def swap_lines(draw, lines):
    _swap(draw, lines)


@_on_lines
def blank_lines(draw, lines):
    for i in sorted(_some(draw, lines), reverse=True):
        lines.insert(i, draw.choice([b"", b" ", b"\t"]))


@_on_lines
def comment_lines(draw, lines):
    for i in _some(draw, lines)[:3]:
        lines.insert(i, draw.choice([b"# a comment", b"#", b"track name=x", b";", b"browser position chr1"]))


@_on_lines
def one_long_line(draw, lines):
    lines[draw.randrange(len(lines))] *= 500


@_on_lines
def double_tabs(draw, lines):
    for i in _some(draw, lines):
        lines[i] = lines[i].replace(b"\t", b"\t\t", draw.choice([1, -1]))


@_on_lines
def spaces_for_tabs(draw, lines):
    for i in _some(draw, lines):
        lines[i] = lines[i].replace(b"\t", b" ")


@_on_lines
def add_field(draw, lines):
    for i in _some(draw, lines):
        lines[i] += b"\t" + draw.choice([*WORDS, *NUMBERS])


def _on_fields(change: Callable[[random.Random, list[bytes]], None]) -> Mutator:
    """Changes the fields of some lines; they are separated by tabs, or by spaces in lines without tabs."""

    def mutate(draw: random.Random, data: bytes) -> bytes:
        lines = data.split(b"\n")
        for i in _some(draw, lines):
            separator = b"\t" if b"\t" in lines[i] else b" "
            fields = lines[i].split(separator)
            change(draw, fields)
            lines[i] = separator.join(fields)
        return b"\n".join(lines)

    mutate.__name__ = change.__name__
    return mutate


@_on_fields
def drop_field(draw, fields):
    del fields[draw.randrange(len(fields))]


@_on_fields
def swap_fields(draw, fields):
    _swap(draw, fields)


@_on_fields
def odd_word(draw, fields):
    fields[draw.randrange(len(fields))] = draw.choice(WORDS)


@_on_fields
def space_in_field(draw, fields):
    i = draw.randrange(len(fields))
    fields[i] = draw.choice([b" " + fields[i], fields[i] + b" ", b'"' + fields[i], b'"' + fields[i] + b'"'])


def odd_number(draw: random.Random, data: bytes) -> bytes:
    """Replace one number by an odd one."""
    found = list(re.finditer(rb"-?\d+(\.\d+)?", data))
    if not found:
        return data
    match = draw.choice(found)
    return data[: match.start()] + draw.choice(NUMBERS) + data[match.end() :]


def unknown_name(draw: random.Random, data: bytes) -> bytes:
    """Change one letter of a word."""
    match = draw.choice(list(re.finditer(rb"[A-Za-z]", data)))
    return data[: match.start()] + draw.choice([b"x", b"Q", b"-", b"/"]) + data[match.end() :]


BYTES: list[Mutator] = [flip_bytes, flip_early_bytes, overwrite, truncate, empty, append_rubbish, gzip_truncated]
TEXT: list[Mutator] = [
    *(flip_bytes, overwrite, truncate, empty, append_rubbish, gzipped, gzip_truncated, end_lines_with_cr_lf),
    *(end_lines_with_cr, byte_order_mark, utf16, not_utf8, insert_nul, insert_white_space, trailing_white_space),
    *(leading_white_space, duplicate_lines, drop_lines, swap_lines, blank_lines, comment_lines, one_long_line),
    *(double_tabs, spaces_for_tabs, add_field, drop_field, swap_fields, odd_word, space_in_field, odd_number),
    unknown_name,
]


# Changes of an HDF5 file that keep it a valid HDF5 file.


def _dataset(draw: random.Random, file: h5py.File) -> h5py.Dataset:
    found: list[h5py.Dataset] = []
    file.visititems(lambda name, item: found.append(item) if isinstance(item, h5py.Dataset) else None)
    return draw.choice(sorted(found, key=lambda item: item.name))


def _replace(file: h5py.File, old: h5py.Dataset, data=None, **options) -> None:
    name, attributes = old.name, dict(old.attrs)
    del file[name]
    new = file.create_dataset(name, data=data, **options)
    new.attrs.update(attributes)


def other_dtype(draw: random.Random, file: h5py.File) -> None:
    old = _dataset(draw, file)
    if old.dtype.kind in "iufb":
        kinds = [kind for kind in ("i1", ">i4", "i8", "u2", "f4", ">f8", "bool", "S4") if np.dtype(kind) != old.dtype]
        with np.errstate(invalid="ignore"):
            _replace(file, old, old[()].astype(draw.choice(kinds)))
    else:
        _replace(file, old, draw.choice([1.5, b"\xff\xfe", [b"x"], 7]))


def other_shape(draw: random.Random, file: h5py.File) -> None:
    old = _dataset(draw, file)
    data = np.atleast_1d(old[()])
    change = draw.choice([
        *(lambda x: x[:-1], lambda x: x[:0], lambda x: np.concatenate([x, x]), lambda x: x.ravel()),
        *(lambda x: x[..., None], lambda x: x.T, lambda x: x[..., :-1], lambda x: np.repeat(x, 2, axis=-1)),
        *(lambda x: x.ravel()[0], lambda x: x[None]),
    ])  # fmt: skip
    _replace(file, old, change(data))


def chunked(draw: random.Random, file: h5py.File) -> None:
    old = _dataset(draw, file)
    if old.shape and old.size:
        filters = draw.choice([{}, {"compression": "gzip"}, {"shuffle": True}, {"fletcher32": True}])
        numbers = old.dtype.kind in "iufb"  # HDF5 filters no texts of variable length
        _replace(file, old, old[()], chunks=True, **(filters if numbers else {}))


def never_written(draw: random.Random, file: h5py.File) -> None:
    """A dataset of this shape whose values were never written."""
    old = _dataset(draw, file)
    _replace(file, old, shape=old.shape, dtype=old.dtype)


def huge(draw: random.Random, file: h5py.File) -> None:
    """A dataset that claims to be far larger than the file."""
    old = _dataset(draw, file)
    shape = list(old.shape or (1,))
    shape[draw.randrange(len(shape))] = draw.choice([10**8, 10**10, 10**12])
    _replace(file, old, shape=shape, dtype=old.dtype, chunks=tuple(1 if n < 1 else min(n, 64) for n in shape))


def external(draw: random.Random, file: h5py.File) -> None:
    """The values of a dataset in another file."""
    old = _dataset(draw, file)
    if old.shape and old.dtype.kind in "iuf":
        _replace(file, old, shape=old.shape, dtype=old.dtype, external=[("/dev/zero", 0, h5py.h5f.UNLIMITED)])


def soft_link(draw: random.Random, file: h5py.File) -> None:
    name = _dataset(draw, file).name
    file.move(name, "/moved")
    file[name] = draw.choice([h5py.SoftLink("/moved"), h5py.SoftLink("/nowhere"), h5py.SoftLink(name)])


def external_link(draw: random.Random, file: h5py.File) -> None:
    name = _dataset(draw, file).name
    del file[name]
    file[name] = h5py.ExternalLink(draw.choice(["/etc/passwd", "other.h5", "/dev/zero"]), "/data")


def missing_dataset(draw: random.Random, file: h5py.File) -> None:
    del file[_dataset(draw, file).name]


def group_for_dataset(draw: random.Random, file: h5py.File) -> None:
    name = _dataset(draw, file).name
    del file[name]
    file.create_group(name)


def odd_values(draw: random.Random, file: h5py.File) -> None:
    """NaN, infinity, negative or huge values in one place, or in all."""
    old = _dataset(draw, file)
    if old.dtype.kind == "f" and old.size:
        data = np.atleast_1d(old[()]).copy()
        data.flat[slice(None) if draw.random() < 0.2 else draw.randrange(data.size)] = draw.choice(
            [np.nan, np.inf, -np.inf, -1, 2, 1e30]
        )
        _replace(file, old, data.reshape(old.shape))
    elif old.dtype.kind in "iu" and old.size:
        data = np.atleast_1d(old[()]).copy()
        limits = np.iinfo(data.dtype)
        data.flat[draw.randrange(data.size)] = draw.choice([limits.min, limits.max, 3])
        _replace(file, old, data.reshape(old.shape))
    elif not old.shape:
        text = old[()]
        _replace(file, old, _odd_text(draw, text if isinstance(text, bytes) else str(text).encode()))


def _odd_text(draw: random.Random, text: bytes) -> bytes:
    """JSON that is cut, damaged, or of another structure."""
    whole = [b"null", b"[]", b"{}", b"[1]", b'"x"', b"NaN", b"[{}]", b'[{"index": 1}]', b"[" * 10_000]
    return draw.choice([*whole, text[: len(text) // 2], flip_bytes(draw, text or b" "), odd_number(draw, text)])


def missing_attribute(draw: random.Random, file: h5py.File) -> None:
    if file.attrs:
        del file.attrs[draw.choice(sorted(file.attrs))]


def odd_attribute(draw: random.Random, file: h5py.File) -> None:
    if file.attrs:
        name = draw.choice(sorted(file.attrs))
        old = file.attrs[name]
        odd = [-1, 0, 1.5, np.nan, 2**40, "x", "", np.arange(3), h5py.Empty("f"), b"\xff", np.float32(7)]
        if isinstance(old, str) and old[:1] in "{[n":
            odd = [_odd_text(draw, old.encode()).decode("utf-8", "replace").replace("\0", " ")] * 4 + odd
        file.attrs[name] = draw.choice(odd)


HDF5: list[Callable[[random.Random, h5py.File], None]] = [
    *(other_dtype, other_shape, chunked, never_written, huge, external, soft_link, external_link, missing_dataset),
    *(group_for_dataset, odd_values, missing_attribute, odd_attribute),
]
