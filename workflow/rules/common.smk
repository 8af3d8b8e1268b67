# What the rules share: the checked config, and functions that turn it into inputs and options.
import json
import os
import sys
from base64 import urlsafe_b64encode
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path
from shlex import quote
from shutil import which

import jsonschema
import yaml
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import validate

SCRIPTS = Path(workflow.basedir, "workflow/scripts")
sys.path.insert(0, str(SCRIPTS))
import danq.models
import danq.prepare
from danq.errors import UserError
from danq.fetch import is_address, local_path
from danq.published import read_table
from danq.slurm import cancel, jobs_here
from danq.target_list import numbered_targets, published_assays, read_targets
from danq.targets import find, read_sheet, targets_of


def checked(config, schema):
    """The config with its defaults filled in; its first mistake ends the run in one sentence."""
    config["models"] = {str(name): model for name, model in (config.get("models") or {}).items()}
    validator = jsonschema.Draft202012Validator(yaml.safe_load(schema.read_text()))
    found = list(validator.iter_errors(config))
    if found:
        raise WorkflowError(f"config: {sentence(jsonschema.exceptions.best_match(found))}")
    for model in config["models"].values():
        model.setdefault("sizes", {})  # of its own: the schema's default would be one dict for all models
    validate(config, str(schema))
    if config["source"] == "peaks":
        check_windows(config)
    return config


def check_windows(config):
    """Windows that can be cut, and that the models can read."""
    try:
        danq.prepare.Rule(bin=config["windows"]["bin"], window=config["windows"]["window"])
    except UserError as error:
        raise WorkflowError(f"config: {error}") from None
    for name, model in config["models"].items():
        kernel = model["sizes"]["kernel"]
        if kernel > config["windows"]["window"]:
            raise WorkflowError(
                f"config: models.{name}.sizes.kernel ({kernel} bp) is larger than "
                f"windows.window ({config['windows']['window']} bp); make the kernel smaller or the window larger"
            )


def read_listed_targets(config):
    """The targets of the sheet or the bundle's list, and the sheet. A bundle without a list has the published number
    of targets, by number; one whose list is still to be fetched has none that could be checked."""
    if config["source"] == "peaks":
        sheet = read_sheet(config["targets"])
        validate(sheet, str(Path(workflow.basedir, "workflow/schemas/targets.schema.yaml")))
        return targets_of(sheet), sheet
    names = config["bundle"]["names"]
    path = Path(on_disk(names)) if names else None
    if not path:
        return numbered_targets(len(published_assays())), None
    return (read_targets(path) if path.exists() else []), None


def check_names(config, targets):
    """Targets and assays that the config names are listed; found out now, not after the training."""
    for key in ("evaluate.curves", "motifs.targets"):
        block, name = key.split(".")
        for wanted in config[block][name]:
            try:
                find(targets, str(wanted))
            except UserError as error:
                raise WorkflowError(f"config: {key}: {error}") from None
    table = config["evaluate"]["published"]
    counted = config["source"] == "peaks" or config["bundle"]["names"]
    if table and counted and Path(on_disk(table)).exists():
        check_published(on_disk(table), len(targets))
    keep = config["windows"]["keep"] if config["source"] == "peaks" else ""
    assay, assays = keep.removeprefix("assay:"), {target.assay for target in targets}
    if keep.startswith("assay:") and assay not in assays:
        known = ", ".join(sorted(assays))
        raise WorkflowError(f"config: windows.keep: no target has the assay {assay!r}; the sheet has {known}")


def check_published(table, n_targets):
    """A table of published figures that can be read, with a row for each target."""
    try:
        rows = read_table(table)["index"].nunique()
    except UserError as error:
        raise WorkflowError(f"config: evaluate.published: {error}") from None
    if rows != n_targets:
        raise WorkflowError(f"config: evaluate.published: {table} has {rows} targets, this dataset {n_targets}")


def sentence(error):
    """One sentence for a schema's complaint: the key, what is wrong, what is allowed."""
    key = ".".join(map(str, error.absolute_path)) or "the top level"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = [name for name in error.instance if name not in known]
        return f"unknown key {unknown[0]!r} in {key}; known are {', '.join(known)}"
    if "propertyNames" in error.absolute_schema_path:
        return (
            f"{error.instance!r} cannot be a name in {key}; names are letters, digits, - and _, "
            "and not windows, curves, models or benchmarks"
        )
    if error.validator == "required":
        return f"{error.message} of {key}"
    if error.validator == "enum":
        return f"{key} is {error.instance!r}; choose from {', '.join(map(str, error.validator_value))}"
    meaning = error.schema.get("description", "")
    return f"{key}: {error.message}{'; this key is: ' if meaning else ''}{meaning.removesuffix('.')}"


