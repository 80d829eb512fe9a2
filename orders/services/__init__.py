"""What is done to orders, by subject. Each function does the whole deed or nothing."""
