"""Boards: the answer to a brief as something to look at."""
