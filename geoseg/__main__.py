"""`python -m geoseg` is the command `geoseg`."""

import sys

from geoseg.cli import main

sys.exit(main())
