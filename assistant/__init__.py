"""A creative assistant for promotional artwork."""
