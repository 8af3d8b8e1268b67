#!/usr/bin/env python3
"""Speed of variant effects: windows and variants per second, with a DanQ of published size.

raw        the model alone on packed random windows in memory (danq.runtime.ensembles), the upper limit
danq       danq.variants from a VCF to the file of effects: reading, comparing with the genome, both alleles, scores
per allele the way of Selene's variant effect prediction, restated: each allele in turn as a Python string from the
           FASTA file, its letters looked up one by one, both strands as batches of one-hot float32

Each has its own process; they take turns. The last two must give the same differences. A quarter of the variants are a
second allele of the place before, so that danq predicts fewer windows. A tiny model then scores many more variants, to
show that memory does not grow with their number. The models have random weights.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import common
import numpy as np
import simulated
from common import LENGTH, TARGETS
from memory import Growth

from cli import parser

TINY = {"filters": 4, "kernel": 8, "pool": 200, "lstm": 1, "dense": 2}
BATCH = 64  # windows, the default of Selene


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument(
        "--variants", type=int, default=4000, help="number of variants for the model of published size"
    )
    options.add_argument("--repeats", type=int, default=3, help="rounds; medians over rounds are compared")
    options.add_argument("--many", type=int, default=1_000_000, help="number of variants for the tiny model; 0: none")
    options.add_argument("--genome", type=float, default=20, help="length of the genome in Mbp")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def write_checkpoint(path: Path, targets: int, sizes: dict) -> None:
    import keras

    from danq.data.targets import Target
    from danq.models import registry
    from danq.runtime import checkpoint

    keras.utils.set_random_seed(1)
    complete = registry.default_sizes("DanQ") | sizes
    names = [Target(i, f"target{i}", "random") for i in range(1, targets + 1)]
    blueprint = checkpoint.Blueprint("DanQ", complete, LENGTH, names)
    checkpoint.save(path, blueprint.build(), blueprint)


def write_variants(path: Path, genome: Path, n: int) -> None:
    """SNVs at random places; every fourth line is another allele of the line before."""
    from danq.variants.contigs import Contigs
    from danq.variants.random_variants import random_variants

    rows = random_variants(Contigs(genome, 0), n, seed=1)
    for i in range(3, n, 4):
        rows[i] = rows[i - 1]._replace(alts=(min(set("ACGT") - {rows[i - 1].ref, *rows[i - 1].alts}),))
    with path.open("w") as file:
        file.write("##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
        for i, row in enumerate(rows):
            file.write(f"{row.contig}\t{row.position}\tv{i}\t{row.ref}\t{row.alts[0]}\t.\t.\t.\n")


def raw(checkpoint: Path, windows: int) -> dict:
    from danq.data.sources import PackedArray
    from danq.runtime.ensembles import Ensemble

    ensemble = Ensemble([checkpoint])
    draw = np.random.default_rng(1)
    codes = np.uint8(8) >> draw.integers(0, 4, (windows, LENGTH), dtype=np.uint8)
    packed = (codes[:, 0::2] << 4) | codes[:, 1::2]  # whole batches: another size would be compiled anew
    list(ensemble.means(PackedArray(packed[:512], LENGTH)))  # compiles
    begin = time.perf_counter()
    for _ in ensemble.means(PackedArray(packed, LENGTH)):
        pass
    return {"seconds": time.perf_counter() - begin, "windows": windows}


def ours(checkpoint: Path, genome: Path, vcf: Path, output: Path) -> dict:
    from danq.data.sources import PackedArray
    from danq.runtime.ensembles import Ensemble
    from danq.variants import read, score
    from danq.variants.contigs import Contigs
    from danq.variants.results import reading
    from danq.variants.scorer import Scorer
    from danq.variants.survey import survey

    ensemble = Ensemble([checkpoint])
    list(ensemble.means(PackedArray(np.zeros((512, LENGTH // 2), np.uint8), LENGTH)))
    with Growth() as growth:
        begin = time.perf_counter()
        contigs = Contigs(genome, LENGTH)
        survey(vcf, contigs, LENGTH, "skip")
        scorer = Scorer(ensemble, contigs, range(len(ensemble.targets)), "skip", 100_000)
        score.score(scorer, read.records(vcf), output, ensemble.targets, ["difference", "log_odds"])
        seconds = time.perf_counter() - begin
    made = made_per_second(contigs, vcf)
    with reading(output) as found:
        places = len({*zip(found.read("contig").tolist(), found.read("position").tolist(), strict=True)})
        n = len(found)
        differences = found.read("difference", slice(0, 5000))
    return {
        "seconds": seconds,
        "windows": n + places,
        "variants": n,
        "memory": growth.own,
        "made": made,
        "differences": differences,
    }


def made_per_second(contigs, vcf: Path) -> float:
    """Windows made per second from records in memory, without a model."""
    from danq.variants.alleles import AlleleWindows, longest
    from danq.variants.checked import checked
    from danq.variants.read import parts, records

    part = next(parts(records(vcf), 100_000))
    begin = time.perf_counter()
    source = AlleleWindows(checked(part.records, 0, contigs, longest(LENGTH))[0], contigs, LENGTH, 1 << 14, 512)
    for row in range(0, len(source), 512):
        source.packed(np.arange(row, row + 512))
    return len(source) / (time.perf_counter() - begin)


def per_allele(checkpoint: Path, genome: Path, vcf: Path) -> dict:
    import pyfaidx

    from danq.runtime import checkpoint as checkpoints

    model, _ = checkpoints.load(checkpoint)
    model.predict(np.zeros((2 * BATCH, LENGTH, 4), np.float32), batch_size=2 * BATCH, verbose=0)
    row_of = dict(zip("ACGT", np.eye(4, dtype=np.float32), strict=True))
    unknown = np.zeros(4, np.float32)
    begin = time.perf_counter()
    fasta = pyfaidx.Fasta(str(genome))
    found, waiting, predicting = [], [], 0.0

    def predict() -> None:
        nonlocal predicting
        started = time.perf_counter()
        forward = np.stack(waiting)
        both = np.concatenate([forward, forward[:, ::-1, ::-1]])
        predicted = model.predict_on_batch(both)
        found.append((predicted[: len(forward)] + predicted[len(forward) :]) / 2)
        waiting.clear()
        predicting += time.perf_counter() - started

    n = 0
    for line in vcf.open():
        if line.startswith("#"):
            continue
        contig, position, _, ref, alt = line.split("\t")[:5]
        start = int(position) - 1 - (LENGTH // 2 - 1)
        end = start + LENGTH
        text = str(fasta[contig][max(start, 0) : end]).upper()
        text = "N" * max(-start, 0) + text
        text = text + "N" * (LENGTH - len(text))
        for allele in (ref, alt):
            sequence = text[: LENGTH // 2 - 1] + allele + text[LENGTH // 2 - 1 + len(ref) :]
            waiting.append(np.array([row_of.get(base, unknown) for base in sequence]))
        n += 1
        if len(waiting) == BATCH:
            predict()
    if waiting:
        predict()
    probabilities = np.concatenate(found)
    differences = (probabilities[1::2] - probabilities[::2])[:5000]
    seconds = time.perf_counter() - begin
    made = 2 * n / (seconds - predicting)
    return {"seconds": seconds, "windows": 2 * n, "variants": n, "made": made, "differences": differences}


def main() -> None:
    from danq.runtime import ensembles

    args = arguments()
    with common.scratch(args.folder, 1e7 * args.genome + 8 * args.variants * TARGETS * 4 + 400 * args.many) as folder:
        genome, vcf = folder / "genome.fa", folder / "variants.vcf"
        simulated.write_genome(genome, {"chr1": int(args.genome * 1e6)})
        common.apart(write_variants, vcf, genome, args.variants)
        published, tiny = folder / "danq.weights.h5", folder / "tiny.weights.h5"
        common.apart(write_checkpoint, published, TARGETS, {})
        common.apart(write_checkpoint, tiny, 2, TINY)
        rounds = []
        for number in range(args.repeats):
            common.say(f"the model of published size, round {number + 1}")
            danq = common.apart(ours, published, genome, vcf, folder / "effects.h5")
            other = common.apart(per_allele, published, genome, vcf)
            np.testing.assert_allclose(danq["differences"], other["differences"], atol=2e-6)
            alone = common.apart(raw, published, danq["windows"] // ensembles.BATCH * ensembles.BATCH)
            rounds.append({"raw": alone, "danq": danq, "per allele": other})
        results = {
            name: rounds[0][name] | {"seconds": statistics.median(one[name]["seconds"] for one in rounds)}
            for name in rounds[0]
        }
        print_speed(results)
        if args.many:
            print_memory(args, genome, tiny, folder)


def print_speed(results: dict[str, dict]) -> None:
    rate = {name: result["windows"] / result["seconds"] for name, result in results.items()}
    rows = [
        {
            "": name,
            "windows": f"{results[name]['windows']:,}",
            "seconds": f"{results[name]['seconds']:.1f}",
            "windows/s": f"{rate[name]:,.1f}",
            "of raw": f"{rate[name] / rate['raw']:.2f}",
            "variants/s": f"{results[name]['variants'] / results[name]['seconds']:,.1f}" if name != "raw" else "",
            "windows made/s, without the model": f"{results[name]['made']:,.0f}" if name != "raw" else "",
        }
        for name in ("raw", "danq", "per allele")
    ]
    common.print_table(f"variants: DanQ, windows of {LENGTH} bp, {TARGETS} targets, both strands", rows)
    ours, other = (results[name]["variants"] / results[name]["seconds"] for name in ("danq", "per allele"))
    print(f"\ndanq scores {common.times(ours / other)} as many variants per second as each allele by itself.")


def print_memory(args: argparse.Namespace, genome: Path, tiny: Path, folder: Path) -> None:
    rows = []
    for n in (args.many // 4, args.many // 2, args.many):
        common.say(f"{n:,} variants with a tiny model")
        vcf = folder / "many.vcf"
        common.apart(write_variants, vcf, genome, n)
        result = common.apart(ours, tiny, genome, vcf, folder / "many.h5")
        rows.append(
            {
                "variants": f"{n:,}",
                "seconds": f"{result['seconds']:.0f}",
                "variants/s": f"{n / result['seconds']:,.0f}",
                "own memory, MB": f"{result['memory'] / 1e6:,.0f}",
            }
        )
    common.print_table("variants: a tiny model with 2 targets", rows)


if __name__ == "__main__":
    main()
