"""Questions as an assistant over an index understands them."""

from policyqa.index.store.search_index import SearchIndex
from policyqa.qa.question.asked import Asked, understood


def asked_of(index: SearchIndex, query: str, *, own: str = "") -> Asked:
    """What a query asks, with the rarity of its words in the documents of an index."""
    return understood(query, own=own, known_words=index.words, known_bigrams=index.bigrams)
