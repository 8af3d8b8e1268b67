"""Text files are UTF-8 in every locale. Ruff's PLW1514 finds what it can infer; this finds the rest."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest
from project import SCRIPTS


def without_encoding(tree: ast.Module) -> list[int]:
    """The lines of calls that open text without an encoding."""
    lines = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == "open":
            modes = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
            opens_text = len(modes) == len(call.args) and not any("b" in mode for mode in modes)
        else:
            opens_text = name == "write_text" or (name == "read_text" and not call.args)
        if opens_text and "encoding" not in {keyword.arg for keyword in call.keywords}:
            lines.append(call.lineno)
    return lines


@pytest.mark.parametrize(("code", "lines"), [("p.open()", [1]), ("p.open('rb')", []), ("\np.read_text()", [2])])
def test_the_check_finds_text_without_encoding(code, lines):
    assert without_encoding(ast.parse(code)) == lines


def test_every_text_file_is_opened_with_its_encoding():
    found = {
        str(path.relative_to(SCRIPTS)): lines
        for path in SCRIPTS.rglob("*.py")
        if (lines := without_encoding(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert not found


def test_the_code_is_read_in_an_ascii_locale():
    code = "from flow import code, config, repeated; print(code.fingerprint('report'))"
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(SCRIPTS)}
    prints = [
        subprocess.run([sys.executable, "-c", code], env=os.environ | more, capture_output=True, text=True, check=True)
        for more in (plain, {"PYTHONPATH": str(SCRIPTS)})
    ]
    assert prints[0].stdout == prints[1].stdout
