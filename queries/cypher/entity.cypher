//+ summary: What an entity is: its identifiers, category, and how often it was met
//+ description: One row an equivalent identifier.
//+ parameters:
//+   - name: entity
//+     type: node
//+     description: the entity, by identifier or name
MATCH (e:Entity:Casegraph {id: $entity})
UNWIND e.equivalent_identifiers AS identifier
RETURN e.id AS id,
  e.name AS name,
  e.category AS category,
  coalesce(e.status, '') AS status,
  e.documents AS documents,
  e.cases AS cases,
  identifier AS identifier
ORDER BY identifier
