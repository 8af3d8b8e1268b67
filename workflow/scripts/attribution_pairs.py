#!/usr/bin/env python3
"""Write attributions as pairs of .npz files, for TF-MoDISco and other tools.

Each explained target has a folder with ohe.npz (one-hot windows) and hyp.npz (hypothetical contributions), float32
(windows, 4, length), channels A, C, G, T.

attribution_pairs.py attributions.h5 -o pairs
"""

from __future__ import annotations

import cli


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("attributions", help="file of attribute.py")
    parser.add_argument("-o", "--output", default="pairs", help="folder to write; an old one is replaced")
    args = parser.parse_args()

    from danq.explain.attributions import Attributions
    from danq.explain.pairs import write_pairs

    cli.check_outputs([args.attributions], folders=[args.output])
    write_pairs(Attributions(args.attributions), args.output)


if __name__ == "__main__":
    cli.run(main)
