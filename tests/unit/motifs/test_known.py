"""Names, families and matrices of known motifs, in the forms of the public collections."""

import numpy as np
import pytest
from Bio import motifs as bio_motifs
from Bio.motifs import transfac

from danq.errors import UserError
from danq.motifs import jaspar
from danq.motifs.known import distribution, from_file, from_jaspar
from danq.motifs.meme import Motif, write_meme
from danq.motifs.names import check_expected, factors_of, is_family, is_of

RELEASES = [f"JASPAR{year}" for year in (2014, 2016, 2018, 2020, 2022, 2024, 2026)]


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("CTCF", "CTCF"),  # JASPAR
        ("FOS::JUN", "FOS JUN"),
        ("FOSL1::JUND(var.2)", "FOSL1 JUND"),
        ("JUND (var.2)", "JUND"),  # 2014
        ("RXR::RAR_DR5", "RXR RAR"),
        ("MZF1_1-4", "MZF1"),
        ("Nkx2-5(var.2)", "Nkx2-5"),
        ("GATA1/2/3", "GATA1 GATA2 GATA3"),
        ("E(spl)mbeta-HLH", "E(spl)mbeta-HLH"),
        ("HMG-I/Y", "HMG-I/Y"),
        ("Su(H)", "Su(H)"),
        ("H2.0", "H2.0"),
        ("myb.Ph3", "myb.Ph3"),
        ("MA0139.1.CTCF", "CTCF"),  # JASPAR's own MEME files
        ("CTCF.H12CORE.0.P.B", "CTCF"),  # HOCOMOCO v12, v13, v11, v10
        ("NKX25.H13INVIVO.1.SM.A", "NKX25"),
        ("CTCF_HUMAN.H11MO.0.A", "CTCF"),
        ("NKX25_MOUSE.H11DI.0.A", "NKX25"),
        ("ANDR_HUMAN.H10MO.A", "ANDR"),
        ("M02274_2.00 (CTCF)_(Homo_sapiens)_(DBD_1.00)", "CTCF"),  # CIS-BP
        ("(CTCF)_(Homo_sapiens)_(DBD_1.00)", "CTCF"),
        ("(E(spl)m3-HLH)_(Drosophila_melanogaster)_(DBD_0.97)", "E(spl)m3-HLH"),
        ("M08126_2.00 Gata4", "Gata4"),
        ("M08841_2.00 (CEBPA, CEBPB)", "CEBPA CEBPB"),
        ("CTCF(Zf)/CD4+-CTCF-ChIP-Seq(Barski_et_al.)/Homer", "CTCF"),  # HOMER
        ("AP-1(bZIP)/ThioMac-PU.1-ChIP-Seq(GSE21512)/Homer", "AP-1"),
        ("GATA(Zf),IR4/iTreg-Gata3-ChIP-Seq(GSE20898)/Homer", "GATA"),
        ("FOXA1:AR(Forkhead,NR)/LNCAP-AR-ChIP-Seq(GSE27824)/Homer", "FOXA1 AR"),
        ("AR-halfsite(NR)/LNCaP-AR-ChIP-Seq(GSE27824)/Homer", "AR"),
        ("PU.1(ETS)/ThioMac-PU.1-ChIP-Seq(GSE21512)/Homer", "PU.1"),
        ("CTCF_full", "CTCF"),  # Jolma 2013
        ("Alx1_DBD_2", "Alx1"),
        ("HOXA13_full_3", "HOXA13"),
    ],
)
def test_the_factors_of_a_name_in_each_collection(name, factors):
    assert factors_of(name) == tuple(factors.split())
    assert all(is_of(name, factor.lower()) for factor in factors.split())
    assert is_of(name, name)
    assert not is_of(name, "OTHER")


def test_a_name_that_begins_alike_is_another_factor():
    assert not is_of("JUNB", "JUN")
    assert not is_of("CTCFL", "CTCF")
    assert not is_of("CTCFL_HUMAN.H11MO.0.A", "CTCF")
    assert not is_of("SREBF1(var.2)", "SREBF")


@pytest.mark.parametrize("release", RELEASES)
def test_families_of_zinc_fingers_are_no_families_in_any_release(release):
    families = {one.name: one.family for one in from_jaspar(release, ["vertebrates"])}
    for name in ("CTCF", "REST"):
        assert not is_family(families[name]), families[name]
    kept = {family for family in families.values() if is_family(family)}
    for family in kept:
        assert "adjacent" not in family
        assert "dispersed" not in family
        assert "BetaBeta" not in family
        assert family == " ".join(family.split())
        assert "ü" not in family
    assert len(kept) > 25 or release == "JASPAR2014"
    assert is_family(families["CREB1"])
    assert is_family(families["GATA2"]) or release == "JASPAR2014"


