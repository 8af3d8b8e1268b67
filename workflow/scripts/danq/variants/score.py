"""A list of variants to a file of effects: all of it, or one block."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..data.targets import Target
from ..errors import UserError
from ..runtime import checkpoint
from .random_variants import random_variants
from .read import Record, parts, records
from .results import OF_BACKGROUND, Facts, is_results, reading, writing
from .scorer import Scorer
from .scores import Background

log = logging.getLogger(__name__)
FEW = 1000  # variants of a background, below which E-values are coarse


def background_of(scorer: Scorer, chosen: Sequence[Target], path: str | Path) -> Background:
    """The background of a file of variants, or of the effects of one that was scored before in the same way."""
    if not is_results(path):
        return _background(scorer.differences(records(path), str(path)))
    with reading(path) as found:
        if found.facts.checkpoints != digests(scorer) or found.facts.strands != scorer.ensemble.strands:
            raise UserError(f"{path}: was scored with other checkpoints or strands; score the background with the same")
        return _background(found.differences([target.index for target in chosen]))


def random_background(scorer: Scorer, n: int, seed: int) -> Background:
    """The background of `n` random SNVs of the genome."""
    return _background(scorer.differences(random_variants(scorer.contigs, n, seed), "random variants"))


def _background(differences) -> Background:
    n = len(differences)
    if n < FEW:
        log.warning("the background has only %d variants, so the smallest E-value is %.2g", n, 1 / (n + 1))
    return Background(differences)


def digests(scorer: Scorer) -> tuple[str, ...]:
    """Hashes of the checkpoints."""
    return tuple(checkpoint.digest(path) for path in scorer.ensemble.paths)


def score(
    scorer: Scorer,
    found: Iterable[Record],
    output: str | Path,
    chosen: Sequence[Target],
    scores: Sequence[str],
    background: Background | None = None,
    block: int | None = None,
) -> None:
    """Score variants and write their effects (see `results`).

    chosen : targets, those of the scorer's columns
    scores : matrices to write, of `results.SCORES`
    block : number (from 0) of the only block of `scorer.block_size` records to score
    """
    needing = [name for name in scores if name in OF_BACKGROUND]
    if needing and background is None:
        raise UserError(f"the score {needing[0]} needs a background; give --background or --random-background")
    facts = Facts(
        checkpoints=digests(scorer),
        strands=scorer.ensemble.strands,
        chosen=tuple(target.index for target in chosen),
        scores=tuple(scores),
        ref_mismatch=scorer.mode,
        block_size=scorer.block_size,
        background=0 if background is None else len(background),
        window=scorer.ensemble.length,
    )
    lengths = dict(zip(scorer.contigs.names, scorer.contigs.lengths.tolist(), strict=True))
    with writing(output, facts, scorer.ensemble.targets, lengths) as writer:
        for part in parts(found, scorer.block_size, block):
            alleles, counts = scorer.checked(part)
            for effects in scorer.effects(alleles, background):
                writer.append(effects)
            writer.counts.add(counts)
            log.info("%s records read, %s alleles scored", f"{writer.counts.records:,}", f"{writer.counts.scored:,}")
        if block is not None:
            writer.note(block=block, ends=part.last)
