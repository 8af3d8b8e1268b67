"""Check that an image has what the workflow and its programs import, and the commands that the rules call."""

import importlib
import os
import shutil
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
MODULES = (
    *(
        "Bio",
        "h5py",
        "itables",
        "jinja2",
        "jsonschema",
        "keras",
        "logomaker",
        "matplotlib",
        "numpy",
        "pandas",
        "plotly",
    ),
    *("psutil", "pyBigWig", "pybigtools", "pyfaidx", "pyjaspar", "pysam", "scipy", "sklearn", "snakemake"),
    *("tensorboard", "tensorflow", "threadpoolctl", "tqdm", "yaml"),
)
COMMANDS = ("python", "bash", "snakemake")


def main() -> None:
    missing = [name for name in COMMANDS if shutil.which(name) is None]
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            missing.append(f"{name} ({error})")
    if missing:
        sys.exit(f"error: missing in this image: {', '.join(missing)}")
    import keras
    import tensorflow

    print(f"Python {sys.version.split()[0]}, Keras {keras.__version__}, TensorFlow {tensorflow.__version__}")


if __name__ == "__main__":
    main()
