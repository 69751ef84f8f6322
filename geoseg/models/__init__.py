"""Architectures, member cards and zoos; only `network` imports torch."""
