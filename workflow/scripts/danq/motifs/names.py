"""Names of known motifs: which factors a matrix belongs to, in the spellings of the common collections."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from ..errors import UserError

# Each pattern finds the factors in a name of one collection: CTCF in each of these.
FORMS = (
    re.compile(
        r"(?P<factors>.+?)(_(HUMAN|MOUSE))?\.H\d+[A-Z]+\..+"
    ),  # HOCOMOCO: CTCF.H12CORE.0.P.B, CTCF_HUMAN.H11MO.0.A
    re.compile(
        r"(M\w+_\d+\.\d+\s+)?\((?P<factors>.+?)\)(_\(.+)?"
    ),  # CIS-BP: M02274_2.00 (CTCF)_(Homo_sapiens)_(DBD_1.00)
    re.compile(r"M\w+_\d+\.\d+\s+(?P<factors>.+)"),  # CIS-BP, measured directly: M02274_2.00 CTCF
    re.compile(r"(?P<factors>[^/(]+)\([^/]*\)[^/]*/.+"),  # HOMER: CTCF(Zf)/CD4+-CTCF-ChIP-Seq(Barski_et_al.)/Homer
    re.compile(r"(?P<factors>[\w-]+?)_(full|DBD)(_\d+)?"),  # Jolma 2013: CTCF_full, Alx1_DBD_2
    re.compile(r"MA\d+\.\d+[._\s]+(?P<factors>.+)"),  # JASPAR's MEME files: MA0139.1.CTCF
)
# Endings that tell several matrices of one factor apart: JUN(var.2), RORA_1, RXR::RAR_DR5; HOMER's AR-halfsite.
VARIANT = re.compile(
    r"(\s*\(var\.\d+\)|_\d(-\d+)?|_[DI]R\d|-(halfsite|distal|fusion|long|shortForm|SatelliteElement))$"
)
NUMBERS = re.compile(r"([A-Za-z]+)(\d+)((?:/\d+)+)")  # GATA1/2/3 stands for GATA1, GATA2 and GATA3
# Families of JASPAR whose members bind different sequences: zinc fingers by number, and what is left over.
MIXED = re.compile(
    r".*\b(adjacent|dispersed) zinc fingers?( factors)?|BetaBetaAlpha-zinc finger|C2H2( zinc finger factors)?|Other|-",
    re.I,
)


def factors_of(name: str) -> tuple[str, ...]:
    """The factors that a matrix belongs to: ("FOS", "JUN") for FOS::JUN; ("CTCF",) for CTCF_HUMAN.H11MO.0.A.

    It knows the names of JASPAR, HOCOMOCO v10-v13, CIS-BP, HOMER and Jolma 2013; any other name is that of a factor.
    """
    name = name.strip()
    found = next((match["factors"] for form in FORMS if (match := form.fullmatch(name))), name)
    parts = [part.strip() for part in re.split(r"::?|,\s*", found)]
    plain = [VARIANT.sub("", part) or part for part in parts]
    return tuple(dict.fromkeys(factor for part in plain if part for factor in _numbered(part)))


def _numbered(part: str) -> list[str]:
    match = NUMBERS.fullmatch(part)
    return [match[1] + number for number in [match[2], *match[3][1:].split("/")]] if match else [part]


def is_of(name: str, factor: str) -> bool:
    """Whether a matrix of this name belongs to a factor; the whole name counts as one, too. Case is ignored."""
    return factor.strip().upper() in {known.upper() for known in (name.strip(), *factors_of(name))}


def is_family(family: str) -> bool:
    """Whether the factors of a JASPAR family have similar motifs; those with more than three zinc fingers do not.

    family : several ones, such as those of a dimer, are separated by commas or "::"
    """
    parts = [part.strip() for part in re.split(r", |::", family)]
    return all(parts) and not any(MIXED.fullmatch(part) for part in parts)


def check_expected(expected: Sequence[str], names: Iterable[str], of: str) -> None:
    """Raise a UserError for the first expected factor that no matrix belongs to.

    names : of all known motifs
    of : where they are from, such as "JASPAR2024 (vertebrates)"
    """
    names = list(names)
    factors = {factor.upper(): factor for name in names for factor in (name, *factors_of(name))}
    for factor in expected:
        if factor.strip().upper() not in factors:
            near = _nearest(factor.strip().upper(), factors)
            hint = f"did you mean {factors[near]}?" if near else "check the spelling and the collection"
            raise UserError(f"{factor}: not among the {len(names)} known motifs of {of}; {hint}")


def _nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`, if any is; one with the same letters in another order comes first."""
    near = difflib.get_close_matches(word, known, 10)
    return next((one for one in near if sorted(one) == sorted(word)), near[0] if near else None)


def collection(path: str | None, release: str, taxa: Sequence[str]) -> str:
    """What messages call the known motifs: the file, or such as "JASPAR2024 (vertebrates)"."""
    return str(path) if path else f"{release} ({', '.join(taxa)})"
