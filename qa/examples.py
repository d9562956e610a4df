"""Example questions out of the corpus itself: headings that name a programme or a service."""

from index.search_index import SearchIndex


def example_questions(index: SearchIndex) -> tuple[str, ...]:
    """A few questions whose subjects are headings of the documents."""
    return ()
