"""Memory that a training step frees -> kept for the next step, instead of given back each time."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
NEVER_BYTES = (1 << 31) - 1
AHEAD_BYTES = 64 << 20


def keep_freed_memory() -> bool:
    """Tell the C library to keep what is freed; False where it has no such wish (not Linux).

    A step allocates and frees the same hundreds of megabytes. Given back each time, every page is
    faulted in and zeroed anew, which takes longer than many of the sums done on it.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        choose = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    wishes = ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, NEVER_BYTES), (M_TOP_PAD, AHEAD_BYTES))
    taken = [choose(which, value) for which, value in wishes]
    return all(taken)
