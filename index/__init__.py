"""From files to a searchable index: reading, cleaning, passages, vectors, words, storage.

The lowest layer: it knows nothing of questions, answers or the environment.
"""
