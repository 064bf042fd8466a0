//+ summary: Conditions that a text blames on a drug
//+ description: The text must say so; a drug and a condition in one sentence are a co-mention.
//+ parameters:
//+   - name: drug
//+     type: node
//+     description: the drug, by identifier or name
MATCH (c:ChemicalEntity:Casegraph {id: $drug})-[e:HAS_ADVERSE_EVENT]->(d:Entity:Casegraph)
RETURN d.id AS disease,
  d.name AS disease_name,
  e.support AS support,
  e.contradiction AS contradiction,
  e.unknown AS unknown,
  e.documents AS documents,
  e.cases AS cases
ORDER BY support DESC, disease
