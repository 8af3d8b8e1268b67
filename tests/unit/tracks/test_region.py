"""What is drawn of a region, compared with the values and peaks that were written, and the picture."""

import numpy as np
import pytest
import toys
from project import error_of

from danq.data.targets import Target
from danq.errors import UserError
from danq.plots import pictures
from danq.plots.region import region
from danq.tracks import reader
from danq.tracks.block_values import TRACKS, BlockValues
from danq.tracks.files import summary, writing
from danq.tracks.reader import Tracks
from danq.tracks.region import read_panels, read_positions, region_of
from danq.tracks.sheet import PeakFile

CONTIGS = {"chr2": 2000, "chr10": 711}
TARGETS = [Target(1, "CTCF", "TF", "K562"), Target(3, "H3", "histone")]
CELLS = np.array([*range(3, 20), 22, *range(30, 35)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tracks of two models with a stride of 20 bp, of which the second lacks the histone mark, and peaks."""
    folder = tmp_path_factory.mktemp("tracks")
    for seed, (model, targets) in enumerate({"danq": TARGETS, "small": TARGETS[:1]}.items()):
        names = ["K562_CTCF", "H3"][: len(targets)]
        values = np.random.default_rng(seed).random((len(CELLS), len(targets))).astype(np.float32)
        with writing(folder / model, names, CONTIGS, 20) as writer:
            writer.append(BlockValues("chr10", 0, CELLS, values))
        TRACKS.write(summary(writer, targets, names, 20, 0), folder / model / "tracks.tsv")
        np.save(folder / f"{model}.npy", values)
    toys.write_peaks(folder / "CTCF.bed", ["chr10\t5\t90", "chr10\t300\t500", "chr10\t600\t700", "chr2\t100\t150"])
    toys.write_lines(folder / "sheet.tsv", ["name\tassay\tpeaks\tcell", "CTCF\tTF\tCTCF.bed\tK562"])
    lines = ["##x", "#CHROM\tPOS", "10\t71\trs1", "chr10\t70\trs2", "chr10\t411\t.", "chr10\t412\t.", "chr2\t100\t."]
    toys.write_lines(folder / "variants.vcf", lines)
    return folder


@pytest.fixture(scope="module")
def tracks(folder):
    return Tracks({"danq": folder / "danq", "small": folder / "small"})


def test_lines_and_peaks_are_those_of_the_region(tracks, folder):
    place = region_of(tracks, "chr10:71-411")
    panels = read_panels(tracks, place, peaks={"K562|CTCF": PeakFile(folder / "CTCF.bed")})
    assert [(panel.title, panel.assay, list(panel.lines)) for panel in panels] == [
        ("K562|CTCF", "TF", ["danq", "small"]),
        ("H3", "histone", ["danq"]),
    ]
    edges, values = panels[0].lines["small"]
    assert edges.tolist() == [70, *range(80, 401, 20), 411]
    expected = dict(zip(CELLS.tolist(), np.load(folder / "small.npy")[:, 0].tolist(), strict=True))
    assert np.array_equal(values, [expected.get(cell, np.nan) for cell in range(3, 21)], equal_nan=True)
    assert panels[0].peaks.tolist() == [[70, 90], [300, 411]]
    assert panels[1].peaks is None


def test_a_region_at_the_end_of_a_contig_has_whole_cells_only(tracks):
    edges, values = tracks.line(tracks.targets[1], "danq", region_of(tracks, "chr10:650-711"))
    assert edges.tolist() == [649, 660, 680, 700]
    assert np.isfinite(values).tolist() == [True, True, True]


def test_a_long_region_shows_the_highest_of_neighbours(tracks, monkeypatch):
    place = region_of(tracks, "chr10:1-700")
    edges, values = tracks.line(tracks.targets[1], "danq", place)
    monkeypatch.setattr(reader, "MOST_STEPS", 10)
    few_edges, few = tracks.line(tracks.targets[1], "danq", place)
    assert few_edges.tolist() == [*range(0, 700, 80), 700]
    groups = [values[first : first + 4] for first in range(0, len(values), 4)]
    highest = [np.nan if np.isnan(group).all() else np.nanmax(group) for group in groups]
    assert np.array_equal(few, highest, equal_nan=True)
    assert len(edges) == 36


def test_variants_in_the_region_are_read_from_any_table(tracks, folder, tmp_path):
    place = region_of(tracks, "chr10:71-411")
    assert read_positions(folder / "variants.vcf", tracks.contigs, place).tolist() == [70, 410]
    toys.write_lines(tmp_path / "table.tsv", ["contig\tposition", "chr10\t80"])
    assert read_positions(tmp_path / "table.tsv", tracks.contigs, place).tolist() == [79]
    toys.write_lines(tmp_path / "table.tsv", ["chr10\t80", "chr10\tx"])
    with pytest.raises(UserError, match=r"table\.tsv, line 2: needs a contig and a position"):
        read_positions(tmp_path / "table.tsv", tracks.contigs, place)


def test_targets_are_chosen_by_title_number_or_assay(tracks):
    place = region_of(tracks, "chr10")
    for word in ("H3", "3", "histone"):
        assert [panel.title for panel in read_panels(tracks, place, [word])] == ["H3"]
    with pytest.raises(UserError, match=r"no track is of a target 'TATA'; there are tracks of K562\|CTCF, H3"):
        read_panels(tracks, place, ["TATA"])


def test_the_picture_has_a_row_for_everything(tracks, folder, tmp_path):
    place = region_of(tracks, "chr10:71-411")
    panels = read_panels(tracks, place, peaks={"K562|CTCF": PeakFile(folder / "CTCF.bed")})
    drawn = region(place, panels, np.array([80, 300]))
    assert len(drawn.axes) == 4  # two targets, peaks of one, variants
    assert [text.get_text() for text in drawn.legends[0].texts] == ["danq", "small"]
    assert {axes.get_ylabel() for axes in drawn.axes} == {"", "peaks", "variants"}
    pictures.save(drawn, tmp_path / "region.png")
    with pytest.raises(UserError, match="26 targets are too many for one picture; choose at most 12"):
        region(place, panels * 13)


def test_the_program_draws_a_region(folder, tmp_path, monkeypatch):
    import importlib
    import sys

    models = [f"{model}={folder / model}" for model in ("danq", "small")]
    peaks = ["--sheet", f"{folder / 'sheet.tsv'}", "--folder", str(folder), "--variants", f"{folder / 'variants.vcf'}"]
    words = ["draw_region.py", "chr10:71-411", *models, *peaks, "-o", str(tmp_path / "region.svg")]
    monkeypatch.setattr(sys, "argv", words)
    importlib.import_module("draw_region").main()
    assert (tmp_path / "region.svg").read_text().count("<svg") == 1
    assert "'chr9' is on no contig" in error_of("draw_region", "chr9", models[0], "-o", "a.png", folder=tmp_path)
