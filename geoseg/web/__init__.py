"""Tiles, API, uploads, assets and access: everything of the server that is not a page."""
