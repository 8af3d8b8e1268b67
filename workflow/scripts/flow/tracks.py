"""The shards of tracks, and the options of the programs that predict and join them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from snakemake.exceptions import WorkflowError

from danq.errors import UserError
from danq.file_names import file_names
from danq.tracks.layout import Layout, chosen_layout, read_contigs, shard_names

from .files import DOWNLOADS, on_disk, results
from .runs import chosen


def models(config: dict) -> list[str]:
    """The predictors that tracks are made with."""
    return chosen(config, config["tracks"]["models"])


def contigs_now(config: dict) -> dict[str, int] | None:
    """Names and lengths in bp of the genome's contigs from its index; None if there is no index that is up to date.

    The genome itself is not read.
    """
    genome = Path(on_disk(config, config["genome"]["fasta"]))
    for fai in (genome.with_name(f"{genome.name}.fai"), Path(results(config), "windows", f"{genome.name}.fai")):
        if genome.exists() and fai.exists() and fai.stat().st_mtime >= genome.stat().st_mtime:
            return read_contigs(fai)
    return None


class Plan:
    """The shards of the config's tracks.

    Parameters
    ----------
    listed : returns the path of the list of contigs that the rule index_genome writes, for a genome without an index;
        it may raise an exception that tells Snakemake to ask again when this rule has run

    A wrong region is a WorkflowError.
    """

    def __init__(self, config: dict, listed: Callable[[], str]):
        self._config, self._listed = config, listed
        contigs = contigs_now(config)
        self._known = self._layout(contigs) if contigs else None

    def _layout(self, contigs: dict[str, int]) -> Layout:
        tracks = self._config["tracks"]
        try:
            return chosen_layout(contigs, tracks["stride"], tracks["block"], tracks["regions"])
        except UserError as error:
            raise WorkflowError(f"config: tracks.regions: {error}") from None

    @property
    def layout(self) -> Layout:
        """The cells to predict."""
        return self._known or self._layout(read_contigs(self._listed()))

    def files(self, model: str) -> list[str]:
        """The shards of a model, in the order of the genome."""
        folder = f"{results(self._config)}/models/{model}/tracks/shards"
        return [f"{folder}/{name}" for name in shard_names(self.layout)]

    def options(self, shard: str) -> dict:
        """The options of tracks.py for one shard. They depend on the regions in the shard, and on no others.

        shard : its file name without suffix
        """
        tracks, layout = self._config["tracks"], self.layout
        contig, number = shard_names(layout)[f"{shard}.h5"]
        return {
            "targets": tracks["targets"],
            "max_unknown": tracks["max_unknown"],
            "strands": self._config["predict"]["strands"],
            "stride": tracks["stride"],
            "block_size": tracks["block"],
            "regions": layout.regions(contig, number),
            "shard": f"{contig}:{number}",
        }


def join_options(config: dict) -> dict:
    """The options of join_tracks.py."""
    tracks = config["tracks"]
    regions, bedgraph = tracks["regions"] or None, "true" if tracks["bedgraph"] else None
    return {"stride": tracks["stride"], "block_size": tracks["block"], "regions": regions, "bedgraph": bedgraph}


def hub_options(config: dict) -> dict:
    """The options of hub.py."""
    return {"assembly": config["genome"]["assembly"], "name": config["dataset"], **peak_options(config)}


def peak_options(config: dict) -> dict:
    """Where hub.py and draw_region.py find peak files."""
    return {"folder": config["folder"], "downloads": DOWNLOADS}


def pictures(config: dict) -> dict[str, str]:
    """The file names, without suffix, of the pictures of regions, to the regions."""
    regions = config["tracks"]["pictures"]
    return dict(zip(file_names(regions), regions, strict=True))
