"""The audit as a person or a program reads it: text, JSON, a table, SARIF, and a page to work through.

`report` gathers the findings of a graph folder with their places; the other modules each write one format. The same
graph is the same bytes in each.
"""
