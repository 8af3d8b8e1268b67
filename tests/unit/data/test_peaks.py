import gzip

import numpy as np
import pytest

from danq.data.peaks import read_peaks
from danq.errors import UserError

CONTIGS = {"chr1": 1000, "chr2": 500}


def write(folder, text, name="a.bed"):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.bed", "a.bed.gz"])
@pytest.mark.parametrize("separator", ["\t", " "])
@pytest.mark.parametrize("header", ["", "#contig\tstart\n", "browser position chr1\ntrack name=x\n"])
def test_bed_files_are_read_with_any_separator_header_and_compression(tmp_path, name, separator, header):
    lines = [("chr2", "5", "20"), ("chr1", "0", "1000")]
    path = write(tmp_path, header + "".join(separator.join(line) + "\n" for line in lines), name)
    peaks = read_peaks(path, CONTIGS)
    assert peaks.contig.tolist() == [1, 0]
    assert peaks.start.tolist() == [5, 0]
    assert peaks.end.tolist() == [20, 1000]


def test_comments_and_blank_lines_between_peaks_are_ignored(tmp_path):
    path = write(tmp_path, "chr1\t1\t2\n\n# more\ntrack name=b\nchr1\t3\t4\n")
    assert read_peaks(path, CONTIGS).start.tolist() == [1, 3]


def test_a_last_line_without_newline_and_windows_line_endings_are_read(tmp_path):
    assert len(read_peaks(write(tmp_path, "chr1\t1\t2\nchr1\t3\t4"), CONTIGS)) == 2
    assert read_peaks(write(tmp_path, "chr1\t1\t2\r\nchr1\t3\t4\r\n"), CONTIGS).end.tolist() == [2, 4]


def test_the_signal_threshold_applies_to_column_7(tmp_path):
    rows = [("chr1", 0, 50, 1.5), ("chr1", 100, 150, 3.0), ("chr2", 0, 50, 2.0)]
    text = "".join(f"{contig}\t{start}\t{end}\t.\t0\t.\t{signal}\t-1\t-1\t25\n" for contig, start, end, signal in rows)
    peaks = read_peaks(write(tmp_path, text), CONTIGS, min_signal=2.0)
    assert peaks.start.tolist() == [100, 0]
    with pytest.raises(UserError, match="no peak reaches"):
        read_peaks(write(tmp_path, text), CONTIGS, min_signal=9)


BED9 = "chr1\t0\t50\t.\t0\t.\t10\t40\t255,0,0"
BROAD = "chr1\t0\t50\t.\t0\t.\t3.5\t2.1\t1.7"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("chr1\t0\t5", "BED3"),
        ("chr1\t0\t5\tx\t9\t+", "BED6"),
        (BED9, "BED9"),
        ("chr1\t0\t50\t.\t0\t.\t10\t40\t0", "BED9"),
        (BED9 + "\t1\t50,\t0,", "BED12"),
    ],
)
def test_a_format_without_signal_has_no_threshold(tmp_path, line, kind):
    path = write(tmp_path, f"track name=x\n{line}\n")
    assert len(read_peaks(path, CONTIGS)) == 1
    with pytest.raises(UserError, match=f"min_signal needs a signal, .*; this file is {kind}: give peaks"):
        read_peaks(path, CONTIGS, min_signal=1)


@pytest.mark.parametrize("name", ["a.bed", "a.broadPeak"])
def test_the_threshold_applies_to_broad_peaks(tmp_path, name):
    path = write(tmp_path, f"{BROAD}\n{BROAD.replace('3.5', '1.5')}\n", name)
    assert len(read_peaks(path, CONTIGS, min_signal=2)) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("chr1\t1\t5\n".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        (b"PK\x03\x04rest", "a zip archive or a spreadsheet"),
        (b"\xeb\xf2\x89\x87rest", "the bigBed file is truncated or damaged"),
        (b"\x26\xfc\x8f\x88rest", "a bigWig file"),
        (gzip.compress(b"BAM\x01rest"), "a BAM file of reads"),
        (b"chr1\t1\t5\n\0\0\0", "binary data"),
        (b"# MACS\nchr\tstart\tend\tlength\n", "line 2: the table has no column fold_enrichment"),
    ],
)
def test_files_of_another_kind_are_named(tmp_path, data, words):
    path = tmp_path / "peaks.bed"
    path.write_bytes(data)
    with pytest.raises(UserError, match=words):
        read_peaks(path, CONTIGS)


