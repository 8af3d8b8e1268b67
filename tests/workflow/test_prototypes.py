"""The small examples: the programs, discovery at full size, and their data and gradients computed independently."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml
from project import PROJECT, SCRIPTS, copy_project, jobs, run_here, snakemake

EXAMPLES = SCRIPTS / "prototypes"
PROGRAMS = ["mdet_conv1d", "mdisc_conv1d", "mdet_simplernn", "mdisc_simplernn", "vgrad_rnn", "prevalence", "many_seeds"]
SMALL = {
    "vgrad_rnn": "--epochs 2 --every 1 --strings 8 --length 150 --steps 20 --batch-size 100 --seeds 3",
    "prevalence": "--windows 2000",
    "many_seeds": "--seeds 2 --epochs 2 --motifs 111 01",
}
PICTURES = ["mdisc_conv1d.png", "scan_conv1d.png", "mdisc_simplernn.png", "scan_simplernn.png"]
PICTURES += ["vgrad_accuracy.png", "vgrad_gradients.png", "prevalence.png"]


def example(folder, name, *words):
    done = run_here(EXAMPLES / f"{name}.py", *words, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def modules(monkeypatch):
    """Let tests import the examples' modules, which lie in a folder of their own."""
    monkeypatch.syspath_prepend(EXAMPLES)


# The programs


@pytest.mark.parametrize("name", PROGRAMS)
def test_help_shows_the_defaults(name):
    done = run_here(EXAMPLES / f"{name}.py", "--help")
    assert done.returncode == 0, done.stderr
    assert "(default: " in done.stdout


@pytest.mark.parametrize("name", ["vgrad_rnn", "prevalence", "many_seeds"])
def test_a_program_runs_at_small_size(tmp_path, name):
    shown = example(tmp_path, name, *SMALL[name].split())
    made = {path.name for path in tmp_path.iterdir()}
    if name == "vgrad_rnn":
        assert {"vgrad_rnn.tsv", "vgrad_gradients.tsv", "vgrad_accuracy.png", "vgrad_gradients.png"} == made
        norms = pd.read_csv(tmp_path / "vgrad_gradients.tsv", sep="\t")
        assert len(norms) == 2 * 2 * 3 * 20
        assert "larger in the LSTM unit for" in shown
        table = pd.read_csv(tmp_path / "vgrad_rnn.tsv", sep="\t")
        assert table.groupby(["cell", "epoch"]).size().to_dict() == {
            (cell, epoch): 3 for cell in ("SimpleRNN", "LSTM") for epoch in (1, 2)
        }
        assert table["all"].between(0, 1).all()
    if name == "many_seeds":
        table = pd.read_csv(tmp_path / "many_seeds.tsv", sep="\t", dtype=str)
        assert len(table) == 2 * 2 * 2 * 2
        assert "conv1d     01NNNNN    40 test sequences, 2 seeds:" in shown
    assert name == "many_seeds" or "Try next:" in shown


@pytest.mark.parametrize(("layer", "arithmetic"), [("conv1d", "(2 + 1) * 3 = 9"), ("simplernn", "2 * 3 + 3^2 = 15")])
def test_detection_and_discovery_run_at_small_size(tmp_path, layer, arithmetic):
    sizes = ["--length", "8", "--channels", "3", "--train", "200", "--test", "20", "--seed", "5"]
    kernel = ["--kernel", "2"] if layer == "conv1d" else []
    shown = example(tmp_path, f"mdet_{layer}", *sizes, *kernel, "--epochs", "3", "--motif", "01")
    assert f"{arithmetic} parameters" in shown
    assert len(re.findall(r"^[01]{8} +[01] +[01]\.\d{3}", shown, re.MULTILINE)) == 20
    for digits, label in re.findall(r"^([01]{8}) +([01]) ", shown, re.MULTILINE):
        assert ("01" in digits) == (label == "1")
    assert (tmp_path / f"mdet_{layer}.weights.h5").exists()
    found = example(tmp_path, f"mdisc_{layer}", *sizes, *kernel, "--width", "4", "--test", "40")
    assert re.search(r"^motif= [01N]{4}$", found, re.MULTILINE)
    assert found.count("assumption") == 2
    other = run_here(EXAMPLES / f"mdisc_{layer}.py", *sizes, *kernel, "--length", "9", folder=tmp_path)
    assert other.returncode == 1
    assert "error: mdet_" in other.stderr.splitlines()[-1]
    assert "these weights do not fit" in other.stderr


