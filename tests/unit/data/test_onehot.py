import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from danq.data import onehot
from danq.data.genome import NIBBLE

dna = st.text("ACGTNacgt", min_size=1, max_size=60)
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def encode(text):
    """One-hot (L, 4), encoded letter by letter."""
    return np.array([[letter == base for base in "ACGT"] for letter in text.upper()], np.uint8)


@given(dna)
def test_packing_equals_numpy_packbits_and_is_reversible(text):
    tensor = encode(text)[None]
    packed = onehot.pack(tensor)
    assert packed.shape == (1, onehot.packed_width(len(text)))
    assert (packed[0] == np.packbits(tensor[0].ravel())).all()
    assert (onehot.unpack(packed, len(text)) == tensor).all()
    assert onehot.text(packed, len(text)) == [text.upper()]


@given(dna)
def test_reverse_complement_gives_the_other_strand(text):
    packed = onehot.reverse_complement(onehot.pack(encode(text)[None]), len(text))
    assert onehot.text(packed, len(text)) == [text.upper()[::-1].translate(COMPLEMENT)]
    assert (packed == onehot.pack(encode(text)[None][:, ::-1, ::-1])).all()


@given(dna, st.integers(1, 25), st.data())
def test_cut_windows_have_the_letters_of_the_contig(text, length, data):
    starts = np.array(data.draw(st.lists(st.integers(-length, len(text)), min_size=1, max_size=5)))
    packed = onehot.Cutter(NIBBLE[np.frombuffer(text.encode(), np.uint8)], length)(starts)
    padded = "N" * length + text.upper() + "N" * (2 * length)
    expected = [padded[start + length : start + 2 * length] for start in starts]
    assert onehot.text(packed, length) == expected
    assert (packed == onehot.pack(np.stack([encode(window) for window in expected]))).all()
