"""Kinds of picture that nobody named: found by likeness, held against performance, then named."""
