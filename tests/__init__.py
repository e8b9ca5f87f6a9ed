"""The tests, in the same layers and words as the application."""
