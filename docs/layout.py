"""The documentation as a site: a hook of MkDocs that gives the site the layout of the repository.

Pages outside docs/ become pages of the site under their own paths, and those of docs/ keep this folder in theirs. So
the relative links that work in the repository work in the site, and MkDocs checks them there.
"""

import re
from pathlib import Path

from mkdocs.structure.files import File, Files

OUTSIDE = ("README.md", "config/README.md", "benchmarks/README.md", "CHANGELOG.md", "CITATION.cff")


def on_files(files, config):
    """Put the files of docs/ under their paths in the repository, and add the files of `OUTSIDE`."""
    docs = Path(config.docs_dir)
    ours = {f"{docs.name}/{file.src_uri}": file.abs_src_path for file in files if file.src_dir == config.docs_dir}
    ours |= {path: str(docs.parent / path) for path in OUTSIDE}
    others = [file for file in files if file.src_dir != config.docs_dir]
    return Files([*others, *(File.generated(config, uri, abs_src_path=path) for uri, path in ours.items())])


def on_page_content(html, **_):
    """Show `|` in code of tables, which has to be written as `\\|`, as GitHub does."""
    return re.sub(r"<code>[^<]*</code>", lambda code: code[0].replace(r"\|", "|"), html)
