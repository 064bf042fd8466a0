"""Views of the tables: RDF, networkx, the property graph for Neo4j, files."""
