"""The .mat bundle, tested with SciPy, h5py and a real part of the published test set."""

import io

import h5py
import numpy as np
import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from real_data import SHARED

from danq.data import onehot
from danq.data.windows import Windows
from danq.errors import UserError
from danq.published import matlab5
from danq.published.bundle import Bundle
from danq.published.export_bundle import export_split
from danq.published.import_bundle import BOTH, FORWARD, import_split, targets_table

EXAMPLE = SHARED / "deepsea/example_testxdata.h5"
LETTERS = np.array(list("AGCT"))


def random_bundle(n, length=20, targets=11, seed=0, mirrored=True):
    """One-hot (N, 4, L) in the order A, G, C, T with some unknown bases, and labels (N, T)."""
    draw = np.random.default_rng(seed)
    codes = draw.integers(0, 4, (n // 2 if mirrored else n, length))
    sequence = np.eye(4, dtype=np.uint8)[codes].transpose(0, 2, 1)
    sequence[draw.random(len(sequence)) < 0.2, :, 3] = 0
    labels = draw.integers(0, 2, (len(sequence), targets)).astype(np.uint8)
    if mirrored:
        opposite = sequence[:, [3, 2, 1, 0], ::-1]  # A, G, C, T complemented is T, C, G, A
        sequence, labels = np.concatenate([sequence, opposite]), np.concatenate([labels, labels])
    return sequence, labels


def write_v5(path, split, sequence, labels, compressed=False):
    scipy.io.savemat(path, {f"{split}xdata": sequence, f"{split}data": labels}, do_compression=compressed)


def write_v73(path, split, sequence, labels, **options):
    with h5py.File(path, "w", userblock_size=512) as file:
        file.create_dataset(f"{split}xdata", data=np.ascontiguousarray(sequence.transpose(2, 1, 0)), **options)
        file.create_dataset(f"{split}data", data=np.ascontiguousarray(labels.T))
        for data in file.values():
            data.attrs["MATLAB_class"] = np.bytes_("uint8")  # as MATLAB does


def decoded(sequence):
    """Letters of (N, 4, L) in the order A, G, C, T, decoded by a loop."""
    words = []
    for window in sequence:
        words.append("".join(LETTERS[column.argmax()] if column.any() else "N" for column in window.T))
    return words


def texts(windows):
    return onehot.text(windows.packed(slice(None)), windows.length)


@pytest.mark.parametrize("length", [20, 21])
@pytest.mark.parametrize("kind", ["v5", "v5 compressed", "v7.3", "v7.3 in chunks"])
def test_import_keeps_the_forward_half_with_every_base_and_label(tmp_path, kind, length):
    sequence, labels = random_bundle(30, length)
    if kind.startswith("v5"):
        write_v5(tmp_path / "a.mat", "test", sequence, labels, kind != "v5")
    else:
        chunked = {"chunks": (3, 2, 7), "compression": "gzip"} if kind != "v7.3" else {}
        write_v73(tmp_path / "a.mat", "test", sequence, labels, **chunked)
    windows = import_split(tmp_path / "a.mat", "test", tmp_path / "a.h5")
    assert windows.made_by["bundle"]["kept"] == FORWARD
    assert texts(windows) == decoded(sequence[:15])
    np.testing.assert_array_equal(windows.labels(), labels[:15])
    assert windows.places() is None


@pytest.mark.parametrize("targets", [11, 20])  # windows have 20 bp, so that L == T
def test_hdf5_files_with_samples_as_first_axis_are_read(tmp_path, targets):
    sequence, labels = random_bundle(8, targets=targets)
    with h5py.File(tmp_path / "a.mat", "w") as file:
        file["validxdata"], file["validdata"] = sequence, labels
    assert texts(import_split(tmp_path / "a.mat", "valid", tmp_path / "a.h5")) == decoded(sequence[:4])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n=st.integers(1, 9), length=st.integers(4, 9), targets=st.integers(1, 17), seed=st.integers(0, 99))
@pytest.mark.parametrize("split", ["train", "test"])
def test_import_and_export_return_identical_arrays(tmp_path, split, n, length, targets, seed):
    sequence, labels = random_bundle(2 * n, length, targets, seed)
    (write_v73 if split == "train" else write_v5)(tmp_path / "a.mat", split, sequence, labels)
    export_split(import_split(tmp_path / "a.mat", split, tmp_path / "a.h5"), split, tmp_path / "b.mat")
    if split == "train":
        assert (tmp_path / "b.mat").read_bytes().startswith(b"MATLAB 7.3 MAT-file")
        with h5py.File(tmp_path / "b.mat") as file:
            again, labels_again = file["trainxdata"][()].transpose(2, 1, 0), file["traindata"][()].T
    else:
        read = scipy.io.loadmat(tmp_path / "b.mat")  # another tool reads the same values
        again, labels_again = read["testxdata"], read["testdata"]
    assert again.dtype == np.uint8
    np.testing.assert_array_equal(again, sequence)
    np.testing.assert_array_equal(labels_again, labels)


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the published example is not available")
def test_the_real_part_has_the_documented_channels_and_strands(tmp_path, caplog):
    with h5py.File(EXAMPLE) as file:
        sequence = file["testxdata"][()]
    labels = np.tile(np.arange(4, dtype=np.uint8)[:, None] % 2, (2, 1))
    write_v5(tmp_path / "a.mat", "test", sequence, labels)
    windows = import_split(tmp_path / "a.mat", "test", tmp_path / "a.h5")
    assert (len(windows), windows.length) == (4, 1000)
    assert windows.made_by["bundle"]["kept"] == FORWARD
    assert texts(windows) == decoded(sequence[:4])
    assert "another order" not in caplog.text
    joined = "N".join(texts(windows))  # CpG is .24 times as frequent as by chance (.92 with wrong channels)
    ratio = joined.count("CG") * len(joined) / (joined.count("C") * joined.count("G"))
    assert ratio == pytest.approx(0.24, abs=0.01)
    import_split(tmp_path / "a.mat", "test", tmp_path / "b.h5", alphabet="ACGT")
    assert "may be in another order" in caplog.text


@pytest.mark.parametrize("spoilt", ["sequence", "labels", "odd"])
def test_both_halves_are_kept_if_they_are_not_opposite_strands(tmp_path, caplog, spoilt):
    sequence, labels = random_bundle(12)
    if spoilt == "sequence":
        sequence[11, :, 5] = [0, 0, 1, 0] if sequence[11, 0, 5] else [1, 0, 0, 0]
    elif spoilt == "labels":
        labels[11, 3] ^= 1
    else:
        sequence, labels = sequence[:-1], labels[:-1]
    write_v5(tmp_path / "a.mat", "test", sequence, labels)
    windows = import_split(tmp_path / "a.mat", "test", tmp_path / "a.h5")
    assert windows.made_by["bundle"]["kept"] == BOTH
    assert "both are kept" in caplog.text
    assert texts(windows) == decoded(sequence)
    np.testing.assert_array_equal(windows.labels(), labels)
    export_split(windows, "test", tmp_path / "b.mat")
    np.testing.assert_array_equal(scipy.io.loadmat(tmp_path / "b.mat")["testxdata"], sequence)


def test_the_block_size_does_not_change_the_result(tmp_path, monkeypatch):
    from danq.published import bundle, export_bundle

    sequence, labels = random_bundle(70)
    write_v73(tmp_path / "a.mat", "train", sequence, labels, chunks=(7, 4, 16))
    whole = import_split(tmp_path / "a.mat", "train", tmp_path / "a.h5")
    monkeypatch.setattr(bundle, "BLOCK", 4)
    monkeypatch.setattr(bundle, "PIECE", 600)
    monkeypatch.setattr(export_bundle, "BLOCK", 3)
    pieces = import_split(tmp_path / "a.mat", "train", tmp_path / "b.h5")
    assert whole.fingerprint == pieces.fingerprint
    export_split(pieces, "train", tmp_path / "b.mat")
    with h5py.File(tmp_path / "b.mat") as file:
        np.testing.assert_array_equal(file["trainxdata"][()].transpose(2, 1, 0), sequence)


def test_wide_chunks_are_packed_in_pieces(tmp_path, monkeypatch):
    """With chunks as wide as the file, memory use stays far below the size of the file."""
    import tracemalloc

    from danq.published import bundle

    monkeypatch.setattr(bundle, "PIECE", 1 << 20)
    sequence, labels = random_bundle(2000, length=1000)
    write_v73(tmp_path / "a.mat", "train", sequence, labels, chunks=(1, 1, 2000))
    tracemalloc.start()
    import_split(tmp_path / "a.mat", "train", tmp_path / "a.h5")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sequence.nbytes == 8_000_000
    assert peak < 6_000_000  # two packed halves and their checks take 2 MB


def test_data_too_large_for_v5_are_written_as_v73(tmp_path, monkeypatch, caplog):
    sequence, labels = random_bundle(30)
    write_v5(tmp_path / "a.mat", "test", sequence, labels)
    windows = import_split(tmp_path / "a.mat", "test", tmp_path / "a.h5")
    monkeypatch.setattr(matlab5, "MOST_BYTES", (1 << 16) + 2000)
    with caplog.at_level("INFO"):
        export_split(windows, "test", tmp_path / "b.mat")
    assert "written as v7.3" in caplog.text
    again = import_split(tmp_path / "b.mat", "test", tmp_path / "b.h5")
    assert again.fingerprint == windows.fingerprint


def test_a_truncated_or_damaged_v73_file_is_an_error(tmp_path):
    sequence, labels = random_bundle(3000)
    write_v73(tmp_path / "a.mat", "train", sequence, labels, chunks=(20, 4, 3000), compression="gzip")
    whole = (tmp_path / "a.mat").read_bytes()
    (tmp_path / "cut.mat").write_bytes(whole[: len(whole) // 2])
    spoilt = bytearray(whole)
    middle = len(whole) // 2
    spoilt[middle - 4000 : middle + 4000] = bytes(8000)
    (tmp_path / "bad.mat").write_bytes(spoilt)
    for name in ("cut", "bad"):
        with pytest.raises(UserError, match=f"{name}.mat: the MAT file is cut short or damaged"):
            import_split(tmp_path / f"{name}.mat", "train", tmp_path / "out/a.h5")
        assert not list((tmp_path / "out").glob("*"))


def test_writing_more_than_2_gb_as_v5_is_an_error():
    with pytest.raises(UserError, match="larger than a v5 MAT file"):
        matlab5.write(io.BytesIO(), [("testxdata", (600_000, 4, 1000), [])])


def spoil(path, sequence, labels, how):
    values = {"testxdata": sequence, "testdata": labels}
    if how == "names":
        values = {"validxdata": sequence, "validdata": labels}
    elif how == "axes":
        values["testxdata"] = sequence.transpose(0, 2, 1)
    elif how == "rows":
        values["testdata"] = labels[:-1]
    elif how == "dtype":
        values["testxdata"] = sequence + 0.5
    elif how == "values":
        values["testdata"] = labels * 3
    elif how == "two bases":
        values["testxdata"] = np.ones_like(sequence)
    if how == "hdf5":
        with h5py.File(path, "w") as file:
            file["testxdata"], file["testdata"] = sequence.transpose(2, 1, 0).astype(float), labels.T
    elif how == "text":
        path.write_text("not a MAT file" * 20)
    else:
        scipy.io.savemat(path, values, do_compression=how == "cut")
    if how.startswith("cut"):
        path.write_bytes(path.read_bytes()[: 400 if how == "cut" else -100])


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("names", "has no variable 'testxdata' but validdata, validxdata"),
        ("axes", r"axes that do not fit; \(N, 4, 1000\)"),
        ("rows", "axes that do not fit"),
        ("dtype", "testxdata is of type double; uint8 is needed"),
        ("hdf5", "testxdata is of type float64; uint8 is needed"),
        ("values", "testdata has values other than 0 and 1"),
        ("two bases", "two bases at once"),
        ("text", "neither a v5 nor a v7.3 MAT file"),
        ("cut", "cut short or damaged"),
        ("cut at the end", "cut short or damaged"),
    ],
)
def test_an_invalid_mat_file_is_an_error_and_leaves_no_output(tmp_path, how, message):
    spoil(tmp_path / "a.mat", *random_bundle(30), how)
    with pytest.raises(UserError, match=message):
        import_split(tmp_path / "a.mat", "test", tmp_path / "out" / "a.h5")
    assert not list((tmp_path / "out").glob("*"))


def test_names_come_from_a_list_of_the_same_length(tmp_path):
    sequence, labels = random_bundle(12, targets=2)
    write_v5(tmp_path / "test.mat", "test", sequence, labels)
    names = tmp_path / "predictor.names"
    names.write_text("K562|CTCF|None\nHepG2|H2AZ|None\n")
    windows = import_split(tmp_path / "test.mat", "test", tmp_path / "a.h5", names=names)
    assert [target.title for target in windows.targets] == ["K562|CTCF", "HepG2|H2AZ"]
    table = targets_table({"test": windows})
    assert table["positives"].tolist() == labels[:6].sum(axis=0).tolist()
    names.write_text("K562|CTCF|None\n")
    with pytest.raises(UserError, match=r"lists 1 targets, .*test\.mat has 2"):
        import_split(tmp_path / "test.mat", "test", tmp_path / "b.h5", names=names)


def test_big_endian_files_are_read(tmp_path):
    """The file is written from the format's specification, because SciPy writes little-endian only."""
    import struct

    def part(kind, content):
        return struct.pack(">II", kind, len(content)) + content + bytes(-len(content) % 8)

    sequence, labels = random_bundle(4)
    text = b"MATLAB 5.0 MAT-file".ljust(124) + b"\1\0MI"
    for name, array in (("testxdata", sequence), ("testdata", labels)):
        head = part(6, struct.pack(">II", 9, 0)) + part(5, struct.pack(f">{array.ndim}i", *array.shape))
        text += part(14, head + part(1, name.encode()) + part(2, array.tobytes(order="F")))
    (tmp_path / "a.mat").write_bytes(text)
    np.testing.assert_array_equal(scipy.io.loadmat(tmp_path / "a.mat")["testdata"], labels)
    assert Bundle(tmp_path / "a.mat", "test").n == 4
    assert texts(Windows(import_split(tmp_path / "a.mat", "test", tmp_path / "a.h5").path)) == decoded(sequence[:2])


def test_a_shape_that_the_bytes_contradict_is_an_error(tmp_path):
    """A damaged shape could otherwise ask for billions of targets."""
    content = {"testxdata": np.eye(4, dtype=np.uint8)[np.zeros((6, 8), int)].transpose(0, 2, 1)}
    content["testdata"] = np.ones((6, 5), np.uint8)
    scipy.io.savemat(tmp_path / "test.mat", content)
    data = (tmp_path / "test.mat").read_bytes()
    shape = np.array([6, 5], np.int32).tobytes()
    assert data.count(shape) == 1
    (tmp_path / "test.mat").write_bytes(data.replace(shape, np.array([6, 2**30], np.int32).tobytes()))
    with pytest.raises(UserError, match=r"test.mat: .*\(testdata has the shape \(6, 1073741824\), but 30 bytes"):
        Bundle(tmp_path / "test.mat", "test")


@pytest.mark.parametrize("order", ["first", "last"])
def test_the_order_of_axes_follows_from_the_content_if_both_fit(tmp_path, caplog, order):
    sequence, labels = random_bundle(8, targets=20)  # windows have 20 bp
    with h5py.File(tmp_path / "a.mat", "w") as file:
        file["testxdata"], file["testdata"] = (sequence, labels) if order == "first" else (sequence.T, labels.T)
    assert texts(import_split(tmp_path / "a.mat", "test", tmp_path / "a.h5")) == decoded(sequence[:4])
    assert f"the samples are the {order} one" in caplog.text


def test_an_order_of_axes_that_the_content_does_not_tell_is_an_error(tmp_path):
    sequence, labels = random_bundle(8, targets=20, mirrored=False)
    with h5py.File(tmp_path / "a.mat", "w") as file:
        file["testxdata"], file["testdata"] = sequence, labels
    with pytest.raises(UserError, match="may be the first or the last axis"):
        import_split(tmp_path / "a.mat", "test", tmp_path / "a.h5")
