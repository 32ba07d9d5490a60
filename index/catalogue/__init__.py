"""A catalogue folder: titles, artworks, how they did, and who watches what."""
