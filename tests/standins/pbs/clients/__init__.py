"""The client programs: what they read from their words, ask of the server, print and return."""
