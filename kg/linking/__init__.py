"""Linking mentions to terms, and the audit of what the source asserted."""
