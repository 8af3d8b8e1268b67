"""Motifs from sites, their table, and the files that other tools read."""

import gzip
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import toy_models
from Bio import SeqIO
from Bio import motifs as bio_motifs
from hypothesis import given
from hypothesis import strategies as st

from danq.data import onehot
from danq.data.windows import Windows
from danq.errors import UserError
from danq.motifs import site_files
from danq.motifs.matrices import FILTERS, MotifOptions, Stack, composition, informative, make_motif, table_of
from danq.motifs.meme import UNIFORM, Motif, read_meme, read_titled, small_sample, write_counts, write_meme
from danq.motifs.scan import SITE, chosen_samples, scanned
from danq.runtime import checkpoint


@pytest.fixture(scope="module")
def sites(data, trained):
    model, _ = checkpoint.load(trained)
    windows = Windows(data / "test.h5")
    with scanned(model, windows, chosen_samples(windows, windows.targets[:1], "both"), "best", 0.5) as found:
        yield found


@pytest.fixture(scope="module")
def stacks(sites):
    made = [Stack(sites.width) for _ in range(sites.n_filters)]
    for f, stack in enumerate(made):
        for found in sites.of(f):
            for part in np.array_split(found, 3):
                stack.add(sites.bases(part), part["activation"])
    return made


@pytest.fixture(scope="module")
def counts(stacks):
    return {f: stack.counts for f, stack in enumerate(stacks)}


def all_of(sites, filter):
    return np.concatenate([np.empty(0, SITE), *sites.of(filter)])


def test_counts_are_those_of_the_sites(sites, counts, stacks):
    for f in range(8):
        by_hand = np.zeros((8, 4), int)
        for one in all_of(sites, f):
            window = sites.source.onehot([one["sample"] % 150], np.array([one["sample"] >= 150]))[0]
            by_hand += window[one["position"] : one["position"] + 8].astype(int)
        assert (counts[f] == by_hand).all()
        activation = all_of(sites, f)["activation"]
        if len(activation):
            assert stacks[f].mean == pytest.approx(activation.mean(), rel=1e-5)
            assert stacks[f].std == pytest.approx(activation.std(), rel=1e-3, abs=1e-5)
            assert stacks[f].maximum == activation.max()


def stack_of(counts, activation):
    stack = Stack(len(counts))
    stack.add(np.zeros((0, len(counts)), np.uint8), activation)
    stack.counts += counts
    return stack


def test_rows_describe_motifs_or_say_why_there_is_none():
    counts = np.array([[10, 10, 10, 10], [38, 1, 1, 0], [0, 0, 40, 0], [9, 11, 10, 10]])
    activation = np.linspace(1, 2, 40, dtype=np.float32)
    motif, row = make_motif(4, stack_of(counts, activation), MotifOptions(trim=0.25))
    assert motif.name == "filter_005"
    assert motif.consensus == row["consensus"] == "AG"
    assert (row["filter"], row["sites"], row["first"], row["last"], row["note"]) == (5, 40, 2, 3, "")
    assert make_motif(4, stack_of(counts, activation), MotifOptions(), merged=7)[1]["merged"] == 7
    assert row["mean"] == pytest.approx(1.5)
    assert row["std"] == pytest.approx(activation.std(), rel=1e-5)
    assert row["maximum"] == 2
    dead, live = (
        make_motif(0, Stack(4), MotifOptions())[1],
        make_motif(1, stack_of(counts, activation), MotifOptions())[1],
    )
    assert dead["note"] == "dead: never active"
    assert make_motif(0, stack_of(counts, activation[:29]), MotifOptions())[1]["note"] == "fewer than 30 sites"
    motif, row = make_motif(0, stack_of(counts[[0, 3]], activation), MotifOptions(trim=0.25))
    assert motif is None
    assert row["note"] == "no position has 0.25 bits"
    table = table_of([dead, live])
    assert tuple(table.columns) == FILTERS.columns
    assert table["first"].tolist() == [pd.NA, 1]
    assert table["mean"].isna().tolist() == [True, False]


