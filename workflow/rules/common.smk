# What the rules share: the checked config, and short names for the functions in workflow/scripts/flow.
import os
import re
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from shlex import quote
from shutil import which

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.sourcecache import LocalSourceFile


def local_sources(rules):
    """The folder workflow/ on disk. Of a remote repository, it is a copy below .snakemake, one for each commit."""
    if isinstance(rules, LocalSourceFile):
        return Path(rules.get_path_or_uri(secret_free=False)).parent
    import git

    repository = rules.hosted_repo.repo if hasattr(rules, "hosted_repo") else git.Repo(rules.repo_path)
    commit = repository.commit(rules.ref).hexsha
    copy = Path(".snakemake/danq", commit).absolute()
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=copy.parent) as folder, tempfile.TemporaryFile() as archive:
            repository.archive(archive, commit, path="workflow")
            archive.seek(0)
            with tarfile.open(fileobj=archive) as tar:
                tar.extractall(folder, filter="data")
            Path(folder, "workflow").rename(copy)
    return copy


WORKFLOW = local_sources(workflow.current_basedir)
SCRIPTS = WORKFLOW / "scripts"
sys.path.insert(0, str(SCRIPTS))
from danq.errors import UserError
from flow import code, files, labelled, patterns, records, repeated, runs, search, sequences, tracks
from flow.config import check_expected, check_names, checked, listed_targets
from flow.options import (
    SCAN,
    attribute_options,
    background_options,
    baseline_options,
    blocks_in,
    by_model,
    control_options,
    embed_options,
    hit_options,
    import_options,
    listed,
    options,
    prepare_options,
    train_options,
    variant_options,
    within,
)
from flow.orphans import cancel_orphans_of


@contextmanager
def one_sentence(prefix=""):
    """End the run with the message of a UserError."""
    try:
        yield
    except UserError as error:
        raise WorkflowError(f"{prefix}{error}") from None


with one_sentence("config: "):
    repeated.check_files(workflow.configfiles)
    repeated.check_words(sys.argv)
    config = checked(config)
    LISTED = listed_targets(config)
    if LISTED.targets:
        check_names(config, LISTED.targets)
    files.check_given_files(config, LISTED.sheet)
    files.check_checksums(config, LISTED.sheet)
    check_expected(config)
    files.check_container(config["container"], "apptainer" in map(str, workflow.deployment_settings.deployment_method))
    if workflow.is_main_process:
        files.check_dates(config, LISTED.sheet)

