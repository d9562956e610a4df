"""What is kept of questions, answers and what readers say of them: a database behind the pages."""
