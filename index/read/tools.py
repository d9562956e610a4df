"""Programs and packages that some formats need and not every machine has."""


def installed() -> frozenset[str]:
    """Names of the tools that are there: `ocr` for scans, `doc` for old Word files."""
    from policyqa.index.read.pdf import ocr
    from policyqa.index.read.word import doc

    found = {"ocr": ocr.available(), "doc": bool(doc.available())}
    return frozenset(name for name, there in found.items() if there)
