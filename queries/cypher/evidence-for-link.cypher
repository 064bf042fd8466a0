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
MATCH (s {id: $subject})<-[:EVIDENCE_SUBJECT]-(v:Evidence)-[:EVIDENCE_OBJECT]->(o {id: $object})
WHERE $predicate = '' OR v.predicate = $predicate
RETURN v.predicate AS predicate,
  v.polarity AS polarity,
  v.polarity_reason AS reason,
  v.method AS method,
  v.outcome AS outcome,
  v.document AS document,
  v.`case` AS `case`,
  v.section AS section,
  v.sentence AS sentence,
  v.id AS evidence
ORDER BY predicate, coalesce(document, ''), coalesce(section, ''), evidence
