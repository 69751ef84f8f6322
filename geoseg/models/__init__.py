"""Architectures, member cards and zoos; only `network` and `member` import torch."""
