"""Asking an index: search, filters, and the features of its artwork."""
