"""A catalogue folder: titles, artworks, how they did, and who watches what."""

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.catalogue import Catalogue
from index.catalogue.load import load_catalogue

__all__ = ["Catalogue", "aggregate_performance", "load_catalogue"]
