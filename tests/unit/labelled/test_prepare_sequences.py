"""Windows of sequences with labels, against brute force and DeepBind's files."""

import itertools
from collections import Counter

import numpy as np
from real_data import DEEPBIND, needs_deepbind

from danq.data import onehot
from danq.data.windows import Windows
from danq.labelled import groups, records
from danq.labelled.prepare_sequences import prepare_sequences
from danq.labelled.sequence_rule import SequenceRule

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def words(text, k):
    """The k-mers of both strands."""
    back = text.translate(COMPLEMENT)[::-1]
    return {one[i : i + k] for one in (text, back) for i in range(len(text) - k + 1)}


def pairs(text):
    return Counter(itertools.pairwise(text))


def test_groups_are_what_shared_words_join(tmp_path):
    draw = np.random.default_rng(1)
    texts = ["".join(draw.choice(list("ACGT"), 40)) for _ in range(60)]
    for row in range(0, 60, 4):  # a piece of another sequence, every second time of its other strand
        piece = texts[row + 1][3:17]
        texts[row] = texts[row][:20] + (piece.translate(COMPLEMENT)[::-1] if row % 8 else piece) + texts[row][34:]
    expected = list(range(60))
    for a, b in itertools.combinations(range(60), 2):
        if words(texts[a], 11) & words(texts[b], 11) and expected[a] != expected[b]:
            low, high = sorted((expected[a], expected[b]))
            expected = [low if one == high else one for one in expected]
    nibbles = np.stack([records.Record("", "", "", text.encode()).nibbles() for text in texts])
    assert groups.group(onehot.pack_nibbles(nibbles), 40, 11, tmp_path).tolist() == expected
    assert len(set(expected)) < 50


def test_forms_of_labels_agree_and_lengths_are_cropped_and_padded(tmp_path):
    draw = np.random.default_rng(2)
    texts = ["".join(draw.choice(list("ACGT"), size)) for size in draw.integers(28, 34, 60)]
    labels = draw.integers(0, 2, (60, 2))
    plain = "".join(f">r{i} 1\n{text}\n" for i, text in enumerate(texts))
    (tmp_path / "plain.fa").write_text(plain)
    marked = "".join(f">r{i} x labels={a},{b}\n{t}\n" for i, (t, (a, b)) in enumerate(zip(texts, labels, strict=True)))
    (tmp_path / "marked.fa").write_text(marked)
    np.save(tmp_path / "l.npy", labels)
    for name, mark in (("l.tsv", "\t"), ("l.csv", ",")):
        rows = [mark.join(["name", "a", "b"])] + [mark.join([f"r{i}", *map(str, row)]) for i, row in enumerate(labels)]
        (tmp_path / name).write_text("\n".join([rows[0], *rows[:0:-1]]) + "\n")  # in another order
    expected = {}
    for text, row in zip(texts, labels.tolist(), strict=True):
        cut, left = max(len(text) - 31, 0) // 2, max(31 - len(text), 0) // 2
        expected[("N" * left + text[cut : cut + 31]).ljust(31, "N")] = row
    forms = {"marked.fa": ["header"], "plain.fa": [str(tmp_path / f"l.{kind}") for kind in ("npy", "tsv", "csv")]}
    for file, ways in forms.items():
        for way in ways:
            rule = SequenceRule([str(tmp_path / file)], labels=way, length=31, longer="crop", shorter="pad")
            account = prepare_sequences(rule, tmp_path / "out")[1].iloc[0]
            assert account["cropped"] == sum(len(text) > 31 for text in texts)
            assert account["padded"] == sum(len(text) < 31 for text in texts)
            found = {}
            for split in ("train", "valid", "test"):
                windows = Windows(tmp_path / f"out/{split}.h5")
                found |= zip(onehot.text(windows.packed(slice(None)), 31), windows.labels().tolist(), strict=True)
            assert found == expected


@needs_deepbind
def test_deepbind_files_keep_their_test_and_get_shuffled_negatives(tmp_path):
    files = [str(DEEPBIND / f"REST_GM12878.{part}.seq.gz") for part in ("train", "test")]
    rule = SequenceRule(
        files, by="file", negatives="dinucleotide_shuffle",
        split={"train": ["rest"], "valid": 0.1, "test": [files[1]]},
    )  # fmt: skip
    table, account = prepare_sequences(rule, tmp_path)
    assert account["records"].tolist() == [6406, 1000, 6406]
    assert table[table["split"] == "test"][["windows", "positives"]].to_numpy().tolist() == [[1000, 500]]
    given = [[(one.bases.decode(), one.label()) for one in records.read(path)] for path in files]
    test = Windows(tmp_path / "test.h5")
    rows = zip(onehot.text(test.packed(slice(None)), 101), test.labels()[:, 0].astype(str).tolist(), strict=True)
    assert sorted(rows) == sorted(given[1])
    texts, labels = [], []
    for split in ("train", "valid"):
        windows = Windows(tmp_path / f"{split}.h5")
        texts.append(onehot.text(windows.packed(slice(None)), 101))
        labels.append(windows.labels()[:, 0].astype(bool))
        real = [text for text, label in zip(texts[-1], labels[-1], strict=True) if label]
        made = [text for text, label in zip(texts[-1], labels[-1], strict=True) if not label]
        key = sorted(sorted(pairs(text).items()) for text in real)
        assert key == sorted(sorted(pairs(text).items()) for text in made)
    real = [[t for t, one in zip(*part, strict=True) if one] for part in zip(texts, labels, strict=True)]
    assert sorted(itertools.chain(*real)) == sorted(text for text, _ in given[0])
    sides = [set().union(*(words(text, 24) for text in part)) for part in real]
    assert not sides[0] & sides[1]


def test_negatives_from_the_genome_have_the_composition_of_their_positives(tmp_path):
    draw = np.random.default_rng(3)
    genome = {
        name: "".join(draw.choice(list("ACGTacgtN"), 30_000, p=[0.1249] * 8 + [0.0008])) for name in ("chr1", "chr2")
    }
    (tmp_path / "g.fa").write_text("".join(f">{name}\n{text}\n" for name, text in genome.items()))
    places = [(name, int(start)) for name in genome for start in draw.integers(0, 29_900, 40)]
    lines = [f">{name}:{start}-{start + 50}\n{genome[name][start : start + 50]}\n" for name, start in places]
    (tmp_path / "p.fa").write_text("".join(lines))
    rule = SequenceRule([str(tmp_path / "p.fa")], negatives="genome", unknown_bases="drop")
    _, account = prepare_sequences(rule, tmp_path / "out", genome=tmp_path / "g.fa")
    cells = {1: Counter(), 0: Counter()}
    seen = []
    for split in ("train", "valid", "test"):
        windows = Windows(tmp_path / f"out/{split}.h5")
        for contig, start, label in zip(*windows.places(), windows.labels()[:, 0], strict=True):
            text = genome[contig][start : start + 50]
            cells[label][split, sum(one in "GCgc" for one in text), sum(one.islower() for one in text)] += 1
            if not label:
                seen.append((contig, start))
                assert set(text.upper()) <= set("ACGT")
                assert not any(contig == name and abs(start - place) < 50 for name, place in places)
    assert len(seen) == len(set(seen)) == account["records"].iloc[1] - account["no_match"].sum() > 50
    assert not cells[0] - cells[1]  # a cell of 2 % of 50 bp is one base
