//+ summary: The documents that name an entity
//+ description: Evidence counts the places.
//+ parameters:
//+   - name: entity
//+     type: node
//+     description: the entity, by identifier or name
MATCH (p:Publication:Casegraph)-[e:MENTIONS]->(:Casegraph {id: $entity})
RETURN p.id AS document,
  p.name AS title,
  coalesce(p.date, '') AS date,
  e.evidence AS evidence
ORDER BY document
