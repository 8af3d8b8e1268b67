"""Which code a rule depends on: the modules that decide on its results.

Every module is on one of two sides, and both are listed here. *Deciding* modules compute results: editing one reruns
the stages that use it. *Plumbing* carries results (messages, files, devices, command lines): editing it reruns nothing.

A rule gets a fingerprint of the deciding modules that its program imports as a parameter, and Snakemake reruns the rule
when a parameter changes. The fingerprint covers the syntax trees, so comments, layout, docstrings, log messages, the
texts of user errors and the help texts of settings do not count.
"""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from danq.models import registry

SCRIPTS = Path(__file__).parents[1]

# Names of modules, as patterns.
DECIDING = (
    "danq.models.*",
    "danq.data.*",
    "danq.labelled.*",
    "danq.runtime.batches",  # the order of the samples
    "danq.runtime.checkpoint",  # the weights and what they are loaded into
    "danq.runtime.ensembles",
    "danq.runtime.gradients",  # the logits that attributions explain
    "danq.runtime.join_predictions",
    "danq.runtime.predict",
    "danq.runtime.predict_sequences",
    "danq.runtime.predictions",
    "danq.published.*",
    "danq.evaluation.*",
    "danq.motifs.*",
    "danq.baselines.*",
    "danq.explain.*",
    "danq.tracks.*",
    "danq.variants.*",
    "danq.search.*",
    "danq.training.*",  # `state` included: it finds the best epoch
    "danq.demo.*",
    "danq.plots.*",
    "danq.report.*",
    # Programs that do more than parse options and call one stage; each takes seconds to rerun.
    "annotate",
    "compare",
    "compare_models",
    "compare_motifs",
    "compare_published",
    "compare_replicates",
    "draw_*",
    "patterns",
    "replicate_tests",
    "visualize",
    "prototypes.*",  # each program is complete
)

# Plumbing modules, and the names that deciding modules may use of them. They hold for the patterns above, too.
PLUMBING = {
    "danq.errors": {"UserError"},
    "danq.files": {"GZIP_MAGIC", "existing", "locked", "opened", "read_json", "replacing", "temporary_folder"},
    "danq.file_names": {"file_name", "file_names"},
    "danq.processes": {"parallel"},
    "danq.fetch": {"local_path"},
    "danq.hdf5": {"DAMAGE", "check_all", "check_stored", "dataset", "mapped", "reading", "reason"},
    "danq.tables": {"Table"},  # each module that makes a table declares its columns and digits
    # It looks up the architecture, whose module decides, and checks the sizes: a new architecture retrains no other.
    "danq.models.registry": {"ARCHITECTURES", "build", "default_sizes", "first_filters", "hyperparameters", "source"},
    "danq.baselines.registry": set(),  # it looks up the baseline, whose module decides
    "danq.settings": {"Setting", "hidden_character"},  # help texts, limits; defaults are arguments of deciding modules
    "danq.runtime.devices": {"Devices", "feed"},
    "danq.runtime.interrupt": {"StopRequest", "Stopped"},
    "danq.runtime.staging": set(),
    "danq.published.data_folder": set(),  # packs .mat files when a person starts a program
    "danq.sharing.*": set(),  # no rule uses it
    "danq.motifs.site_list": {"read_sites"},  # the text format of `predict.py -M`
    "cli": {
        *("check_outputs", "distinct", "inside", "named", "packed_folder"),
        *("parser", "quiet_loading", "run", "warnings_to_stdout", "windows_in"),
    },
    "danq.starting.*": set(),  # what it chooses is written to a config
    "flow.*": set(),
    **{
        program: set()
        for program in (
            *(
                "attribute",
                "baseline",
                "bgzip_genome",
                "check_variants",
                "discover",
                "embed",
                "evaluate",
                "export_bundle",
            ),
            *("fetch", "hits", "hub", "import_bundle"),
            *("import_weights", "index_genome", "influence", "join_predictions", "join_tracks", "join_variants"),
            *("list_folds", "motifs", "new", "plan"),
            *("predict", "prepare", "report", "search_networks", "search_results"),
            *("search_rung", "search_trial", "search_trials", "shuffled_labels", "simulate", "tracks", "train"),
            "attribution_pairs",
            "attribution_tracks",
            "prepare_sequences",
            "share",
            "variants",
        )
    },
}

LEVELS = ("debug", "info", "warning", "error", "exception")  # functions of a logger

# What describes the hyperparameters of an architecture; the signature of `build` has their defaults.
DESCRIPTIONS = {"PAPER", "PUBLISHED", "SIZES", "CHOICES"}

# Modules that a program imports only with options that the rule of its name does not use.
BY_HAND = {
    "*": {"danq.published.data_folder", "danq.motifs.site_list"},
    "attribute": {"danq.explain.pairs"},
    "prepare": {"danq.data.folds", "prepare_sequences"},  # the rule adds the folds where there are any
    "predict": {"danq.motifs.scan", "danq.runtime.predict_sequences", "danq.data.given_sequences"},
}


