"""What reviews can derive anew."""

from reviews.ratings import rebuild_ratings
from shop import rebuild

rebuild.register("ratings")(rebuild_ratings)
