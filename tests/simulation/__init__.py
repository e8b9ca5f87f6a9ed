"""The registry played against a model that shares no code with it."""