def test_a_mistake_ends_with_a_message_and_no_traceback(tmp_path):
    for words, message in [
        (["mdisc_conv1d"], "error: mdet_conv1d.weights.h5: no such file; run mdet_conv1d.py first"),
        (["mdet_conv1d", "--motif", "12"], "error: argument --motif: '12'; write digits 0 and 1, such as 111"),
        (["mdet_simplernn", "--seed", "-1"], "error: argument --seed: '-1'; write a whole number from 0 to 4294967295"),
        (["mdet_simplernn", "--epochs", "0"], "error: argument --epochs: '0'; write a whole number from 1"),
    ]:
        done = run_here(EXAMPLES / f"{words[0]}.py", *words[1:], folder=tmp_path)
        assert done.returncode != 0
        assert message in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("layer", "motif"), [("conv1d", "111NNNN"), ("simplernn", "NNNN111")])
def test_discovery_finds_the_motif_at_full_size(tmp_path, layer, motif):
    """With the default options, as in the tutorial."""
    shown = example(tmp_path, f"mdet_{layer}")
    losses = [float(loss) for loss in re.findall(r"loss (\S+)", shown)]
    assert losses[0] > 0.65
    assert losses[-1] < 0.12
    found = example(tmp_path, f"mdisc_{layer}")
    assert f"\nmotif= {motif}\n" in found
    assert len(re.findall(r"^assumption [12], .*: holds ", found, re.MULTILINE)) == 2
    windows = (tmp_path / f"mdisc_{layer}.fa").read_text().splitlines()[1::2]
    for position, letter in enumerate(motif):  # recomputed from the alignment
        column = [window[position] for window in windows if window[position] != "-"]
        share = column.count("1") / len(column)
        assert letter == ("1" if share >= 0.8 else "0" if share <= 0.2 else "N")


# Their parts


def test_sequences_are_reproducible_and_labels_agree_with_brute_force():
    from digits import draw, has

    train, test = draw(3, 10, 1000, 40)
    again, longer = draw(3, 10, 1000, 400)
    assert (train == again).all()
    assert (test == longer[:40]).all()
    assert set(np.unique(train)) == {0, 1}
    for sequence, label in zip(train, has("101", train), strict=True):
        brute = any(sequence[i : i + 3].tolist() == [1, 0, 1] for i in range(8))
        assert label == brute


def test_count_matrix_and_consensus_agree_with_hand_computed_ones():
    from alignment import consensus, count_matrix

    windows = ["110-", "1100", "1010", "11-1", "0101"]
    counts = count_matrix(windows)
    assert counts.tolist() == [[1, 4], [1, 4], [3, 1], [2, 2]]
    assert consensus(counts, 0.8) == "11NN"
    assert consensus(counts, 0.75) == "110N"
    assert consensus(np.zeros((2, 2), int)) == "NN"


def test_windows_begin_or_end_at_the_highest_value():
    import mdisc_conv1d
    import mdisc_simplernn

    sequence = np.array([0, 1, 1, 1, 0, 1], "float32")
    assert mdisc_conv1d.cut(sequence, np.array([0, 2, 2, 1]), 4) == "1110"
    assert mdisc_conv1d.cut(sequence, np.array([0, 0, 0, 1]), 4) == "101-"
    assert mdisc_simplernn.cut(sequence, np.array([0, 1, 2, 5, 5, 1]), 4) == "0111"
    assert mdisc_simplernn.cut(sequence, np.array([0, 1, 0, 0, 0, 0]), 4) == "--01"
    dense = np.array([[1.0, -4], [2, -1]])
    assert mdisc_conv1d.choose_channel(dense) == 0
    assert mdisc_simplernn.choose_channel(dense) == (1, -1)


