"""Templates that turn measured facts into words."""
