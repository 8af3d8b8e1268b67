"""Windows of cells, compared with strings, and their predictions with those of each window alone."""

import numpy as np
import pytest

from danq.data import onehot
from danq.data.sources import PackedArray
from danq.data.targets import Target
from danq.errors import UserError
from danq.runtime.ensembles import Ensemble
from danq.tracks.layout import Layout, chosen_layout
from danq.tracks.values import CellWindows, predict_block, predict_blocks


def slow_windows(sequences, layout, length, max_unknown):
    """Contig, cell and bases of each window that is kept, and the number of skipped cells by reason."""
    kept, skipped = [], {"beyond_contig": 0, "unknown_bases": 0}
    for block in layout.blocks():
        bases = sequences[block.contig]
        for cell in block.cells.tolist():
            start = cell * layout.stride + (layout.stride - length) // 2
            window = "".join(bases[i] if 0 <= i < len(bases) else "-" for i in range(start, start + length))
            if (window.count("N") + window.count("-")) / length > max_unknown:
                skipped["beyond_contig" if "-" in window else "unknown_bases"] += 1
            else:
                kept.append((block.contig, cell, window.replace("-", "N")))
    return kept, skipped


@pytest.mark.parametrize("max_unknown", [0, 0.1, 0.5, 1])
@pytest.mark.parametrize(("stride", "length"), [(20, 60), (7, 60), (20, 61), (90, 60)])
def test_windows_are_centred_on_cells(genome, sequences, stride, length, max_unknown):
    layout = Layout(genome.contigs, stride, 13)
    expected, counts = slow_windows(sequences, layout, length, max_unknown)
    sources = [(block, CellWindows(genome, layout, block, length, max_unknown)) for block in layout.blocks()]
    some = [source for _, source in sources if len(source)]
    texts = [text for source in some for text in onehot.text(source.packed(slice(None)), length)]
    places = [(block.contig, cell) for block, source in sources for cell in source.cells.tolist()]
    assert list(zip(*zip(*places, strict=True), texts, strict=True)) == expected
    assert {name: sum(source.skipped[name] for _, source in sources) for name in counts} == counts


def test_each_value_is_the_prediction_of_its_window(trained, genome, sequences):
    ensemble, layout = Ensemble([trained]), Layout(genome.contigs, 20, 13)
    targets = [ensemble.targets[0], ensemble.targets[1]]
    kept, counts = slow_windows(sequences, layout, 60, 0.1)
    codes = np.array([["ACGTN".index(base) for base in window] for *_, window in kept])
    packed = onehot.pack(np.vstack([np.eye(4, dtype=np.uint8), np.zeros(4, np.uint8)])[codes])
    expected = np.concatenate([values for _, values in ensemble.means(PackedArray(packed, 60))])[:, :2]
    found = list(predict_blocks(ensemble, genome, layout, targets))
    assert [(one.contig, cell) for one in found for cell in one.cells.tolist()] == [row[:2] for row in kept]
    assert np.allclose(np.concatenate([one.probabilities for one in found]), expected, atol=1e-6)
    assert {name: sum(one.skipped[name] for one in found) for name in counts} == counts
    assert counts["beyond_contig"] > 0 < counts["unknown_bases"]


def test_a_shard_has_the_bits_of_the_whole_run(trained, genome):
    ensemble, layout = Ensemble([trained]), Layout(genome.contigs, 20, 13)
    for one in predict_blocks(ensemble, genome, layout, ensemble.targets):
        alone = predict_block(ensemble, genome, layout, layout.block(one.contig, one.number), ensemble.targets)
        assert alone.probabilities.tobytes() == one.probabilities.tobytes()
        assert alone.cells.tolist() == one.cells.tolist()


def test_values_that_are_no_numbers_are_a_mistake(genome):
    class Diverged:
        length, targets, paths = 60, (Target(1, "a", "TF"),), ["m.h5"]

        def means(self, source, progress=None):
            yield slice(0, len(source)), np.full((len(source), 1), np.nan, np.float32)

    layout = chosen_layout(genome.contigs, 20, 13, ["chr1:100-200"])
    with pytest.raises(UserError, match=r"m\.h5: predicts values that are no numbers in block chr1:0"):
        list(predict_blocks(Diverged(), genome, layout, Diverged.targets))
