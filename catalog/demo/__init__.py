"""The catalogue of a shop to try: first the demo's own, then as many more as wished."""

from catalog.demo import banners, catalogue, companions, filling, prices, synonyms

__all__ = ["banners", "catalogue", "companions", "filling", "prices", "synonyms"]
