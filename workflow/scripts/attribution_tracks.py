#!/usr/bin/env python3
"""Write what bases contribute as tracks for genome browsers: a bigWig file of each explained target.

The value of a base is its contribution to the logit, the mean over the explained windows that have it. Other bases have
no value. The windows must lie on the genome: windows of peaks, or regions of a BED file.

attribution_tracks.py attributions.h5 --genome hg38.fa -o tracks
"""

from __future__ import annotations

import cli


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("attributions", help="file of attribute.py")
    parser.add_argument("--genome", metavar="FASTA", required=True, help="genome of the windows (plain or bgzip)")
    parser.add_argument(
        "--index-folder", help="folder for a missing index of the genome (default: the genome's, if writable)"
    )
    parser.add_argument("-o", "--output", required=True, help="folder of the tracks")
    args = parser.parse_args()

    from danq.data.genome import Genome
    from danq.explain.attributions import Attributions
    from danq.explain.contribution_tracks import contribution_files, write_contributions

    found = Attributions(args.attributions)
    cli.check_outputs([args.attributions, args.genome], contribution_files(args.output, found))
    write_contributions(args.output, found, Genome(args.genome, args.index_folder))


if __name__ == "__main__":
    cli.run(main)
