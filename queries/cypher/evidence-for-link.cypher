//+ summary: Every sentence behind the edges from one node to another
//+ parameters:
//+   - name: subject
//+     type: node
//+     description: where the edge begins
//+   - name: object
//+     type: node
//+     description: where it ends
//+   - name: predicate
//+     type: string
//+     default: ""
//+     description: only this predicate, such as biolink:applied_to_treat
MATCH (s:Casegraph {id: $subject})<-[:EVIDENCE_SUBJECT]-(v:Evidence:Casegraph)
MATCH (v)-[:EVIDENCE_OBJECT]->(o:Casegraph {id: $object})
WHERE $predicate = '' OR v.predicate = $predicate
RETURN v.predicate AS predicate,
  v.polarity AS polarity,
  coalesce(v.polarity_reason, '') AS reason,
  coalesce(v.method, '') AS method,
  coalesce(v.outcome, '') AS outcome,
  coalesce(v.document, '') AS document,
  coalesce(v.`case`, '') AS `case`,
  coalesce(v.section, '') AS section,
  coalesce(v.sentence, '') AS sentence,
  v.id AS evidence
ORDER BY predicate, document, section, evidence
