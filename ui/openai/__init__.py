"""The service as OpenAI's API has it, answered by the assistant itself: no language model."""