def side(module: str) -> str:
    """Return "plumbing" or "deciding"; a module on neither side is a LookupError."""
    for name, patterns in (("plumbing", PLUMBING), ("deciding", DECIDING)):
        if any(fnmatchcase(module, pattern) for pattern in patterns):
            return name
    raise LookupError(f"{module} is neither in DECIDING nor in PLUMBING; add it to flow/code.py")


def module_name(path: Path) -> str:
    """The name of a module: `danq.data.windows`, `train`, `prototypes.digits`."""
    return ".".join(path.relative_to(SCRIPTS).with_suffix("").parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imported(path: Path) -> dict[Path, frozenset[str]]:
    """Modules of this project that a module imports anywhere, each with the names that the module uses of it."""
    found: dict[Path, set[str]] = {}
    imports, attributes = _names(path)
    for module, names in imports:
        file = _file(path, module)
        if file:
            found.setdefault(file, set()).update(names or attributes[module])
        for name in names:
            file = _file(path, f"{module}.{name}")
            if file:
                found.setdefault(file, set()).update(attributes[name])
    return {file: frozenset(names) for file, names in found.items()}


def _names(path: Path) -> tuple[list[tuple[str, list[str]]], dict[str, set[str]]]:
    """What a module imports, and the attributes it uses of each name: of `registry`, `build` in `registry.build()`.

    An import is the absolute name of a module and the names taken from it (none for `import module`).
    """
    package = path.relative_to(SCRIPTS).parts[:-1]
    imports, attributes = [], defaultdict(set)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            imports += [(name.name, []) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*parts, *([node.module] if node.module else [])])
            imports.append((module, [name.name for name in node.names]))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            attributes[node.value.id].add(node.attr)
    return imports, attributes


def _file(importer: Path, module: str) -> Path | None:
    """The file of a module of this project; programs also import from their own folder."""
    for folder in (SCRIPTS, importer.parent):
        file = folder / f"{module.replace('.', '/')}.py"
        if file.exists():
            return file
    return None


def modules(program: str, architecture: str | None = None, baseline: str | None = None) -> list[Path]:
    """All modules that a program uses when a rule starts it, the program itself included.

    Architectures and baselines are imported by name: with `architecture` or `baseline`, its module is one of them, and
    no other is.
    """
    excluded = BY_HAND["*"] | BY_HAND.get(program, set())
    start = [SCRIPTS / f"{program}.py"]
    if architecture:
        start.append(SCRIPTS / f"danq/models/{registry.ARCHITECTURES[architecture]}.py")
    if baseline:
        start.append(SCRIPTS / f"danq/baselines/{baseline}.py")
    found: set[Path] = set()
    while start:
        path = start.pop()
        if path not in found and module_name(path) not in excluded:
            found.add(path)
            start += imported(path)
    return sorted(found)


def deciding(program: str, architecture: str | None = None, baseline: str | None = None) -> list[Path]:
    """The modules of `modules` that decide on the results."""
    return [path for path in modules(program, architecture, baseline) if side(module_name(path)) == "deciding"]


@cache
def fingerprint(program: str, architecture: str | None = None, baseline: str | None = None) -> str:
    """A short text that changes with the deciding code of a program, such as `code 3f2a9c1e04d7`."""
    digest = hashlib.blake2b(digest_size=6)
    for path in deciding(program, architecture, baseline):
        digest.update(f"{module_name(path)} {_essence_of(path)}\n".encode())
    return f"code {digest.hexdigest()}"


@cache
def _essence_of(path: Path) -> str:
    return essence(tree(path))  # many programs use the same modules


def essence(module: ast.Module) -> str:
    """A module's syntax tree as text, without what decides on no result: docstrings, log messages, other texts.

    The text leaves out empty fields, so that it is the same in all supported versions of Python.
    """
    return repr(_plain(module))


def _plain(node):
    if isinstance(node, list):
        return [_plain(item) for item in node if not _is_text(item)]
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Raise) and _called(node.exc) == "UserError":
        return ("Raise", "UserError")
    if _logs(node):  # inside an expression, such as a lambda
        return ("log",)
    if _called(node) == "option":  # a field of the recipe: its default, without help and limits
        return ("option", _plain(node.args[:1]))
    fields = [(name, _plain(value)) for name, value in ast.iter_fields(node) if value is not None]
    return (type(node).__name__, *(field for field in fields if field[1] != []))


def _is_text(node) -> bool:
    """Whether a statement only documents, logs or fills an empty block."""
    if isinstance(node, ast.Pass):
        return True
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Name) and node.targets[0].id in DESCRIPTIONS
    return isinstance(node, ast.Expr) and (isinstance(node.value, ast.Constant) or _logs(node.value))


def _logs(node) -> bool:
    """Whether an expression calls a function of a logger, such as `log.info(...)`."""
    function = node.func if isinstance(node, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in ("log", "logging") and function.attr in LEVELS


def _called(node) -> str | None:
    """The name of the function that an expression calls."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
