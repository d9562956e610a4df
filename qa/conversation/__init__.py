"""What a question means after what was said before it."""
