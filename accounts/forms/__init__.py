"""What people type about accounts, by subject."""
