"""How the shop speaks to its databases, where Django's own way does not do."""