def test_families_with_one_mixed_part_are_mixed():
    assert not is_family("")
    assert not is_family("-")
    assert not is_family("More than 3 adjacent zinc fingers::More than 3 adjacent zinc fingers")
    assert not is_family("SMAD factors, Factors with multiple dispersed zinc fingers")
    assert is_family("Three-zinc finger Kruppel-related factors")
    assert is_family("Jun-related factors, Fos-related factors")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("taxa", [["vertebrates"], ["fungi", "insects"]])
def test_names_read_from_the_database_are_those_of_the_matrices(release, taxa):
    assert sorted(jaspar.core_names(release, taxa)) == sorted(one.name for one in jaspar.core_motifs(release, taxa))


def test_an_unknown_release_names_the_known_ones():
    with pytest.raises(UserError, match="no JASPAR release 'JASPAR2023'; there are JASPAR2014"):
        jaspar.core_names("JASPAR2023", ["fungi"])


def test_an_expected_factor_without_a_matrix_is_an_error_with_the_nearest_name():
    names = ["CTCF", "FOS::JUN", "ZN143.H12CORE.0.P.B", "Nkx2-5"]
    check_expected(["ctcf", "Jun", "NKX2-5", "FOS::JUN"], names, "X")
    for factor, hint in [("CTFC", "CTCF"), ("NKX25", "Nkx2-5"), ("ZNF143", "ZN143")]:
        with pytest.raises(UserError, match=f"^{factor}: not among the 4 known motifs of X; did you mean {hint}\\?"):
            check_expected([factor], names, "X")
    with pytest.raises(UserError, match="QQQQ: .*check the spelling"):
        check_expected(["QQQQ"], names, "X")


# Files


@pytest.fixture(scope="module")
def some():
    return jaspar.core_motifs("JASPAR2024", ["fungi"])[:12]


@pytest.mark.parametrize("form", ["jaspar", "pfm", "transfac", "homer", "meme"])
def test_motifs_survive_each_format(some, form, tmp_path):
    """Files as Biopython writes them (JASPAR, TRANSFAC), and as HOMER and MEME do."""
    path = tmp_path / "known.txt"
    counts = [jaspar.counts(one) for one in some]
    shares = [values / values.sum(axis=1, keepdims=True) for values in counts]
    if form == "jaspar":
        path.write_text(bio_motifs.write(some, "jaspar"))
    elif form == "transfac":
        path.write_text("\n".join(bio_motifs.write([_with_facts(one)], "transfac") for one in some))
    elif form == "pfm":
        rows = ["\n".join(" ".join(map(str, row)) for row in values.T) for values in counts]
        path.write_text("\n".join(f">{one.matrix_id} {one.name}\n{row}" for one, row in zip(some, rows, strict=True)))
    elif form == "homer":
        rows = ["\n".join("\t".join(f"{p:.4f}" for p in row) for row in values) for values in shares]
        heads = [f">ACGT\t{one.name}(Zf)/X-ChIP-Seq(GSE1)/Homer\t6.5\t-20" for one in some]
        path.write_text("\n".join(f"{head}\n{row}" for head, row in zip(heads, rows, strict=True)))
    else:
        write_meme(
            path,
            [Motif(o.matrix_id, p, 0) for o, p in zip(some, shares, strict=True)],
            {o.matrix_id: o.name for o in some},
        )
    found = from_file(path)
    assert len(found) == len(some)
    for one, motif, values in zip(found, some, shares, strict=True):
        assert is_of(one.name, motif.name)
        np.testing.assert_allclose(one.motif.probabilities, values, atol=0.002)
        assert one.motif.probabilities.sum(axis=1) == pytest.approx(1)
        if form in ("homer", "meme"):
            assert one.motif.sites == 0
        else:
            assert one.motif.name == motif.matrix_id
            assert one.motif.sites == pytest.approx(jaspar.counts(motif).sum(axis=1).max(), abs=1)


