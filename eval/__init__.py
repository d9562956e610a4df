"""Measures an assistant on questions whose right sources and answers are known.

Write `from eval.metrics import …`: `import eval` would hide Python's own function of that name.
"""
