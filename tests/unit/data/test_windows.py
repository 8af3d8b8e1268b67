import h5py
import numpy as np
import pytest

from danq.data import onehot
from danq.data.targets import Target
from danq.data.windows import Windows, unpack_labels, writing
from danq.errors import UserError

TARGETS = [Target(i, f"T{i}", "TF") for i in range(1, 12)]


def write(path, n=20, length=51, seed=0, targets=TARGETS, blocks=1, **facts):
    draw = np.random.default_rng(seed)
    tensor = np.eye(5, 4, dtype=np.uint8)[draw.integers(0, 5, (n, length))]  # the fifth letter is unknown
    labels = draw.integers(0, 2, (n, len(targets)), np.uint8)
    with writing(path, n, length, targets, **{"contigs": ["a", "b"]} | facts) as writer:
        for part in np.array_split(np.arange(n), blocks):
            packed = np.packbits(labels[part], axis=1)
            writer.append(onehot.pack(tensor[part]), packed, part % 2, 10 * part)
    return tensor, labels


def test_windows_are_read_as_written(tmp_path):
    tensor, labels = write(tmp_path / "w.h5", bin=3, contigs=["a", "b"], assembly="x1", made_by={"how": "so"})
    windows = Windows(tmp_path / "w.h5")
    assert (len(windows), windows.length, windows.bin) == (20, 51, 3)
    assert windows.targets == TARGETS
    assert (windows.assembly, windows.made_by) == ("x1", {"how": "so"})
    index = np.array([7, 0, 19, 7])
    assert (windows.onehot(index) == tensor[index]).all()
    assert (windows.labels(index) == labels[index]).all()
    assert (windows.positives() == labels.sum(axis=0)).all()
    names, starts = windows.places()
    assert names[:3].tolist() == ["a", "b", "a"]
    assert starts[:3].tolist() == [0, 10, 20]


def test_selected_windows_are_reverse_complemented(tmp_path):
    tensor, _ = write(tmp_path / "w.h5")
    reverse = np.arange(20) % 3 == 0
    found = Windows(tmp_path / "w.h5").onehot(np.arange(20), reverse)
    assert (found[reverse] == tensor[reverse][:, ::-1, ::-1]).all()
    assert (found[~reverse] == tensor[~reverse]).all()


def test_the_sequence_is_one_contiguous_block_of_the_file(tmp_path):
    tensor, _ = write(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5") as file:
        data = file["sequence"]
        assert data.chunks is None
        assert data.compression is None
        raw = np.fromfile(tmp_path / "w.h5", np.uint8, data.size, offset=data.id.get_offset())
    assert (raw.reshape(20, -1) == np.packbits(tensor.reshape(20, -1), axis=1)).all()


def test_the_fingerprint_depends_only_on_the_content(tmp_path):
    def fingerprint(name, **options):
        write(tmp_path / name, **options)
        return Windows(tmp_path / name).fingerprint

    first = fingerprint("a.h5")
    assert fingerprint("b.h5", blocks=3) == first
    assert fingerprint("c.h5", seed=1) != first
    assert fingerprint("d.h5", targets=[Target(i, f"U{i}", "TF") for i in range(1, 12)]) != first


def test_unpacked_labels_equal_the_original_labels(tmp_path):
    labels = np.random.default_rng(0).integers(0, 2, (5, 13), np.uint8)
    assert (unpack_labels(np.packbits(labels, axis=1), 13) == labels).all()


def test_more_than_64_kilobytes_of_targets_are_stored(tmp_path):
    targets = [Target(i, f"target {i} " + "x" * 100, "TF", "cell", "none") for i in range(1, 1001)]
    write(tmp_path / "w.h5", n=2, targets=targets)
    assert Windows(tmp_path / "w.h5").targets == targets


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.98])
def test_a_truncated_file_is_an_error(tmp_path, kept):
    path = tmp_path / "w.h5"
    write(path, n=2000)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(UserError, match="w.h5.*cut short"):
        Windows(path)


