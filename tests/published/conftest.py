"""Nothing of the user's cache is touched, and one thread is enough."""

import pytest
import torch


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GEOSEG_THREADS", "1")
    torch.set_num_threads(1)
    return tmp_path / "cache"
