"""The documentation: links lead to files and headings that exist, and commands to programs and options that exist."""

import re
import shlex
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from project import PROJECT, SCRIPTS, run, run_here

PAGES = [
    *(PROJECT / name for name in ("README.md", "config/README.md", "benchmarks/README.md", "CHANGELOG.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
]
EACH_PAGE = pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(PROJECT))) for page in PAGES])
RULES = set(re.findall(r"^rule (\w+):", (PROJECT / "workflow/Snakefile").read_text(), re.MULTILINE))
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))


def without_code(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


@cache
def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#+ +(.+?) *$", without_code(page.read_text()), re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found[anchor] = found.get(anchor, -1) + 1
    return {f"{anchor}-{n}" if n else anchor for anchor, last in found.items() for n in range(last + 1)}


@EACH_PAGE
def test_relative_links_lead_to_files_and_headings(page):
    text = re.sub(r"`[^`\n]*`", "", without_code(page.read_text()))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = unquote(link).partition("#")
            goal = (page.parent / path).resolve() if path else page
            assert goal.exists(), f"{link}: no such file"
            assert not anchor or anchor in anchors(goal), f"{link}: no such heading"


def test_every_picture_is_shown_and_small():
    shown = {name for page in PAGES for name in re.findall(r"pictures/([\w.]+\.png)", page.read_text())}
    assert shown == {path.name for path in (PROJECT / "docs/pictures").iterdir()}
    for name in re.findall(r"pictures/([\w.]+\.png)", (PROJECT / "README.md").read_text()):
        assert (PROJECT / "docs/pictures" / name).stat().st_size < 150_000, name


def test_every_page_is_in_the_navigation_of_the_site():
    text = re.sub(r"!!python/\S+", "", (PROJECT / "mkdocs.yml").read_text())
    listed = set(re.findall(r"[\w/]+\.md", yaml.dump(yaml.safe_load(text)["nav"])))
    assert listed == {str(page.relative_to(PROJECT)) for page in PAGES}


def test_the_readme_is_read_in_minutes():
    assert len((PROJECT / "README.md").read_text().splitlines()) < 170


def commands(page: Path) -> list[list[str]]:
    """The words of each command in the blocks of a page, without comments and without `&&`."""
    found = []
    for block in re.findall(r"```bash\n(.*?)```", page.read_text(), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.split(" && "):
                with_quotes = part.count("'") % 2 == 0
                found.append(shlex.split(part, comments=True) if with_quotes else part.split())
    return [words for words in found if words]


@cache
def options(program: str) -> set[str]:
    done = run_here(SCRIPTS / program, "--help")
    assert done.returncode == 0, program
    return set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", done.stdout))


@EACH_PAGE
def test_commands_name_programs_options_and_targets_that_exist(page):
    for words in commands(page):
        line = " ".join(words)
        if words[0].endswith("python"):
            words = words[1:]
        name = words[0].removeprefix("workflow/scripts/")
        if name == "make":
            named = [word for word in words[1:] if "=" not in word]
            assert set(named) <= TARGETS, line
        elif name == "snakemake":
            check_snakemake(words, line)
        elif name.startswith("benchmarks/") or (SCRIPTS / "prototypes" / name).is_file():
            assert (PROJECT / name).is_file() or (SCRIPTS / "prototypes" / name).is_file(), line
        elif name.endswith(".py"):
            given = {word.partition("=")[0] for word in words[1:] if re.match(r"--?[a-zA-Z]", word)}
            assert given <= options(name), line


def check_snakemake(words: list[str], line: str) -> None:
    """Profiles, ready configs and stages exist; `config/mine.yaml` stands for a config of the reader's own."""
    for word in words[1:]:
        if re.fullmatch(r"(profiles|config)/\S+", word) and "mine" not in word:
            assert (PROJECT / word).exists(), line
    if "--" in words:
        assert set(words[words.index("--") + 1 :]) <= RULES, line


def test_the_site_is_built_without_warnings(tmp_path):
    """`--strict` makes a warning an error: a dead link, a page that no other names, a missing anchor."""
    mkdocs = ["mkdocs", "build", "--strict", "--site-dir", tmp_path]
    done = run(mkdocs, PROJECT, NO_MKDOCS_2_WARNING="1")
    assert done.returncode == 0, done.stdout + done.stderr
    for page in ("index.html", "config/index.html", "docs/choosing.html"):
        text = (tmp_path / page).read_text()
        addresses = re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)=["']?([^"'\s>]+)""", text)
        assert addresses
        assert not [address for address in addresses if re.match(r"(https?:)?//", address)]
