"""What people use: the chat page, the HTTP API and the command that serves both.

The package is a client of `Assistant` (see `ui.assistant`) like any other: it shows answers and
sources, and decides nothing about them.
"""
