"""A creative assistant for promotional artwork."""

from importlib.metadata import version

__version__ = version("artwork-assistant")