config = checked(config, Path(workflow.basedir, "workflow/schemas/config.schema.yaml"))
RESULTS = f"results/{config['dataset']}"
DOWNLOADS = "resources/fetched"
MODELS = list(config["models"])


wildcard_constraints:
    model="|".join(MODELS),
    place="[^/]+",
    name="[^/]+",


def program(name):
    """The path of a stage's program."""
    return os.path.relpath(SCRIPTS / f"{name}.py")


# What programs do only by hand: the rules give them packed windows, and MEME files.
BY_HAND = ["danq.data_folder", "danq.sites"]


@cache
def code_of(name, architecture=None):
    """All modules of ours that a program imports, as inputs: editing one reruns its stage.

    Architectures are imported by name, so the one in use is added: editing DanQ retrains DanQ only.
    """
    script = SCRIPTS / f"{name}.py"
    finder = ModuleFinder(
        [str(script.parent), str(SCRIPTS)], excludes=[*BY_HAND, "danq.scan"] if name == "predict" else BY_HAND
    )
    finder.run_script(str(script))
    files = {module.__file__ for module in finder.modules.values() if module.__file__}
    if architecture:
        finder.import_hook(f"danq.models.{danq.models.ARCHITECTURES[architecture]}")
        files |= {module.__file__ for module in finder.modules.values() if module.__file__}
    return sorted({os.path.relpath(file) for file in files} - {program(name)})


def code_of_model(name):
    """An input function: the code of a stage that builds the model of the wildcard."""
    return lambda wildcards: code_of(name, config["models"][wildcards.model]["architecture"])


def on_disk(path):
    """Where a path or address of the config is on disk."""
    return local_path(path, config["folder"], DOWNLOADS)


def bundle_files(config):
    """The .mat files, on disk."""
    return [on_disk(f"{config['bundle']['folder']}/{split}.mat") for split in ["train", "valid", "test"]]


def given_files(config):
    """All files that the config and the sheet name, by the key that names them."""
    given = [("evaluate.published", config["evaluate"]["published"]), ("motifs.known", config["motifs"]["known"])]
    if config["source"] == "bundle":
        bundle = config["bundle"]
        given += [("bundle.folder", f"{bundle['folder']}/{split}.mat") for split in ["train", "valid", "test"]]
        return [(key, path) for key, path in [*given, ("bundle.names", bundle["names"])] if path]
    peaks = [(f"{config['targets']}: peaks of {name}", path) for name, path in zip(SHEET["name"], SHEET["peaks"])]
    windows = config["windows"]
    bins = windows["keep"].removeprefix("bed:") if windows["keep"].startswith("bed:") else None
    given += [("genome.fasta", config["genome"]["fasta"]), ("windows.keep", bins)]
    return [(key, path) for key, path in [*given, ("windows.blacklist", windows["blacklist"]), *peaks] if path]


def check_given_files(config):
    """A file that is neither there, nor fetched, nor part of the demo ends the run in one sentence."""
    for key, path in given_files(config):
        file = Path(on_disk(path))
        if not (is_address(path) or file.exists() or file.is_relative_to("resources/demo")):
            raise WorkflowError(
                f"config: {key}: no such file: {file}; check the path, "
                f"which starts at the config's folder ({config['folder']})"
            )


def options(**values):
    """Command-line options from keywords; what is None is left out, lists become several words.

    Sorted, because a key that moves in the config, or a default that is written out, reruns nothing.
    """
    words = []
    for name, value in sorted(values.items()):
        if value is not None:
            words.append(f"--{name.replace('_', '-')}")
            words += [quote(str(item)) for item in (value if isinstance(value, list) else [value])]
    return " ".join(words)


# The keys of `motifs` that decide on the scan, and not on names and pictures.
SCAN = ["split", "targets", "strands", "sites", "threshold", "min_sites", "pseudocount", "background", "trim"]


def within(block, *keys):
    """These keys of a block of the config, so that a rule depends on them alone."""
    return {key: config[block][key] for key in keys}


