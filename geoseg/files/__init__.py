"""Where results go: nothing of a user's is lost, and what is written appears whole or not at all."""
