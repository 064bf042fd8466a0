//+ summary: Drugs that were applied to treat a disease
//+ description: Support, contradiction (negated, failed, refuted) and unknown count evidence and are never netted.
//+ parameters:
//+   - name: disease
//+     type: node
//+     description: the disease, by identifier or name
//+   - name: include_descendants
//+     type: boolean
//+     default: true
//+     description: whether kinds of the disease count too
MATCH (t:Entity:Casegraph)-[:SUBCLASS_OF*0..60]->(:Entity:Casegraph {id: $disease})
WITH DISTINCT t
WHERE $include_descendants OR t.id = $disease
MATCH (c:ChemicalEntity:Casegraph)-[e:APPLIED_TO_TREAT]->(t)
RETURN c.id AS drug,
  c.name AS drug_name,
  t.id AS treated,
  t.name AS treated_name,
  e.support AS support,
  e.contradiction AS contradiction,
  e.unknown AS unknown,
  e.documents AS documents,
  e.cases AS cases
ORDER BY support DESC, drug, treated
