"""The graph in Neo4j Browser: a style, a guide and saved queries, each made of the graph and the catalogue."""
