"""What the shop's pages cost under its production server: see script/bench."""
