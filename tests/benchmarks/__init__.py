"""How fast the registry is, as ratios against a floor measured in the same run."""
