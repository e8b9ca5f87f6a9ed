"""Requests about people as far as one module of tests cannot hold them."""
