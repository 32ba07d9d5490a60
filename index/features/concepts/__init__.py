"""Concepts: what film art shows and how it feels, as far as an encoder can see it."""