@pytest.mark.parametrize(
    ("dense", "motif", "expected"),
    [
        ([1.0, 2], "111N", "holds (2 of 2 are, mean +1.50)|holds (its last position is N)"),
        ([3.0, -1], "1111", "holds on average (1 of 2 are, mean +1.00)|FAILS, or the last position agrees by chance"),
        ([1.0, -3], "NNNN", "FAILS (1 of 2 are, mean -1.00)|unknown, the windows agree at no position"),
    ],
)
def test_assumptions_are_printed(capsys, dense, motif, expected):
    from alignment import print_assumptions

    print_assumptions(np.array(dense), motif, -1)
    shown = capsys.readouterr().out
    for part in expected.split("|"):
        assert part in shown


def test_strings_are_blocks_and_determined_characters_follow_from_previous_ones():
    from vgrad_rnn import string

    characters, decided = string(np.random.default_rng(4), 1000, 1, 19)
    text = "".join(str(int(character)) for character in characters)
    runs = [len(run) for run in re.findall("0+|1+", text)]
    for zeros, ones in zip(runs[:-2:2], runs[1:-1:2], strict=False):
        assert zeros == ones
        assert 1 <= zeros <= 19
    for i in range(1, 1000):  # counts from the string alone
        zeros = len(re.search("0*1*$", text[:i])[0].rstrip("1"))
        ones = len(re.search("1*$", text[:i])[0])
        assert decided[i] == (ones > 0)
        if ones:
            assert text[i] == ("1" if ones < zeros else "0")


def test_windows_are_all_substrings_of_a_string():
    from vgrad_rnn import string, windows

    strings = [string(np.random.default_rng(i), 60, 2, 5) for i in range(3)]
    x, y, decided = windows(strings, 7)
    place = 0
    for characters, known in strings:
        for begin in range(60 - 7):
            assert x[place, :, 0].tolist() == characters[begin : begin + 7].tolist()
            assert y[place] == characters[begin + 7]
            assert decided[place] == known[begin + 7]
            place += 1
    assert place == len(x) == len(y)


def test_gradients_of_the_simple_unit_agree_with_backpropagation_through_time():
    from vgrad_rnn import build, gradient_norms

    rng = np.random.default_rng(1)
    model = build("SimpleRNN", steps=12)
    values = (0.9, 0.8, -0.2, 1.5, 0.1)
    model.set_weights(
        [np.reshape(value, weight.shape) for value, weight in zip(values, model.get_weights(), strict=True)]
    )
    w, u, b, v, c = values
    x, y = rng.integers(0, 2, (6, 12, 1)).astype("float32"), rng.integers(0, 2, 6).astype("float32")
    total = np.zeros(12)
    for sequence, label in zip(x[..., 0].astype(float), y, strict=True):
        states = [0.0]
        for digit in sequence:
            states.append(np.tanh(w * digit + u * states[-1] + b))
        p = 1 / (1 + np.exp(-(v * states[-1] + c)))
        flowing = 2 * (p - label) * p * (1 - p) * v
        for step in range(11, -1, -1):
            flowing *= 1 - states[step + 1] ** 2
            total[step] += abs(flowing * w)
            flowing *= u
    assert gradient_norms(model, x, y)[0] == pytest.approx(total / 6, rel=1e-4)


def test_gradients_of_the_lstm_unit_agree_with_finite_differences():
    from vgrad_rnn import build, gradient_norms

    rng = np.random.default_rng(2)
    model = build("LSTM", steps=6)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    x, y = rng.integers(0, 2, (1, 6, 1)).astype("float32"), np.ones(1, "float32")

    def loss(x):
        return float((model(x, training=False).numpy()[0, 0] - 1.0) ** 2)

    slopes, step = [], 0.02
    for i in range(6):
        up, down = x.copy(), x.copy()
        up[0, i], down[0, i] = up[0, i] + step, down[0, i] - step
        slopes.append(abs(loss(up) - loss(down)) / (2 * step))
    assert gradient_norms(model, x, y)[0] == pytest.approx(slopes, rel=0.02, abs=1e-4)


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM"])
def test_networks_side_by_side_are_trained_as_if_alone(cell):
    """Initial weights, gradients and training are those of each seed's own network."""
    from keras import optimizers, utils
    from vgrad_rnn import build, gradient_norms, start, total_loss

    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 2, (200, 8, 1)).astype("float32"), rng.integers(0, 2, 200).astype("float32")

    def trained(model):
        model.compile(optimizers.Adam(0.05), total_loss)
        model.fit(x, y, 50, 6, verbose=0, shuffle=False)
        return model.predict(x, verbose=0)

    many = start(cell, 8, 0.0, [5, 6, 7])
    norms = gradient_norms(many, x, y)
    after = trained(many)
    for i, seed in enumerate([5, 6, 7]):
        utils.set_random_seed(seed)
        one = build(cell, 8, 0.0)
        np.testing.assert_allclose(norms[i], gradient_norms(one, x, y)[0], rtol=1e-3, atol=1e-9)
        np.testing.assert_allclose(after[:, i], trained(one)[:, 0], atol=2e-4)
    assert np.ptp(after, axis=1).max() > 0.01  # the networks differ