def _with_facts(one):
    made = transfac.Motif(alphabet="ACGT", counts=one.counts)
    made["AC"], made["ID"], made["NA"] = one.matrix_id, one.name, one.name
    return made


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            ">M1 A\n0.5 0.5 -1 0\n0.5 0.5 0 0\n0 0 1 1\n0 0 1 0\n0 0 1 0",
            "the matrix of M1 holds negative values, as log-odds do",
        ),
        (">X\tM2\t5\n0.5\t0.5\t0\t0\n0.5\t0.2\t0\t0", "the matrix of M2 sums to 0.7 at position 2, not 1"),
        (">X\tM2\t5\n0.5\t0.5\t0\n0.5\t0.2\t0", r"the matrix of M2 has the shape \(2, 3\), not four columns"),
        (">X\tM2\t5\n0.5\t0.5\t0\t0\n0\t0\t0\t0", "the matrix of M2 has only zeros at position 2"),
        (">X\tM2\t5\n0.5\t0.5\t0\t0\n1\t0\t0", "the rows of the matrix of M2 differ in length"),
        (">X\tM2\t5\n0.5\t0.5\t0\tnan", "the matrix of M2 holds a value that is not a number"),
        (">M3\nA [1 2]\nC [1 2]\nG [1 2]\nU [1 2]", "the matrix of M3 has the rows ACGU"),
        (">M3\nA [1 2]\nC [1 2]\nG [1 x]\nT [1 2]", "the matrix of M3 cannot be read"),
        (">M3\n1 2 3 4\n2 3 4 5\n3 4 5 6\n4 5 6 7", "the rows of M3 may be bases or positions"),
        (">seq1\nACGTACGTAC\n", "the matrix of seq1 cannot be read"),
        (">M4", "the matrix of M4 cannot be read"),
        ("AC M5\nP0 A C G T\n01 1 2 3\n//", "M5 does not have the four columns"),
        ("chr1\t10\t20\n", "not a file of motifs in MEME, JASPAR, HOMER or TRANSFAC format"),
        ("", "not a file of motifs"),
        ("MEME version 4\n", "there is no motif in this file"),
        (
            "MEME version 4\nMOTIF M6\nletter-probability matrix: w= 1\n.5 .5 .5 -.5\n",
            "the matrix of M6 holds negative",
        ),
    ],
)
def test_what_is_not_a_motif_is_refused_by_file_and_name(text, words, tmp_path):
    path = tmp_path / "known.txt"
    path.write_text(text)
    with pytest.raises(UserError, match=f"^{path}.*{words}") as raised:
        from_file(path)
    assert "\n" not in str(raised.value)


def test_matrices_without_letters_are_read_by_their_shape(tmp_path):
    """HOCOMOCO has a row for each position, JASPAR one for each base; of four by four, the totals decide."""
    rows = np.array([[8, 1, 1, 0], [0, 9, 1, 0], [2, 2, 3, 3], [10, 0, 0, 0]])
    for values, written in [(rows, rows), (rows, rows.T), (rows[:3], rows[:3]), (rows[:3], rows[:3].T)]:
        (tmp_path / "m").write_text(">M1\n" + "\n".join(" ".join(map(str, row)) for row in written))
        (one,) = from_file(tmp_path / "m")
        np.testing.assert_allclose(one.motif.probabilities, values / 10)
        assert (one.name, one.motif.name, one.motif.sites) == ("M1", "M1", 10)


def test_columns_of_transfac_are_those_of_its_heading(tmp_path):
    (tmp_path / "m").write_text(
        "VV x\n//\nAC M1\nNA F\nP0\tT\tG\tC\tA\n01 7 1 2 0 T\nXX\n//\nID only\nPO A C G T\n1 1 0 0 0\n//\n"
    )
    first, second = from_file(tmp_path / "m")
    assert (first.motif.name, first.name, second.motif.name) == ("M1", "F", "only")
    np.testing.assert_allclose(first.motif.probabilities, [[0, 0.2, 0.1, 0.7]])


def test_an_id_that_occurs_again_gets_a_number(tmp_path, caplog):
    (tmp_path / "m").write_text(">A\tM 1\t5\n1\t0\t0\t0\n>A\tM 1\t5\n0\t1\t0\t0\n")
    assert [one.motif.name for one in from_file(tmp_path / "m")] == ["M_1", "M_1-2"]
    assert "1 motifs have the id of an earlier one" in caplog.text


def test_counts_become_probabilities():
    assert distribution("f", "m", np.array([[2.0, 2, 0, 0]])).tolist() == [[0.5, 0.5, 0, 0]]
    assert distribution("f", "m", np.array([[0.333, 0.333, 0.333, 0]])).sum() == pytest.approx(1)


def test_every_matrix_of_jaspar_is_a_distribution():
    for one in from_jaspar("JASPAR2014", ["fungi"]) + from_jaspar("JASPAR2026", ["insects"]):
        np.testing.assert_allclose(one.motif.probabilities.sum(axis=1), 1)
        assert one.motif.sites != 1  # a matrix of shares states no number of sites
