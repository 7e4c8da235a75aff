"""Verbs of the actors: import, add, edit, engage."""