def test_a_byte_order_mark_before_a_track_line_and_line_ends_of_old_macs(tmp_path):
    assert read_peaks(write(tmp_path, "\ufefftrack name=x\nchr1\t1\t5\n"), CONTIGS).start.tolist() == [1]
    assert read_peaks(write(tmp_path, "\ufeffchr1\t1\t5\n"), CONTIGS).contig.tolist() == [0]
    assert read_peaks(write(tmp_path, "track name=x\rchr1\t1\t5\rchr2\t2\t9\r"), CONTIGS).end.tolist() == [5, 9]


def test_whole_decimals_are_read(tmp_path):
    assert read_peaks(write(tmp_path, "chr1\t1.\t5.0\nchr2\t2\t9\n"), CONTIGS).end.tolist() == [5, 9]
    assert read_peaks(write(tmp_path, "chr1\t1.\t5.0\n\nchr2 2 9\n"), CONTIGS).end.tolist() == [5, 9]


def test_white_space_around_contig_names_is_ignored(tmp_path):
    peaks = read_peaks(write(tmp_path, "chr1 \t1\t5\nchr1\t2\t6\n chr2\t3\t7\n"), CONTIGS)
    assert peaks.contig.tolist() == [0, 0, 1]
    assert peaks.skipped == {}


def test_peaks_beyond_the_end_are_cut_and_counted(tmp_path):
    rows = [f"chr1\t{i}\t{i + 5}\n" for i in range(198)]
    path = write(tmp_path, "".join(rows) + "chr2\t480\t530\nchr2\t500\t520\n")
    peaks = read_peaks(path, CONTIGS)
    assert (peaks.clipped, peaks.outside, len(peaks), peaks.total) == (1, 1, 199, 200)
    assert peaks.end.max() == 500
    path.write_text(path.read_text() + "chr2\t490\t501\n")
    with pytest.raises(UserError, match=r"line 199: the peak ends at 530, .* chr2 \(500 bp\), and so do 2 more of 201"):
        read_peaks(path, CONTIGS)
    far = write(tmp_path, "".join(rows) + "chr2\t480\t10501\n")
    with pytest.raises(UserError, match="line 199: the peak ends at 10,501, beyond the end of chr2"):
        read_peaks(far, CONTIGS)


def test_peaks_on_unknown_contigs_are_skipped_and_counted(tmp_path):
    peaks = read_peaks(write(tmp_path, "chr1\t0\t5\nchrUn\t0\t5\nchrUn\t7\t9\n"), CONTIGS)
    assert len(peaks) == 1
    assert peaks.skipped == {"chrUn": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chr1\t5\n", "line 1.*contig, start and end"),
        ("chr1\t1\t2\nchr1\tx\t9\n", "line 2.*whole numbers"),
        ("chr1\t1\t2\nchr1\t9\t9\n", "line 2.*not below the end"),
        ("chr1\t-1\t9\n", "line 1.*negative"),
        ("chr1\t1\t2\nchr2\t1\t501\nchr2\t1\t502\n", "line 2.*beyond the end of chr2"),
        ("chr1\t1\t2\nchr1\t1.5\t9\n", "line 2.*whole numbers of bp, not '1.5' and '9'"),
        ("chr1\t1\tnan\n", "line 1.*whole numbers"),
        ("chr1\t1\tinf\n", "line 1.*whole numbers"),
        ("chr1\t1\t99999999999999999999\n", "line 1.*whole numbers"),
        ("chr1\t1\t9223372036854775807\n", "line 1.*(whole numbers|beyond the end)"),
        ("chr1\t-99999999999999999999\t9\n", "line 1.*whole numbers"),
        ("chrX\t1\t99999999999999999999\nchr1\t1\t2\n", "line 1.*whole numbers"),
        ("", "holds no peak"),
        ("# nothing\n", "holds no peak"),
        ("chrX\t1\t2\n", "none of its contigs"),
    ],
)
def test_an_error_in_the_file_names_its_line(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        read_peaks(write(tmp_path, text), CONTIGS)


def test_a_truncated_gzip_file_is_an_error(tmp_path):
    rows = np.random.default_rng(0).integers(0, 400, 2000)
    path = write(tmp_path, "".join(f"chr1\t{row}\t{row + 9}\n" for row in rows), "a.bed.gz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UserError, match="a.bed.gz.*truncated"):
        read_peaks(path, CONTIGS)
