#!/usr/bin/env python3
"""Write a trained model as one folder, or zip archive, that others can use without the training data.

RUN is the folder of a trained model, or of an ensemble of its seeds or folds, in the results. The output has the
weights, their settings and figures, config, target sheet and report, and a model card. predict.py, variants.py,
attribute.py and tracks.py take the folder as --checkpoint.

share.py results/demo/models/danq                                     exported/demo-danq
share.py results/demo/models/danq-ensemble -o danq.zip --license CC-BY-4.0
"""

from __future__ import annotations

import logging
from pathlib import Path

import cli
from danq.errors import UserError

WORKFLOW = Path(__file__).parents[1]
TEMPLATE = WORKFLOW / "report/model_card.md.j2"


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("run", metavar="RUN", help="folder of the model, such as results/demo/models/danq")
    parser.add_argument("-o", "--output", help="folder or .zip to write (default: exported/DATASET-MODEL)")
    parser.add_argument(
        "--config", metavar="YAML", help="config of the run (default: the only one in config/ with its dataset)"
    )
    parser.add_argument("--sheet", metavar="TSV", help="target sheet (default: the one that the config names)")
    parser.add_argument("--report", metavar="HTML", help="report (default: report.html among the results)")
    parser.add_argument("--citation", metavar="CFF", help="how to cite (default: CITATION.cff of the workflow)")
    parser.add_argument("--license", default="", help="licence of the weights, for the model card")
    return parser.parse_args()


def config_of(dataset: str) -> Path | None:
    """The only config of the current folder with this dataset."""
    found = [path for path in sorted(Path("config").glob("*.yaml")) if read_config(path).get("dataset") == dataset]
    if len(found) > 1:
        raise UserError(
            f"{found[0]} and {found[1]} have the dataset {dataset!r}; name the one of the run with --config"
        )
    return found[0] if found else None


def read_config(path: Path) -> dict:
    import yaml

    from danq.files import existing

    try:
        content = yaml.safe_load(existing(path, "config").read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a YAML file ({' '.join(str(error).split())})") from error
    return content if isinstance(content, dict) else {}


def sheet_of(config: dict, path: Path) -> Path | None:
    """The sheet that a config names; relative paths start where Snakemake is started, here as there."""
    named = config.get("targets")
    if config.get("source", "peaks") != "peaks" or not isinstance(named, str):
        return None
    if not Path(named).is_file():
        raise UserError(
            f"{path}: its target sheet {named} is not here; start where Snakemake is started, or use --sheet"
        )
    return Path(named)


def main() -> None:
    args = arguments()
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.files import existing
        from danq.sharing.runs import Shared
        from danq.sharing.share import check_config, share

    shared = Shared.of(args.run)
    dataset = shared.results.name
    config_path = Path(args.config) if args.config else config_of(dataset)
    sheet = Path(args.sheet) if args.sheet else None
    if config_path:
        config = read_config(config_path)
        check_config(config, config_path, shared)
        sheet = sheet or sheet_of(config, config_path)
    report = Path(args.report) if args.report else shared.results / "report.html"
    citation = Path(args.citation) if args.citation else WORKFLOW.parent / "CITATION.cff"
    extra = {
        "config.yaml": config_path,
        "sheet.tsv": sheet,
        "report.html": report if args.report or report.exists() else None,
        "CITATION.cff": citation if args.citation or citation.exists() else None,
    }
    for path in filter(None, extra.values()):
        existing(path)
    output = Path(args.output or f"exported/{dataset}-{shared.name}")
    inputs = [*shared.checkpoints, *extra.values(), shared.test.path]
    is_archive = output.suffix == ".zip"
    cli.check_outputs(inputs, [output] if is_archive else [], [] if is_archive else [output])
    if not is_archive and output.is_dir() and any(output.iterdir()) and not (output / "model.json").exists():
        raise UserError(f"{output}: a folder with other files, which would be removed; choose another output")
    for what in share(shared, output, TEMPLATE, extra, args.license):
        logging.warning("not included: %s", what)
    logging.info("%s: %s of %s; read its model_card.md before you share it", output, shared.name, dataset)


if __name__ == "__main__":
    cli.run(main)
