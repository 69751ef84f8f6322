"""Labelled scenes -> trained members (torch)."""