def test_an_hdf5_file_of_another_kind_is_an_error(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["a"] = 1
    with pytest.raises(UserError, match="not a windows file"):
        Windows(tmp_path / "x.h5")


def test_a_failed_write_leaves_only_the_old_file(tmp_path):
    path = tmp_path / "w.h5"
    write(path)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="stop"), writing(path, 5, 51, TARGETS) as writer:
        writer.append(np.zeros((2, 26), np.uint8), np.zeros((2, 2), np.uint8))
        raise RuntimeError("stop")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def another(path, name, data):
    """Replace a dataset of an HDF5 file."""
    with h5py.File(path, "r+") as file:
        del file[name]
        file[name] = data


def chunked(path):
    with h5py.File(path, "r+") as file:
        data = file["sequence"][()]
        del file["sequence"]
        file.create_dataset("sequence", data=data, chunks=(5, 26))


def linked(path, link):
    with h5py.File(path, "r+") as file:
        file.move("labels", "elsewhere")
        file["labels"] = link


def attribute(path, name, value):
    with h5py.File(path, "r+") as file:
        file.attrs[name] = value


SPOILT = {
    "labels of fewer targets": (lambda path: another(path, "labels", np.zeros((20, 1), np.uint8)), "labels is uint8"),
    "fewer labels": (lambda path: another(path, "labels", np.zeros((19, 2), np.uint8)), r"labels is uint8 \(19, 2\)"),
    "another length": (lambda path: attribute(path, "window", 53), r"sequence is uint8 \(20, 26\)"),
    "no length": (lambda path: attribute(path, "window", 0), "not uint8 any x 0"),
    "a length that is text": (lambda path: attribute(path, "window", "long"), "invalid literal"),
    "fewer places": (lambda path: another(path, "start", np.zeros(3, np.int64)), r"start is int64 \(3,\)"),
    "unknown contig": (lambda path: another(path, "contig", np.full(20, 7, np.int32)), "beyond the 2 that it names"),
    "dtype": (lambda path: another(path, "sequence", np.zeros((20, 26), np.uint16)), "sequence is uint16"),
    "byte order": (lambda path: another(path, "contig", np.zeros(20, ">i4")), "contig is >i4"),
    "chunks": (chunked, "sequence is not one block of this file"),
    "soft link": (lambda path: linked(path, h5py.SoftLink("/elsewhere")), "labels is a link to another place"),
    "external link": (lambda path: linked(path, h5py.ExternalLink("o.h5", "/labels")), "labels is a link"),
    "a group": (lambda path: linked(path, h5py.SoftLink("/nowhere")), "labels is a link"),
    "targets that are no JSON": (lambda path: another(path, "targets", "[{"), "Expecting"),
    "targets that are no list": (lambda path: another(path, "targets", "3"), "not iterable"),
    "numbers of targets": (lambda path: another(path, "targets", "[]"), r"labels is uint8 \(20, 2\)"),
    "a record that is no JSON": (lambda path: attribute(path, "made_by", "{"), "Expecting"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_file_that_contradicts_itself_is_an_error(tmp_path, how):
    path = tmp_path / "w.h5"
    write(path, contigs=["a", "b"])
    change, message = SPOILT[how]
    change(path)
    with pytest.raises(UserError, match=f"w.h5: the windows file is cut short or damaged .*{message}.*make it again"):
        Windows(path)


def test_the_true_cause_of_a_failed_reading_is_named(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(5, "Unable to synchronously open file (errno = 5, error message = 'Input/output error')")

    write(tmp_path / "w.h5")
    monkeypatch.setattr(h5py, "File", fail)
    with pytest.raises(UserError, match=r"w.h5: the windows file cannot be read \(Input/output error\)"):
        Windows(tmp_path / "w.h5")
