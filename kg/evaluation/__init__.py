"""How right casegraph is: what it makes of a corpus against the corpus's own annotations."""
