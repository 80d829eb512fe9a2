"""The catalogue of a shop to try: first the demo's own, then as many more as wished."""

from catalog.demo import banners, catalogue, filling, synonyms

__all__ = ["banners", "catalogue", "filling", "synonyms"]
