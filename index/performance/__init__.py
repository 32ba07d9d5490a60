"""How much better each artwork does than its title's other artworks, slice by slice."""
