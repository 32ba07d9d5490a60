"""Levers: what an art director can turn, defined by features and fitted to a catalogue."""
