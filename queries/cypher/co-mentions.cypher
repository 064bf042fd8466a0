//+ summary: What an entity is named together with
//+ description: The weakest kind of edge. Lift above 1: together more often than their documents alone would have it.
//+ parameters:
//+   - name: entity
//+     type: node
//+     description: the entity, by identifier or name
MATCH (:Entity:Casegraph {id: $entity})-[e:OCCURS_TOGETHER_IN_LITERATURE_WITH]-(n:Entity:Casegraph)
RETURN n.id AS other,
  n.name AS other_name,
  e.documents AS documents,
  coalesce(e.lift, -1.0) AS lift
ORDER BY documents DESC, lift DESC, other