@given(
    st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=1, max_size=12),
    st.just(0.0) | st.floats(0.01, 5),
    st.sampled_from([UNIFORM, (0.31, 0.19, 0.19, 0.31)]),
)
def test_information_is_the_relative_entropy_to_the_background(counts, pseudocount, background):
    motif = replace(Motif.from_counts("m", np.array(counts), pseudocount, background), sites=0)
    expected = 0.0
    for row in counts:
        row = [c + 4 * pseudocount * b for c, b in zip(row, background, strict=True)]
        total = sum(row)
        shares = [(c / total, b) for c, b in zip(row, background, strict=True) if c] if total else []
        expected += sum(p * np.log2(p / b) for p, b in shares)
    assert motif.information == pytest.approx(expected, abs=1e-6)
    assert len(motif.consensus) == len(counts)
    back = motif.reverse_complement().reverse_complement()
    assert (back.probabilities == motif.probabilities).all()


@pytest.mark.parametrize(("sites", "before", "after"), [(10, 6.4, 2.4), (30, 1.9, 0.6), (300, 0.19, 0.056)])
@pytest.mark.parametrize("background", [UNIFORM, (0.3, 0.2, 0.2, 0.3)])
def test_random_sites_have_about_no_information(sites, before, after, background):
    """26 positions; what is left after the correction are the positions that are by chance above the average."""
    draw = np.random.default_rng(1)
    made = [Motif.from_counts("m", draw.multinomial(sites, background, 26), 0, background) for _ in range(200)]
    raw = [replace(motif, sites=0).bits().sum(axis=1) for motif in made]
    assert np.sum(raw, axis=1).mean() == pytest.approx(before, rel=0.05)
    assert np.mean(raw) == pytest.approx(small_sample(sites), rel=0.15)  # exact for many sites only
    assert np.mean([motif.information for motif in made]) == pytest.approx(after, rel=0.15)


def test_the_correction_is_that_of_schneider_1986():
    """e(n) = (s - 1) / (2 ln 2 n) for s = 4 bases; AAAA... of n sites has 2 - e(n) bits a position."""
    assert small_sample(50) == pytest.approx(3 / (2 * 0.693147 * 50), rel=1e-5)
    assert Motif.from_counts("m", np.array([[50, 0, 0, 0]] * 3)).information == pytest.approx(
        3 * (2 - 0.043281), rel=1e-4
    )
    assert Motif.from_counts("m", np.array([[1, 0, 0, 0]])).information == 0  # one site says nothing
    assert small_sample(0) == 0


def test_motifs_of_few_random_sites_are_not_made():
    draw = np.random.default_rng(2)
    found = []
    for _ in range(100):
        stack = stack_of(draw.multinomial(30, UNIFORM, 26), np.ones(30, np.float32))
        found.append(make_motif(0, stack, MotifOptions(trim=0.25))[0])
    assert sum(motif is not None for motif in found) <= 25
    assert max((len(motif.probabilities) for motif in found if motif), default=0) <= 26


def test_a_pseudocount_of_one_adds_one_to_each_base():
    motif = Motif.from_counts("m", np.array([[6, 0, 0, 0]]), 1)  # Basset's
    np.testing.assert_allclose(motif.probabilities, [[0.7, 0.1, 0.1, 0.1]])
    assert motif.sites == 6


@given(st.lists(st.integers(0, 10), min_size=1, max_size=15), st.integers(1, 10))
def test_trimming_removes_positions_at_the_ends_only(tenths, least):
    """Positions of known information: A with some probability, the other bases with equal ones."""
    shares = np.array([[0.25 + 0.075 * t, *[0.25 - 0.025 * t] * 3] for t in tenths])
    motif = Motif("m", shares, 10)
    bits = motif.bits().sum(axis=1)
    kept = informative(motif, float(bits.max()) * least / 10 + 1e-9 if bits.max() else 0.0)
    inside = [i for i, value in enumerate(bits) if value >= float(bits.max()) * least / 10 + 1e-9]
    assert list(kept) == (list(range(inside[0], inside[-1] + 1)) if inside else list(kept))


