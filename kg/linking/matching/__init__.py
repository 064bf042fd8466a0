"""Linking a given mention to a term of a vocabulary: forms of names, candidates, a decision with its reasons."""
