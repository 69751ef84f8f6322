"""Names of bands -> the kind of evidence each is: radar, optical, terrain."""

import re
from collections.abc import Sequence

KINDS: dict[str, str] = {
    "Radar": r"(pre|post|d)?V[VH]([_ ].*)?|layover|shadow|liaDeg|sigma.*|gamma.*|coherence.*",
    "Terrain": r"elevation|dem|slope.*|aspect.*|tpi.*|tri.*|roughness.*|relief.*|relative_relief.*|"
    r"curvature.*|plan_.*|profile_.*|valley.*|hillshade.*|northness|eastness",
    "Climate": r"KG_climate|climate.*|rain.*|precipitation.*",
    "Optical": r"B\d+[A-Z]?|R|G|B|NIR|red|green|blue|nir|swir\d?|[dp]?(pre|post)?[A-Z]*ND[A-Z]+(_.*)?|"
    r"NBR|EVI\d?|SAVI|GRVI|RERVI|PSRI|CRI\d?|PSSR|REDGREEN|.*(landcover|tree_height|canopy).*|CHM",
}
"""Kind -> what the names of its bands look like; the first that fits counts."""
OTHER = "Other"


def evidence_of(band: str) -> str:
    """Return the kind of evidence a band is, `OTHER` where its name does not tell."""
    for kind, names in KINDS.items():
        if re.fullmatch(names, band, re.IGNORECASE):
            return kind
    return OTHER


def evidence_groups(bands: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the bands by kind of evidence, kinds of a single band left out.

    Empty where all bands are of one kind: hiding everything tells nothing.
    """
    groups: dict[str, tuple[str, ...]] = {}
    for band in bands:
        kind = evidence_of(band)
        groups[kind] = (*groups.get(kind, ()), band)
    if len(groups) == 1:
        return {}
    return {kind: names for kind, names in groups.items() if len(names) > 1 and kind != OTHER}
