"""The staff desk under `/staff`."""
