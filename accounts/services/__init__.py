"""What accounts can do, by subject. Each function does its whole deed or nothing."""
