//+ summary: The hierarchy above a term, or between it and one of its ancestors
//+ description: One row an edge that lies on any path upwards.
//+ parameters:
//+   - name: start
//+     type: node
//+     description: the term to begin with
//+   - name: end
//+     type: node
//+     default: ""
//+     description: an ancestor to end with; all the way up without it
MATCH (:Entity:Casegraph {id: $start})-[:SUBCLASS_OF*0..60]->(c:Entity:Casegraph)
WITH DISTINCT c
MATCH (c)-[:SUBCLASS_OF]->(p:Entity:Casegraph)
WHERE $end = '' OR EXISTS { MATCH (p)-[:SUBCLASS_OF*0..60]->(:Entity:Casegraph {id: $end}) }
RETURN c.id AS child,
  c.name AS child_name,
  p.id AS parent,
  p.name AS parent_name
ORDER BY child, parent
