"""A run request -> a folder of products; progress and cancel by callback."""

from geoseg.pipeline.products import Product, list_products
from geoseg.pipeline.request import RunRequest

__all__ = ["Product", "RunRequest", "list_products"]
