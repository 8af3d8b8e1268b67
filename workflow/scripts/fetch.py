#!/usr/bin/env python3
"""Fetch a file from an http(s) address, whole or not at all, and check it."""

from __future__ import annotations

import cli
from danq.fetch import fetch


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("address", help="http(s) address of the file")
    parser.add_argument("-o", "--output", required=True, help="where to write it")
    parser.add_argument("--sha256", default="", help="the checksum that it must have")
    args = parser.parse_args()
    fetch(args.address, args.output, args.sha256)


if __name__ == "__main__":
    cli.run(main)
