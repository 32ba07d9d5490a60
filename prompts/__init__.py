"""Templates that turn measured facts into words."""

from prompts.loader import render

__all__ = ["render"]
