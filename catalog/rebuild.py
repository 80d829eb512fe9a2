"""What the catalogue can derive anew."""

from catalog import search
from shop import rebuild

rebuild.register("search")(search.rebuild)
