import h5py
import numpy as np
import pytest

from danq import onehot
from danq.errors import UserError
from danq.targets import Target
from danq.windows import Windows, unpack_labels, writing

TARGETS = [Target(i, f"T{i}", "TF") for i in range(1, 12)]


def write(path, n=20, length=51, seed=0, targets=TARGETS, blocks=1, **facts):
    draw = np.random.default_rng(seed)
    tensor = np.eye(5, 4, dtype=np.uint8)[draw.integers(0, 5, (n, length))]  # the fifth letter is unknown
    labels = draw.integers(0, 2, (n, len(targets)), np.uint8)
    with writing(path, n, length, targets, **facts) as writer:
        for part in np.array_split(np.arange(n), blocks):
            packed = np.packbits(labels[part], axis=1)
            writer.append(onehot.pack(tensor[part]), packed, part % 2, 10 * part)
    return tensor, labels


def test_what_is_written_is_read(tmp_path):
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


def test_chosen_windows_come_reverse_complemented(tmp_path):
    tensor, _ = write(tmp_path / "w.h5")
    reverse = np.arange(20) % 3 == 0
    found = Windows(tmp_path / "w.h5").onehot(np.arange(20), reverse)
    assert (found[reverse] == tensor[reverse][:, ::-1, ::-1]).all()
    assert (found[~reverse] == tensor[~reverse]).all()


def test_sequence_lies_in_the_file_as_one_plain_block(tmp_path):
    tensor, _ = write(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5") as file:
        data = file["sequence"]
        assert data.chunks is None
        assert data.compression is None
        raw = np.fromfile(tmp_path / "w.h5", np.uint8, data.size, offset=data.id.get_offset())
    assert (raw.reshape(20, -1) == np.packbits(tensor.reshape(20, -1), axis=1)).all()


def test_fingerprint_depends_on_content_alone(tmp_path):
    def fingerprint(name, **options):
        write(tmp_path / name, **options)
        return Windows(tmp_path / name).fingerprint

    first = fingerprint("a.h5")
    assert fingerprint("b.h5", blocks=3) == first
    assert fingerprint("c.h5", seed=1) != first
    assert fingerprint("d.h5", targets=[Target(i, f"U{i}", "TF") for i in range(1, 12)]) != first


def test_labels_unpack_to_the_targets(tmp_path):
    labels = np.random.default_rng(0).integers(0, 2, (5, 13), np.uint8)
    assert (unpack_labels(np.packbits(labels, axis=1), 13) == labels).all()


def test_more_than_64_kilobytes_of_targets_fit(tmp_path):
    targets = [Target(i, f"target {i} " + "x" * 100, "TF", "cell", "none") for i in range(1, 1001)]
    write(tmp_path / "w.h5", n=2, targets=targets)
    assert Windows(tmp_path / "w.h5").targets == targets


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.98])
def test_a_file_cut_short_is_named(tmp_path, kept):
    path = tmp_path / "w.h5"
    write(path, n=2000)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(UserError, match="w.h5.*cut short"):
        Windows(path)


def test_another_kind_of_file_is_named(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["a"] = 1
    with pytest.raises(UserError, match="not a windows file"):
        Windows(tmp_path / "x.h5")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "w.h5"
    write(path)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="stop"), writing(path, 5, 51, TARGETS) as writer:
        writer.append(np.zeros((2, 26), np.uint8), np.zeros((2, 2), np.uint8))
        raise RuntimeError("stop")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