def test_composition_is_that_of_the_scanned_strands(data):
    windows = Windows(data / "test.h5")
    forward = np.arange(len(windows))
    shares = windows.onehot(forward).sum(axis=(0, 1)) / (150 * 60)
    np.testing.assert_allclose(composition(windows, forward), shares)
    both = np.concatenate([forward, forward + len(windows)])
    np.testing.assert_allclose(composition(windows, both), (shares + shares[::-1]) / 2)


def test_sites_in_files_have_genome_coordinates(sites, tmp_path):
    with site_files.writing(tmp_path, sites) as writer:
        for f in range(sites.n_filters):
            for found in sites.of(f):
                writer.write(f, found, sites.bases(found))
    with gzip.open(tmp_path / "instances.tsv.gz", "rt") as file:
        table = pd.read_csv(file, sep="\t")
    assert tuple(table.columns) == site_files.COLUMNS
    assert len(table) == sites.edges[-1] > 100
    names, starts = sites.source.places()
    complement = str.maketrans("ACGT", "TGCA")
    for row in table.sample(60, random_state=1).itertuples():
        forward = onehot.text(sites.source.packed([row.window]), 60)[0]
        assert row.contig == names[row.window]
        site = forward[row.start - starts[row.window] : row.end - starts[row.window]]
        assert row.sequence == (site if row.strand == "+" else site[::-1].translate(complement))
    for _, group in table.groupby("filter"):
        assert group["activation"].is_monotonic_decreasing
    with gzip.open(tmp_path / "instances.bed.gz", "rt") as file:
        bed = pd.read_csv(file, sep="\t", header=None, names=["contig", "start", "end", "name", "score", "strand"])
    same = ["contig", "start", "end", "strand"]
    pd.testing.assert_frame_equal(bed[same], table[same])
    assert (bed["name"] == [f"filter_{f:03d}" for f in table["filter"]]).all()
    highest = table.groupby("filter")["activation"].transform("max")
    np.testing.assert_allclose(bed["score"], 1000 * table["activation"] / highest, atol=0.6)
    for f, group in table.groupby("filter"):
        aligned = list(SeqIO.parse(tmp_path / f"sites/filter_{f:03d}.fa", "fasta"))
        assert [str(one.seq) for one in aligned] == group["sequence"].tolist()
        first = group.iloc[0]
        assert aligned[0].id == f"{first.contig}:{first.start}-{first.end}({first.strand})"


def test_alignments_contain_a_limited_number_of_sites(sites, tmp_path, monkeypatch):
    monkeypatch.setattr(site_files, "CHUNK", 7)
    monkeypatch.setattr(site_files, "MOST_ALIGNED", 10)
    longest = int(np.diff(sites.edges).argmax())
    with site_files.writing(tmp_path, sites) as writer:
        for found in np.array_split(all_of(sites, longest), 4):
            writer.write(longest, found, sites.bases(found))
    assert len(list(SeqIO.parse(tmp_path / f"sites/filter_{longest + 1:03d}.fa", "fasta"))) == 10


def test_without_places_there_is_no_bed_file(sites, tmp_path, monkeypatch):
    monkeypatch.setattr(Windows, "places", lambda self: None)
    with site_files.writing(tmp_path, sites) as writer:
        writer.write(0, all_of(sites, 0)[:5], sites.bases(all_of(sites, 0)[:5]))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["instances.tsv.gz", "sites"]
    head = (tmp_path / "sites/filter_001.fa").read_text().split("\n")[0]
    assert head.startswith(">window_")