def test_the_forget_gate_of_a_new_unit_is_nearly_open():
    """Keras starts its bias at 1: sigmoid(1) = .73."""
    from vgrad_rnn import build

    bias = build("LSTM", 5).get_weights()[2]
    assert bias.tolist() == [0, 1, 0, 0]  # input, forget, cell, output
    assert 1 / (1 + np.exp(-bias[1])) == pytest.approx(0.731, abs=1e-3)


@pytest.mark.parametrize(("way", "program"), [("conv1d", "mdet_conv1d"), ("simplernn", "mdet_simplernn")])
def test_many_seeds_trains_the_same_network_as_the_program(tmp_path, way, program):
    import h5py
    import many_seeds

    example(tmp_path, program, "--seed", "7", "--epochs", "20", "--motif", "011")
    how = many_seeds.WAYS[way]
    x, labels, _, weights = many_seeds.start(how.build, "011", [6, 7], 40)
    many_seeds.train(how, x, labels, weights, 20)
    with h5py.File(tmp_path / f"{program}.weights.h5") as file:
        saved = []
        file.visititems(lambda name, item: saved.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    for weight in weights:
        assert any(np.allclose(weight[1], other, atol=1e-4) for other in saved if other.shape == weight[1].shape)


# The rules and the tutorial


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("project"))


def test_only_the_target_prototypes_runs_the_examples(project):
    alone = snakemake(project, "--dry-run", "prototypes")
    assert alone.returncode == 0, alone.stdout + alone.stderr
    planned = {rule for rule, _ in jobs(alone.stdout)}
    assert planned == {"detect_small", "discover_small", "vanishing_gradients", "rare_positives"}
    assert not planned & {rule for rule, _ in jobs(snakemake(project, "--dry-run").stdout)}


def test_rules_run_with_a_small_config(project):
    config = yaml.safe_load((project / "config/config.yaml").read_text())
    config["prototypes"] = {"motif": "011", "epochs": 2, "length": 8, "channels": 1, "seed": 4}
    (project / "small.yaml").write_text(yaml.safe_dump(config))
    targets = [f"results/prototypes/{name}" for name in PICTURES if not name.startswith("vgrad")]
    done = snakemake(project, "--cores", "2", "--configfile", "small.yaml", "--", *targets)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "011" in (project / "results/prototypes/mdet_conv1d.txt").read_text()
    for target in targets:
        assert (project / target).read_bytes().startswith(b"\x89PNG")


def test_pictures_of_the_tutorial_are_made_by_rules(project):
    text = (PROJECT / "docs/tutorial.md").read_text()
    named = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", text)
    assert set(PICTURES) <= set(named)
    for name in named:
        assert (PROJECT / "docs/pictures" / name).exists(), name
    shown = snakemake(project, "--dry-run", "--forceall", "prototypes").stdout
    made = {path for fields in jobs(shown).values() for path in fields["output"].split(", ")}
    assert {f"results/prototypes/{name}" for name in set(named) - {"logos.png"}} <= made
    # logos.png is made by draw_logos in the demo
    assert (
        "logos.png" not in named
        or "results/demo/models/danq/motifs/logos.png" in snakemake(project, "--dry-run").stdout
    )


def test_table_of_the_tutorial_shows_the_reference_accuracies():
    from vgrad_rnn import REFERENCE

    text = (PROJECT / "docs/tutorial.md").read_text()
    for cell, by_epoch in REFERENCE.items():
        for epoch, accuracy in by_epoch.items():
            assert re.search(rf"\| {cell} \| {epoch} \| \d\d\.\d\d \| {accuracy:.2f} \|", text), (cell, epoch)
