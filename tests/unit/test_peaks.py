import gzip

import numpy as np
import pytest

from danq.errors import UserError
from danq.peaks import read_peaks

CONTIGS = {"chr1": 1000, "chr2": 500}


def write(folder, text, name="a.bed"):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.bed", "a.bed.gz"])
@pytest.mark.parametrize("separator", ["\t", " "])
@pytest.mark.parametrize("header", ["", "#contig\tstart\n", "browser position chr1\ntrack name=x\n"])
def test_reads_bed_in_all_its_forms(tmp_path, name, separator, header):
    lines = [("chr2", "5", "20"), ("chr1", "0", "1000")]
    path = write(tmp_path, header + "".join(separator.join(line) + "\n" for line in lines), name)
    peaks = read_peaks(path, CONTIGS)
    assert peaks.contig.tolist() == [1, 0]
    assert peaks.start.tolist() == [5, 0]
    assert peaks.end.tolist() == [20, 1000]


def test_comments_and_blank_lines_between_peaks_are_passed_over(tmp_path):
    path = write(tmp_path, "chr1\t1\t2\n\n# more\ntrack name=b\nchr1\t3\t4\n")
    assert read_peaks(path, CONTIGS).start.tolist() == [1, 3]


def test_a_last_line_without_newline_and_windows_line_ends_are_read(tmp_path):
    assert len(read_peaks(write(tmp_path, "chr1\t1\t2\nchr1\t3\t4"), CONTIGS)) == 2
    assert read_peaks(write(tmp_path, "chr1\t1\t2\r\nchr1\t3\t4\r\n"), CONTIGS).end.tolist() == [2, 4]


def test_signal_threshold_reads_column_7(tmp_path):
    rows = [("chr1", 0, 50, 1.5), ("chr1", 100, 150, 3.0), ("chr2", 0, 50, 2.0)]
    text = "".join(f"{contig}\t{start}\t{end}\t.\t0\t.\t{signal}\t-1\t-1\t25\n" for contig, start, end, signal in rows)
    peaks = read_peaks(write(tmp_path, text), CONTIGS, min_signal=2.0)
    assert peaks.start.tolist() == [100, 0]
    with pytest.raises(UserError, match="no peak reaches"):
        read_peaks(write(tmp_path, text), CONTIGS, min_signal=9)
    with pytest.raises(UserError, match="line 1.*column 7"):
        read_peaks(write(tmp_path, "chr1\t0\t5\n"), CONTIGS, min_signal=1)


def test_peaks_on_contigs_that_the_genome_lacks_are_counted(tmp_path):
    peaks = read_peaks(write(tmp_path, "chr1\t0\t5\nchrUn\t0\t5\nchrUn\t7\t9\n"), CONTIGS)
    assert len(peaks) == 1
    assert peaks.skipped == {"chrUn": 2}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("chr1\t5\n", "line 1.*contig, start and end"),
        ("chr1\t1\t2\nchr1\tx\t9\n", "line 2.*whole numbers"),
        ("chr1\t1\t2\nchr1\t9\t9\n", "line 2.*not below the end"),
        ("chr1\t-1\t9\n", "line 1.*negative"),
        ("chr1\t1\t2\nchr2\t1\t501\n", "line 2.*beyond the end of chr2"),
        ("", "holds no peak"),
        ("# nothing\n", "holds no peak"),
        ("1\t1\t2\n", "'1' is called 'chr1'"),
        ("chrX\t1\t2\n", "none of its contigs"),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_line(tmp_path, text, says):
    with pytest.raises(UserError, match=says):
        read_peaks(write(tmp_path, text), CONTIGS)


def test_a_truncated_gzip_is_named(tmp_path):
    rows = np.random.default_rng(0).integers(0, 400, 2000)
    path = write(tmp_path, "".join(f"chr1\t{row}\t{row + 9}\n" for row in rows), "a.bed.gz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UserError, match="a.bed.gz.*truncated"):
        read_peaks(path, CONTIGS)
