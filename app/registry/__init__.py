"""Verbs: everything that changes the registry. A verb never commits; its caller does."""
