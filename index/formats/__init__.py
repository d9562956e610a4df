"""One module a file format: `read(data, limits)` gives an `Extract` or raises `UnreadableFile`."""
