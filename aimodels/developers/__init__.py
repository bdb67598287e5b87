"""The page for developers: programs to copy, for a model and this portal's address."""
