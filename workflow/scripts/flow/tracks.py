"""The shards of tracks, and the options of the programs that predict and join them."""

from __future__ import annotations

from pathlib import Path

from danq.errors import UserError
from danq.tracks.layout import Layout, chosen_layout, read_contigs, shard_names

from .files import DOWNLOADS, on_disk, results


def models(config: dict) -> list[str]:
    """The models that tracks are made with."""
    return list(map(str, config["tracks"]["models"])) or list(config["models"])


def contigs_now(config: dict) -> dict[str, int] | None:
    """Names and lengths in bp of the genome's contigs from its index; None if there is no index that is up to date.

    The genome itself is not read.
    """
    genome = Path(on_disk(config, config["genome"]["fasta"]))
    for fai in (genome.with_name(f"{genome.name}.fai"), Path(results(config), "windows", f"{genome.name}.fai")):
        if genome.exists() and fai.exists() and fai.stat().st_mtime >= genome.stat().st_mtime:
            return read_contigs(fai)
    return None


def layout(config: dict, contigs: dict[str, int]) -> Layout:
    """The layout of the config's regions, stride and block size; a wrong region is a UserError."""
    tracks = config["tracks"]
    try:
        return chosen_layout(contigs, tracks["stride"], tracks["block"], tracks["regions"])
    except UserError as error:
        raise UserError(f"tracks.regions: {error}") from None


def shards(layout: Layout) -> dict[str, tuple[str, int]]:
    """The names of all shards, without suffix, to contig and number of the block."""
    return {name.removesuffix(".h5"): place for name, place in shard_names(layout).items()}


def shard_options(config: dict, layout: Layout, contig: str, number: int) -> dict:
    """The options of tracks.py for one shard. They depend on the regions in the shard, and on no others."""
    tracks = config["tracks"]
    return {
        "targets": tracks["targets"],
        "max_unknown": tracks["max_unknown"],
        "strands": config["predict"]["strands"],
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
    return {
        "assembly": config["genome"]["assembly"],
        "name": config["dataset"],
        "folder": config["folder"],
        "downloads": DOWNLOADS,
    }
