"""Makes the demo area and its run: `python -m geoseg.web.make_demo`.

In a process of its own, so that the first page does not wait while a valley is simulated.
"""

import sys

from geoseg.errors import GeosegError


def main() -> int:
    """Make what is missing; a fault is told and tried again at the next start."""
    from geoseg.jobs.demo import ensure_demo_run

    try:
        ensure_demo_run()
    except GeosegError as error:
        print(f"the demo area is not ready: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