TRACK_MODELS = tracks.models(config) if config["tracks"] else []
RESULTS = files.results(config)
STAGE_OF = {"peaks": "prepare", "sequences": "prepare_sequences", "bundle": "import_bundle"}  # that makes the windows
RUNS = runs.runs(config)  # trainings
FOLDS = list(runs.folds_of(config))
PREPARED = "prepare/fold{fold}" if FOLDS else "prepare"
WINDOWS = f"{RESULTS}/windows/fold{{fold}}/" if FOLDS else f"{RESULTS}/windows/"
FIRST_WINDOWS = WINDOWS.format(fold=1)
PREDICTORS = runs.predictors(config)  # what has predictions: runs, joined folds, ensembles, baselines
BACKGROUND = config["source"] == "peaks" and config["windows"]["keep"].startswith("any+matched:")
BASELINES = config["baselines"]
SHOWN = list(runs.representatives(config).values())  # each model once: alone, the ensemble, or the first seed
COMPARED = SHOWN + BASELINES
REPLICATES = runs.replicated(config)
EVALUATED = list(dict.fromkeys([*COMPARED, *(name for names in REPLICATES.values() for name in names)]))
MODELS = list(RUNS) if config["motifs"]["runs"] == "all" else list(runs.firsts(config).values())  # with motifs
CONTROLS = [name for name, wanted in config["controls"].items() if wanted]
DATASET = config["dataset"]
CONTROL_FILES = ["control.tsv", "auc.tsv", "test.h5", "model.weights.h5"]
VARIANTS = config["variants"]["files"]
VARIANT_MODELS = runs.chosen(config, config["variants"]["models"])
VARIANT_FILES = ["effects.h5", "effects.tsv", "skipped.tsv"] + ["effects.vcf.gz"] * config["variants"]["vcf"]
VARIANT_FILES += ["pictures"] if config["variants"]["pictures"] else []
EMBED_MODELS = runs.chosen(config, config["embed"]["models"]) if config["embed"]["inserts"] else []
EMBED_FILES = ["embedding.tsv", "embedding.png"]
EMBED_FILES += ["embedding_pairs.tsv", "embedding_pairs.png"] if config["embed"]["pairs"] else []
MOTIF_FOLDERS = ["logos", "logo_pages", "sites"]
PICTURE_FOLDERS = [f"{RESULTS}/curves", f"{RESULTS}/pairs"]
PICTURE_FOLDERS += [f"{RESULTS}/models/{model}/motifs/{folder}" for model in MODELS for folder in MOTIF_FOLDERS]
PICTURE_FOLDERS += [f"{RESULTS}/models/{model}/tracks/bigwig" for model in TRACK_MODELS]
HUB = [f"{RESULTS}/hub"] if config["tracks"] and config["tracks"]["hub"] else []
PICTURE_FOLDERS += HUB
PICTURE_FOLDERS += [
    f"{RESULTS}/models/{model}/variants/{variants}/pictures"
    for model in VARIANT_MODELS
    for variants in (VARIANTS if config["variants"]["pictures"] else [])
]
EXPLAIN = config["explain"]
EXPLAIN_TEST = not (EXPLAIN["bed"] or EXPLAIN["fasta"])  # explain windows of the test set
EXPLAIN_MODELS = runs.chosen(config, EXPLAIN["models"])
EXPLAIN_PICTURES = [
    f"{RESULTS}/models/{model}/explain/pictures/{method}"
    for model in EXPLAIN_MODELS
    for method in (EXPLAIN["methods"] if EXPLAIN["pictures"] else [])
]
EXPLAIN_TRACKS = [
    f"{RESULTS}/models/{model}/explain/bigwig/{method}"
    for model in EXPLAIN_MODELS
    for method in (EXPLAIN["methods"] if EXPLAIN["bigwig"] else [])
]
PICTURE_FOLDERS += EXPLAIN_PICTURES + EXPLAIN_TRACKS
HIT_METHODS = EXPLAIN["methods"] if EXPLAIN["hits"] else []
HIT_BED = ["hits.bed.gz"] if HIT_METHODS and (config["source"] == "peaks" or not EXPLAIN_TEST) else []
HIT_FILES = ["hits.tsv.gz", "carried.tsv", "matches.tsv", "pairs.tsv", "spacings.tsv", *HIT_BED]
PATTERN_SEARCHES = patterns.searches(config)
PATTERN_FILES = [
    f"{RESULTS}/models/{model}/explain/patterns/{searched}/{file}"
    for model in EXPLAIN_MODELS
    for searched in PATTERN_SEARCHES
    for file in [*patterns.FILES, "patterns.png", *["places.bed.gz"] * patterns.have_places(config)]
]
SEARCHES = search.searches(config)
SEARCH_FILES = [
    "trials.tsv",
    "networks.tsv",
    "results.tsv",
    "importance.tsv",
    "trials.png",
    "importance.png",
    "best.yaml",
]
REGIONS = tracks.pictures(config) if config["tracks"] else {}
MOTIF_FILES = MOTIF_FOLDERS + ["motifs.tsv", "filters.tsv", "motifs.meme", "known.meme", "counts.jaspar"]
MOTIF_FILES += ["matches.tsv", "recovered.tsv", "control.tsv", "activations.h5", "instances.tsv.gz", "logos.png"]
MOTIF_FILES += ["instances.bed.gz"] if config["source"] == "peaks" else []
on_disk = partial(files.on_disk, config)
genome_on_disk = partial(files.genome_on_disk, config)
within = partial(within, config)
by_name_of = by_model
by_name = partial(by_model, [PREDICTORS[name].title for name in COMPARED])
by_model = partial(by_model, MODELS)
fingerprint = code.fingerprint
EMBED_KNOWN = on_disk(config["motifs"]["known"]) if config["motifs"]["known"] else []
HIT_MOTIFS = on_disk(EXPLAIN["hit_file"]) if EXPLAIN["hit_file"] else EMBED_KNOWN


wildcard_constraints:
    model="|".join(PREDICTORS),
    fold=r"\d+",
    place="[^/]+",
    name="[^/]+",


def program(name):
    """The path of a stage's program; a function of `input`, because Snakemake does not compare such parameters."""
    return lambda wildcards, input: os.path.relpath(SCRIPTS / f"{name.format(**dict(wildcards.items()))}.py")


