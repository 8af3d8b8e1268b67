"""Tables and VCF of effects: one row per allele, with the target on which its effect is largest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pysam

from ..files import replacing
from ..tables import Table
from . import scores
from .checked import REASONS, Counts
from .results import WITH_BACKGROUND, Results

EFFECTS = Table(
    "table of effects",
    (
        *("contig", "position", "id", "ref", "alt", "ref_match"),
        *("index", "target", "p_ref", "p_alt", "difference", "log_odds"),
    ),
    words=("contig", "id", "ref", "alt", "target"),
    optional=("z", "e_value", "mean_log_e"),
)
SKIPPED = Table(
    "table of skipped alleles", ("reason", "meaning", "alleles", "example"), words=("reason", "meaning", "example")
)

INFO = {  # field of the VCF: column of the table, type and meaning
    "DANQ_TARGET": ("target", "String", "Target with the largest |difference|, percent-encoded"),
    "DANQ_P_REF": ("p_ref", "Float", "Predicted probability of this target for REF"),
    "DANQ_P_ALT": ("p_alt", "Float", "Predicted probability of this target for ALT"),
    "DANQ_DIFF": ("difference", "Float", "DANQ_P_ALT minus DANQ_P_REF"),
    "DANQ_LOG_ODDS": ("log_odds", "Float", "Natural log-odds for ALT minus those for REF"),
    "DANQ_Z": ("z", "Float", "DANQ_DIFF over the root mean square of the background"),
    "DANQ_E": ("e_value", "Float", "Share of background variants with as large a |difference| or a larger one"),
    "DANQ_MEAN_LOG_E": ("mean_log_e", "Float", "Mean of -log10 E over all chosen targets"),
}
OTHER = "Flag", "The input's reference allele is not the genome's"


def parts(results: Results) -> Iterator[pd.DataFrame]:
    """The table of the best targets, in parts."""
    index = np.array([target.index for target in results.targets])
    titles = np.array([target.title for target in results.targets], object)
    names = np.array(list(results.contigs), object)
    for rows in results.pieces():
        best = results.read("best", rows)
        row = np.arange(len(best))
        p_ref, p_alt = (results.read(name, rows)[row, best] for name in ("p_ref", "p_alt"))
        table = {
            "contig": names[results.read("contig", rows)],
            **{name: results.read(name, rows) for name in ("position", "id", "ref", "alt", "ref_match")},
            "index": index[best],
            "target": titles[best],
            "p_ref": p_ref,
            "p_alt": p_alt,
            "difference": scores.difference(p_ref, p_alt),
            "log_odds": scores.log_odds(p_ref, p_alt),
        }
        if results.facts.background:
            table |= {name.removeprefix("best_"): results.read(name, rows) for name in WITH_BACKGROUND}
        yield pd.DataFrame(table)


def write_table(results: Results, path: str | Path) -> None:
    """Write the table of the best targets."""
    EFFECTS.write_parts(parts(results), path)


def write_all(results: Results, skipped: str | Path | None, table: str | Path | None, vcf: str | Path | None) -> None:
    """Write the table of skipped alleles, that of the best targets and the VCF, where their paths are given."""
    if skipped:
        write_skipped(results.counts, skipped)
    if table:
        write_table(results, table)
    if vcf:
        write_vcf(results, vcf)


def write_skipped(counts: Counts, path: str | Path) -> None:
    """Write the number of skipped alleles by reason, with the first of each."""
    rows = [(name, text, counts.skipped[name], counts.examples.get(name, "")) for name, text in REASONS.items()]
    SKIPPED.write(pd.DataFrame(rows, columns=list(SKIPPED.columns)), path)


def write_vcf(results: Results, path: str | Path) -> None:
    """Write a VCF with one record per allele in the order of the input, and the scores as INFO.

    A name that ends in .gz gives a file compressed as by bgzip.
    """
    fields = {name: one for name, one in INFO.items() if results.facts.background or one[0] not in EFFECTS.optional}
    with replacing(path) as temporary, _opened(temporary) as file:
        file.write("".join(f"{line}\n" for line in _header(results, fields)).encode())
        for part in parts(results):
            columns = [_texts(part[column]) for column, _, _ in fields.values()]
            places = part[["contig", "position", "id", "ref", "alt", "ref_match"]].itertuples(index=False)
            lines = [
                f"{one.contig}\t{one.position}\t{quote(one.id, safe=SAFE) or '.'}\t{one.ref}\t{one.alt}\t.\t.\t"
                + ";".join(map("=".join, zip(fields, values, strict=True)))
                + ("" if one.ref_match else ";DANQ_REF_MISMATCH")
                + "\n"
                for one, values in zip(places, zip(*columns, strict=True), strict=True)
            ]
            file.write("".join(lines).encode())


SAFE = "/|:()[]{}+*@!$&'?#^~,<>\"`\\"  # no white space, no ; = %


def _texts(column: pd.Series) -> list[str]:
    if column.name == "target":
        return [quote(text, safe=SAFE.replace(",", "")) for text in column]
    return [f"{value:.6g}" for value in column]


def _header(results: Results, fields: dict[str, tuple[str, str, str]]) -> list[str]:
    info = [(name, kind, 1, text) for name, (_, kind, text) in fields.items()]
    info.append(("DANQ_REF_MISMATCH", OTHER[0], 0, OTHER[1]))
    return [
        "##fileformat=VCFv4.3",
        *(f"##contig=<ID={name},length={length}>" for name, length in results.contigs.items()),
        *(f'##INFO=<ID={name},Number={n},Type={kind},Description="{text}">' for name, kind, n, text in info),
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]


def _opened(path: Path):
    return pysam.BGZFile(str(path), "wb") if path.suffix == ".gz" else path.open("wb")