def test_sites_that_end_with_unknown_bases_are_not_in_the_bed_file(sites, tmp_path):
    found = all_of(sites, 0)[:4]
    bases = sites.bases(found)
    bases[1, 0] = bases[2, -1] = 0  # unknown, as beyond the end of a contig
    with site_files.writing(tmp_path, sites) as writer:
        writer.write(0, found, bases)
    with gzip.open(tmp_path / "instances.bed.gz", "rt") as file:
        assert len(file.readlines()) == 2
    with gzip.open(tmp_path / "instances.tsv.gz", "rt") as file:
        assert len(file.readlines()) == 5


def test_sites_beyond_the_ends_of_windows_have_right_coordinates_and_counts(data, tmp_path):
    """With "same" padding; a base outside the window is N and is not counted."""
    windows, width = Windows(data / "test.h5"), toy_models.WIDTH
    model, samples = toy_models.normalised_model(60), chosen_samples(windows, None, "both")
    with scanned(model, windows, samples, "all", 0.3, tmp_path) as sites, site_files.writing(tmp_path, sites) as writer:
        stacks = [Stack(width) for _ in range(sites.n_filters)]
        for f, stack in enumerate(stacks):
            for found in sites.of(f):
                stack.add(sites.bases(found), found["activation"])
                writer.write(f, found, sites.bases(found))
    table = pd.read_csv(tmp_path / "instances.tsv.gz", sep="\t")
    _, starts = windows.places()
    forward = ["N" * width + text + "N" * width for text in onehot.text(windows.packed(slice(None)), 60)]
    complement = str.maketrans("ACGT", "TGCA")
    by_hand = np.zeros((sites.n_filters, width, 4), int)
    for row in table.itertuples():
        begin = row.start - starts[row.window]
        assert begin == (row.position if row.strand == "+" else 60 - width - row.position)
        assert row.end - row.start == width
        site = forward[row.window][begin + width : begin + 2 * width]
        assert row.sequence == (site if row.strand == "+" else site[::-1].translate(complement))
        for i, base in enumerate(row.sequence):
            by_hand[row.filter - 1, i] += [base == letter for letter in "ACGT"]
    assert (by_hand == [stack.counts for stack in stacks]).all()
    unknown = table["sequence"].str.contains("N")
    for strand in "+-":
        on_strand = table[unknown & (table["strand"] == strand)]
        assert (on_strand["position"] < 0).any()
        assert (on_strand["position"] > 60 - width).any()
    bed = pd.read_csv(tmp_path / "instances.bed.gz", sep="\t", header=None)
    assert bed[1].tolist() == table.loc[~unknown, "start"].tolist()


@pytest.mark.parametrize("background", [UNIFORM, (0.3, 0.2, 0.2, 0.3)])
def test_meme_files_are_read_by_biopython_and_by_us(counts, tmp_path, background):
    made = [
        Motif.from_counts(f"filter_{f + 1:03d}", matrix, 0, background) for f, matrix in counts.items() if matrix.any()
    ]
    write_meme(tmp_path / "m.meme", made, {"filter_002": "CTCF"})
    with (tmp_path / "m.meme").open() as file:
        theirs = bio_motifs.parse(file, "minimal")
    ours = read_meme(tmp_path / "m.meme")
    assert [m.name.split()[0] for m in theirs] == [m.name for m in ours] == [m.name for m in made]
    assert theirs[0].background == pytest.approx(dict(zip("ACGT", background, strict=True)))
    for first, second, third in zip(theirs, ours, made, strict=True):
        assert second.sites == third.sites
        assert second.background == pytest.approx(background)
        np.testing.assert_allclose(second.probabilities, third.probabilities, atol=1e-6)
        for i, base in enumerate("ACGT"):
            np.testing.assert_allclose(np.array(first.pwm[base]), third.probabilities[:, i], atol=1e-4)


def test_count_matrices_are_read_by_biopython(counts, tmp_path):
    write_counts(tmp_path / "c.jaspar", {f"filter_{f + 1:03d}": matrix for f, matrix in counts.items()})
    with (tmp_path / "c.jaspar").open() as file:
        theirs = bio_motifs.parse(file, "jaspar")
    assert [motif.matrix_id for motif in theirs] == [f"filter_{f + 1:03d}" for f in counts]
    for motif, matrix in zip(theirs, counts.values(), strict=True):
        np.testing.assert_array_equal([motif.counts[base] for base in "ACGT"], matrix.T)


