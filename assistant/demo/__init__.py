"""The demo: a drawn catalogue with simulated members, from a truth that is written down."""

from assistant.demo.catalogue import catalogue_is_current, write_catalogue

__all__ = ["catalogue_is_current", "write_catalogue"]
