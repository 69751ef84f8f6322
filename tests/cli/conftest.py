from tests.pipeline.conftest import reference, stack, zoo

__all__ = ["reference", "stack", "zoo"]
