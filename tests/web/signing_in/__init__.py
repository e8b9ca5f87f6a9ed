"""Signing in, where one file would be too long."""
