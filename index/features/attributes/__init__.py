"""Attributes that a user adds to an index, from a few pictures or from words."""
