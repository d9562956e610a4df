"""The register as readers see it: the directory of programmes, a page each, and the self-check."""
