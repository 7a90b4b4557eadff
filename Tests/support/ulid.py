"""ULIDs as clients make them; seeded where a test is."""
import random
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_last = 0


def ulid(source: random.Random | None = None) -> str:
    """A new id, above all that this process made before."""
    global _last
    low = (source or random).getrandbits(80)
    _last = max(_last + 1, int(time.time() * 1000))
    value = _last << 80 | low
    return "".join(ALPHABET[value >> 5 * place & 31] for place in range(25, -1, -1))
