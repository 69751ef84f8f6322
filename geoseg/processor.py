"""What the processor computes in: whether it has bfloat16, the short numbers of *fast*."""

import os
from pathlib import Path

HIDE = "GEOSEG_BFLOAT16"
"""Environment variable: `off` computes as on a processor without bfloat16."""

CPU_INFO = Path("/proc/cpuinfo")
BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16"}
"""Instructions that multiply bfloat16; without them it is emulated, and slower than float32."""


def has_bfloat16() -> bool:
    """Tell whether the processor computes in bfloat16 and is not told to hide it.

    Asked of Linux alone; elsewhere, and on other processors than x86-64, the answer is False, and
    *fast* computes as *exact* does.
    """
    if os.environ.get(HIDE, "").strip().lower() in {"off", "0", "no", "false"}:
        return False
    try:
        lines = CPU_INFO.read_text(errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not BFLOAT16_FLAGS.isdisjoint(flags.split())
