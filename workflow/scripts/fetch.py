#!/usr/bin/env python3
"""Download a file from an http(s) address, completely or not at all, and check it."""

from __future__ import annotations

import cli
from danq.fetch import fetch


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("address", help="http(s) address of the file")
    parser.add_argument("-o", "--output", required=True, help="output file")
    parser.add_argument("--sha256", default="", help="expected SHA-256 checksum")
    args = parser.parse_args()
    cli.check_outputs([], [args.output])
    fetch(args.address, args.output, args.sha256)


if __name__ == "__main__":
    cli.run(main)
