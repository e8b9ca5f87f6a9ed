"""The arithmetic of bands: which number of which registry stands at a place in the ledger.

Places below 2^62 are this registry's own numbers as they are. Each other registry has 2^52 places
above that, in the order of the codes. See `app.domain.bands` for why.
"""

from typing import Final

#: The first place that is no own number.
FIRST: Final = 2**62
#: How many places a registry has.
SIZE: Final = 2**52
_LETTERS: Final = 26
_A: Final = ord("A")


def base(origin: str) -> int:
    """Return the place before that of another registry's number 1."""
    high, low = (ord(letter) - _A for letter in origin)
    return FIRST + (high * _LETTERS + low) * SIZE


def origin(place: int) -> str:
    """Return the code of the registry whose number stands at a place; empty for an own one."""
    index = (place - FIRST) // SIZE
    if not 0 <= index < _LETTERS**2:
        return ""
    return "".join(chr(_A + letter) for letter in divmod(index, _LETTERS))


def counted(place: int) -> int:
    """Return the number at a place as its registry counts."""
    return (place - FIRST) % SIZE if origin(place) else place
