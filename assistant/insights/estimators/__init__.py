"""Estimates inside titles: what is compared, regressions, predictions, how often they are right."""
