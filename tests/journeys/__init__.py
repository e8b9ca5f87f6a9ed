"""What goes through several pages at once."""