def test_meme_files_of_other_tools_are_read(tmp_path):
    """MEME's output: a heading with the source of the background, a second name, and extra spaces."""
    (tmp_path / "m.meme").write_text(
        "MEME version 5.4.1\n\nALPHABET= ACGT\n\nBackground letter frequencies (from uniform background):\n"
        "A 0.30000 C 0.20000 G 0.20000 T 0.30000 \n\nMOTIF MA0139.1 CTCF\n\n"
        "letter-probability matrix: alength= 4 w= 2 nsites= 913 E= 0\n 0.1 0.2  0.3 0.4\n 1.0 0 0 0\n\nURL http\n"
    )
    (motif,) = read_meme(tmp_path / "m.meme")
    assert (motif.name, motif.sites, motif.background) == ("MA0139.1", 913, (0.3, 0.2, 0.2, 0.3))
    assert motif.probabilities.tolist() == [[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0]]
    (tmp_path / "n.meme").write_text(
        "MEME version 4\nMOTIF\t1\tFOO BAR\nletter-probability matrix: alength= 4\n1 0 0 0\n0 1 0 0\n\nMOTIF 2\n"
        "letter-probability matrix:\n0.5 0.5 0 0\n"
    )
    (first, title), (second, _) = read_titled(tmp_path / "n.meme")
    assert (first.name, title, first.consensus, second.consensus) == ("1", "FOO BAR", "AC", "M")
    assert first.sites == 0  # unknown
    for matrix in ("log-odds matrix: alength= 4 w= 1\n-1 2 3 4\n", ""):
        (tmp_path / "l.meme").write_text(f"MEME version 4\nMOTIF LOG x\n{matrix}\n")
        with pytest.raises(UserError, match="LOG has no letter-probability matrix"):
            read_meme(tmp_path / "l.meme")
    (tmp_path / "a.meme").write_text("MEME version 4\nMOTIF P\nletter-probability matrix: w= 1\n.2 .2 .2 .2 .2\n")
    with pytest.raises(UserError, match="the matrix of P cannot be read"):
        read_meme(tmp_path / "a.meme")
    (tmp_path / "b.meme").write_bytes(b"MEME version 4\nMOTIF \xe9\n")
    with pytest.raises(UserError, match="not a text file in UTF-8"):
        read_meme(tmp_path / "b.meme")
    (tmp_path / "x.meme").write_text("MEME version 4\nBackground letter frequencies\nA x\n")
    with pytest.raises(UserError, match="line 2: the background of A, C, G and T is missing"):
        read_meme(tmp_path / "x.meme")


def test_consensus_takes_the_fewest_bases_with_three_quarters():
    counts = [[9, 0, 0, 0], [5, 0, 4, 0], [1, 4, 1, 4], [3, 3, 3, 0], [1, 1, 1, 1], [8, 1, 1, 0]]
    assert Motif.from_counts("m", np.array(counts)).consensus == "ARYVNA"


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["pseudocount", "trim", "min_sites"])
def test_options_below_zero_or_not_finite_are_errors(name, value):
    with pytest.raises(UserError, match=f"{name} must be a number of at least 0, not"):
        MotifOptions(**{name: value})


@pytest.mark.parametrize("text", [">MA1.1 X\nA [ 1 2 ]\n", ">ACG\tname\t5.2\n0.1 0.2 0.3 0.4\n"])
def test_a_file_of_another_format_is_not_read_as_meme(tmp_path, text):
    (tmp_path / "a.motif").write_text(text)
    with pytest.raises(UserError, match=r"a\.motif: not a MEME file, but in JASPAR or HOMER format"):
        read_meme(tmp_path / "a.motif")