def code_of(name, architecture=None):
    """The code of a stage, read when a job needs it: a job on a cluster then reads the code of its stage only."""
    return lambda wildcards: fingerprint(name, architecture)


def code_of_model(name):
    """The code of a stage that builds the model of the wildcard."""
    return lambda wildcards: fingerprint(name, config["models"][PREDICTORS[wildcards.model].model]["architecture"])


def checkpoints_of(wildcards):
    """The weights of a predictor: of one run, or of all that it averages."""
    return [f"{RESULTS}/models/{run}/training/model.weights.h5" for run in PREDICTORS[wildcards.model].members]


def explaining(wildcards):
    """The predictor that explains: of joined folds, that of the first fold, which has not seen its test windows."""
    one = PREDICTORS[wildcards.model]
    return PREDICTORS[one.parts[0]] if EXPLAIN_TEST and one.parts else one


def windows_of(split):
    """The windows of a part for the predictor of the wildcard: with folds, those of its fold."""

    def path(wildcards):
        fold = PREDICTORS[wildcards.model].fold
        return f"{WINDOWS}{split}.h5".format(fold=fold or 1)

    return path


def file_of_sequences(key):
    """The file that an entry of `sequences` names by a key, as an input."""
    return lambda wildcards: sequences.on_disk(config, wildcards.given, key)


def code_of_sequences(models):
    """The code that predicts sequences with some models."""
    architectures = sorted({config["models"][PREDICTORS[model].model]["architecture"] for model in models})
    predicting = [fingerprint(sequences.PREDICTING, architecture) for architecture in architectures]
    return [fingerprint(sequences.READING), *predicting]


def blocks_of(wildcards):
    """The files of all blocks of a list of variants, once the rule check_variants has counted its records."""
    checked = checkpoints.check_variants.get(variants=wildcards.variants).output[0]
    number = blocks_in(checked, config["variants"]["block_size"])
    folder = f"{RESULTS}/models/{wildcards.model}/variants/{wildcards.variants}/blocks"
    return [f"{folder}/{block}.h5" for block in range(number)]


def named_files(kind, groups):
    """`danq=path` for each predictor of some groups, as a program takes them."""
    return [f"{group}={RESULTS}/models/{name}/{kind}" for group, names in groups.items() for name in names]


def replicate_tables():
    """The options that name the AUC tables of the replicates, of the other models, of ensembles and of baselines."""
    groups = {model: REPLICATES.get(model, [name]) for model, name in runs.representatives(config).items()}
    ensembles = {one.model: [one.name] for one in PREDICTORS.values() if one.ensemble and one.fold is None}
    given = {"replicates": groups, "ensembles": ensembles, "baselines": {name: [name] for name in BASELINES}}
    tables = {option: named_files("evaluation/auc.tsv", names) for option, names in given.items()}
    return " ".join(f"--{option} {' '.join(files)}" for option, files in tables.items() if files)


def searched(function):
    """A value for the search of the wildcard."""
    return lambda wildcards: function(SEARCHES[wildcards.search])


def code_of_trial(name):
    """The code of a stage that builds the model of the search."""
    return searched(lambda search: fingerprint(name, search.settings["architecture"]))


def trials_of(wildcards):
    """The folders of all trials of a rung; those of a later rung are known once the rung below is ranked."""
    rung = int(wildcards.rung)
    if rung == 0:
        trials = SEARCHES[wildcards.search].trials
    else:
        trials = search.promoted_in(checkpoints.search_rung.get(search=wildcards.search, rung=rung - 1).output[0])
    return [
        f"{RESULTS}/search/{{search}}/trials/{trial}/rung{rung}/trial.json".format(search=wildcards.search)
        for trial in trials
    ]


def further_checkpoints(wildcards):
    """The option for the runs of a predictor after its first; nothing for a single run."""
    return {"checkpoint": checkpoints_of(wildcards)[1:]}


def gpus_here():
    """1 where a GPU's driver is installed, else 0; profiles set the number for their own machines."""
    return 1 if which("nvidia-smi") else 0


if workflow.is_main_process:
    records.restore(config)
    found = [*records.warnings(config), *records.mark_outdated_trainings(config)]
    found += records.mark_incomplete_folders(config, PICTURE_FOLDERS)
    found += search.warnings(SEARCHES)
    for warning in found:
        logger.warning(warning)
