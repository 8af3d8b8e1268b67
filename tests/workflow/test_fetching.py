"""The workflow downloads a genome and peaks that are given as URLs, from a server on the loopback address."""

import functools
import gzip
import hashlib
import http.server
import threading

import pytest
import yaml
from project import copy_project, jobs, snakemake
from toys import config, write_config, write_dataset


class Quiet(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path):
    """A project whose config gives all files as URLs, the genome as plain gzip; the dataset is on the server only."""
    dataset = write_dataset(tmp_path / "served")
    genome = dataset.folder / "genome.fa.gz"
    genome.write_bytes(gzip.compress(dataset.genome.read_bytes(), mtime=0))
    handler = functools.partial(Quiet, directory=dataset.folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        project = copy_project(tmp_path / "project")
        rows = ["name\tassay\tpeaks\tsha256"]
        for name, path in dataset.peaks.items():
            checksum = hashlib.sha256(path.read_bytes()).hexdigest() if name == "CTCF" else ""
            rows.append(f"{name}\tTF\t{address}/{path.relative_to(dataset.folder)}\t{checksum}")
        (project / "config/sheet.tsv").write_text("\n".join(rows) + "\n")
        settings = config(".") | {"targets": "config/sheet.tsv"}
        checksum = hashlib.sha256(genome.read_bytes()).hexdigest()
        settings["genome"] = {"fasta": f"{address}/genome.fa.gz", "sha256": checksum}
        write_config(project / "config/served.yaml", settings)
        yield project, server
        server.shutdown()


def prepare(project, *words):
    return snakemake(project, "--cores", "2", "--configfile", "config/served.yaml", *words, "--", "windows")


def test_files_are_downloaded_once(served):
    project, server = served
    first = prepare(project)
    assert first.returncode == 0, first.stderr
    assert sorted(server.asked) == sorted(
        ["/genome.fa.gz"] + [f"/peaks/{n}.narrowPeak.gz" for n in ("CTCF", "REST", "DNase", "H3K4me3")]
    )
    again = prepare(project)
    assert "Nothing to be done" in again.stdout + again.stderr
    assert len(server.asked) == 5
    assert jobs(prepare(project, "-n").stdout) == {}


def test_a_wrong_checksum_stops_the_run_with_one_sentence(served):
    project, _ = served
    path = project / "config/served.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["genome"]["sha256"] = "0" * 64
    write_config(path, settings)
    result = prepare(project, "--show-failed-logs")
    assert result.returncode != 0
    assert "error: http://127.0.0.1" in result.stderr
    assert "the SHA-256 is" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list((project / "resources").rglob("*genome.fa*"))
