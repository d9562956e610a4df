"""Measures an assistant on questions whose right sources and answers are known."""
