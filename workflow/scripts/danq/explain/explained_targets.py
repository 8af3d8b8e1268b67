"""The targets of a file of attributions that a user chooses."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ..data.chosen_targets import choose
from ..data.targets import Target
from ..errors import UserError
from .attributions import Attributions

log = logging.getLogger(__name__)


def chosen(found: Attributions, words: Sequence[str]) -> list[Target]:
    """The explained targets that are chosen by number, name, title or assay; all of them without words.

    Others of an assay are left out, and the log has their number; if no chosen target is explained, it is a UserError.
    """
    wanted = choose(found.all_targets, words) if words else found.targets
    kept = [target for target in wanted if target in found.targets]
    if wanted and not kept:
        found.target(str(wanted[0].index))  # raises, with the explained targets
    if len(kept) < len(wanted):
        log.warning("%d of %d chosen targets are not explained, and left out", len(wanted) - len(kept), len(wanted))
    if not kept:
        raise UserError(f"{found.path}: explains no target; run attribute.py with more windows or other targets")
    return kept
