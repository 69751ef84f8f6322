"""Simulated demo area -> landslide map in a folder: python examples/map_demo_area.py OUT."""

import sys
from pathlib import Path

from geoseg.pipeline import RunRequest, run
from geoseg.settings import RunSettings
from geoseg.simulate import demo_area

out = Path(sys.argv[1])
bands, reference = demo_area(out)
settings = RunSettings(task="landslides", setting="s1s2", ensemble_size=4)
request = RunRequest(rasters=(bands,), settings=settings, reference=reference, simulated=True)
record = run(request, out / "map")
print(f"{len(record['members'])} networks; the map is {out / 'map' / 'classes.tif'}")
