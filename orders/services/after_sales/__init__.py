"""What is done about requests after paying, by subject (rows F6, F11, F12, F13)."""
