//+ summary: Diseases that a drug was applied to treat
//+ description: Support, contradiction and unknown count evidence and are never netted.
//+ parameters:
//+   - name: drug
//+     type: node
//+     description: the drug, by identifier or name
MATCH (c:ChemicalEntity:Casegraph {id: $drug})-[e:APPLIED_TO_TREAT]->(d:Entity:Casegraph)
RETURN d.id AS disease,
  d.name AS disease_name,
  e.support AS support,
  e.contradiction AS contradiction,
  e.unknown AS unknown,
  e.documents AS documents,
  e.cases AS cases
ORDER BY support DESC, disease
