"""Browsing an index in a local web page."""
