#!/usr/bin/env python3
"""Find patterns in contributions by TF-MoDISco, which needs modisco-lite (`make environment MODISCO=1`).

Writes the HDF5 file of modisco-lite, with the places of the seqlets' windows. patterns.py names the patterns.

discover.py attributions.h5 -t CTCF -o patterns.h5
discover.py attributions.h5 -t TF --window 400 -o patterns.h5      targets of an assay together
"""

from __future__ import annotations

import logging

import cli
from danq.errors import UserError


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("attributions", help="attributions.h5 of attribute.py")
    parser.add_argument(
        "-t",
        "--targets",
        nargs="+",
        default=[],
        help="targets whose windows are used together, by number, name, title or assay (default: all)",
    )
    parser.add_argument("--max-seqlets", type=int, default=20_000, help="largest number of seqlets of each sign")
    parser.add_argument("--window", type=int, help="bp in the middle of each window that are used (default: all)")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    parser.add_argument("-o", "--output", default="patterns.h5", help="file to write (HDF5)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    for name in ("max_seqlets", "window", "threads"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise UserError(f"--{name.replace('_', '-')} must be at least 1, not {value}")
    cli.check_outputs([args.attributions], [args.output])
    from danq.explain.attributions import Attributions
    from danq.explain.discovery import Settings, check_installed
    from danq.explain.explained_targets import chosen
    from danq.explain.find_patterns import find_patterns

    check_installed()
    found = Attributions(args.attributions)
    settings = Settings(args.max_seqlets, args.window)
    counts = find_patterns(found, chosen(found, args.targets), settings, args.output, args.threads)
    logging.info("%d positive and %d negative patterns in %s", counts["positive"], counts["negative"], args.output)


if __name__ == "__main__":
    cli.run(main)
