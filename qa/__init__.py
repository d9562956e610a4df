"""Questions to cited answers: query, retrieval, answer, abstention, the commands."""
