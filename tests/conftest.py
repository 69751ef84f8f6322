"""Scenes with known truth, made in memory, and the folder of real rasters where it exists."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real rasters beside a developer's checkout; a user's clone has none."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real rasters are not beside this checkout")
    return folder
