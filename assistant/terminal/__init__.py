"""What answers look like in a terminal."""
