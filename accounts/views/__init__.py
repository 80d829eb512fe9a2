"""The pages and deeds of accounts, by subject."""
