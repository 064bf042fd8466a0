//+ summary: Patients who have a disease
//+ description: One row a patient and disease.
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
MATCH (p:Publication:Casegraph)<-[:IN_DOCUMENT]-(c:CaseReport:Casegraph)-[:ASSOCIATED_WITH]->(t)
RETURN c.id AS `case`,
  c.age AS age,
  coalesce(c.age_unit, '') AS age_unit,
  coalesce(c.sex, '') AS sex,
  coalesce(c.outcome, '') AS outcome,
  t.id AS diagnosis,
  t.name AS diagnosis_name,
  p.id AS document,
  p.name AS title
ORDER BY `case`, diagnosis
