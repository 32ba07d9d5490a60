"""Mockups: from evidence to pictures to react to, marked as inspiration and measured."""
