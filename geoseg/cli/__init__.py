"""The command line: choices -> one library call -> files, a table or JSON."""

from geoseg.cli.door import main

__all__ = ["main"]