def interval_files(config):
    """The BED files that choose bins, on disk."""
    return [on_disk(path) for key, path in given_files(config) if key.startswith("windows.")]


def prepare_options(config):
    """The options of prepare.py that the config decides on."""
    windows = dict(config["windows"])
    keep, blacklist, split = windows.pop("keep"), windows.pop("blacklist"), windows.pop("split")
    if keep.startswith("bed:"):
        keep = f"bed:{on_disk(keep.removeprefix('bed:'))}"
    return {
        "folder": config["folder"],
        "downloads": DOWNLOADS,
        "assembly": config["genome"]["assembly"] or None,
        "keep": keep,
        "blacklist": on_disk(blacklist) if blacklist else None,
        **windows,
        **split,
    }


def train_options(config, name):
    """The options of train.py that a model's block of the config decides on."""
    model = dict(config["models"][name])
    architecture, sizes, tensorboard = model.pop("architecture"), model.pop("sizes"), model.pop("tensorboard")
    model["seed"] = config["seed"] if model["seed"] is None else model["seed"]
    return {
        "model": architecture,
        "size": [f"{size}={value}" for size, value in sorted(sizes.items())],
        "tensorboard": f"{RESULTS}/{name}/tensorboard" if tensorboard else None,
        **model,
    }


def import_options(config):
    """The options of import_bundle.py that the config decides on."""
    bundle = config["bundle"]
    names = on_disk(bundle["names"]) if bundle["names"] else None
    return {"alphabet": bundle["alphabet"], "assembly": bundle["assembly"] or None, "names": names}


def by_model(paths):
    """`danq=path` for each model's file, as visualize.py takes them."""
    return " ".join(f"{model}={path}" for model, path in zip(MODELS, paths))


try:
    TARGETS, SHEET = read_listed_targets(config)
except UserError as error:
    raise WorkflowError(f"config: {'targets' if config['source'] == 'peaks' else 'bundle.names'}: {error}") from None
if TARGETS:
    check_names(config, TARGETS)


def gpus_here():
    """1 where a GPU's driver is installed, else 0; profiles set the number for their own machines."""
    return 1 if which("nvidia-smi") else 0


def check_writable(folder):
    """Results that cannot be written end the run before any work, in one sentence."""
    place = Path(folder)
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        raise WorkflowError(f"{place}: the folder cannot be written to; check its permissions, or use --directory")


def cancel_orphans():
    """Cancel Slurm jobs of a killed Snakemake that wait to make, or work on, what this one is about to make.

    A training saves where it stands, and this run goes on from there. Snakemake's own records have the numbers of jobs
    that wait; jobs that run are known by folder, rule and wildcards. Those do not tell the dataset, so they are left
    alone when another Snakemake has locked other files of this folder.
    """
    if workflow.local_exec:
        return
    jobs = [job for job in workflow.dag.needrun_jobs() if not job.is_local]
    known = {jobid for job in jobs for jobid in workflow.persistence.external_jobids(job)}
    alone = len(list(Path(".snakemake/locks").glob("*.output.lock"))) <= 1
    if alone:
        wanted = {(job.rule.name, *map(str, job.wildcards)) for job in jobs}
        known |= {number for number, rule in jobs_here(Path.cwd()) if rule in wanted}
    cancelled = cancel(known)
    if cancelled:
        logger.info(f"Cancelled Slurm jobs that a killed Snakemake had left: {', '.join(sorted(cancelled))}")


def warn_of_old_recipes():
    """Say which models were trained with other settings than the config's and will not be trained anew.

    So it is when a training ended after its Snakemake was killed: nobody wrote down its options (the metadata that
    Snakemake compares), but its run.json has them.
    """
    for name in MODELS:
        run = Path(RESULTS, name, "run.json")
        metadata = Path(".snakemake/metadata", urlsafe_b64encode(str(run).encode()).decode())
        if not run.exists() or metadata.exists():
            continue
        recipe, options = json.loads(run.read_text())["recipe"], train_options(config, name)
        differ = [key.replace("_", " ") for key in recipe if key in options and recipe[key] != options[key]]
        if recipe["sizes"] != config["models"][name]["sizes"]:
            differ.append("sizes")
        if differ:
            logger.warning(
                f"{run}: trained with another {', '.join(differ)} than the config has now, after Snakemake had been "
                f"killed; to train {name} anew, add --forcerun {run.with_name('model.weights.h5')}"
            )


if workflow.is_main_process:
    warn_of_old_recipes()
