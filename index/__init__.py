"""The engine: reads a catalogue, measures its artwork and answers questions about it."""
