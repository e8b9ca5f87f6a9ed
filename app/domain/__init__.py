"""The rules of the registry as plain values and pure functions; standard library only."""
