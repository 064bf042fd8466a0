//+ summary: The mappings that touch an entity, with their source
//+ description: Those with used = true joined identifiers into the one node.
//+ parameters:
//+   - name: entity
//+     type: node
//+     description: the entity, by identifier or name
MATCH (m:Mapping:Casegraph)-[:MAPS]->(:Entity:Casegraph {id: $entity})
RETURN m.subject_id AS subject,
  m.predicate_id AS predicate,
  m.object_id AS object,
  coalesce(m.mapping_justification, '') AS justification,
  coalesce(m.mapping_source, '') AS source,
  m.used AS used
ORDER BY subject, predicate, object, source, m.id
