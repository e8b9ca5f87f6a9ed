"""Tests of proposals, by what is asked of them."""
