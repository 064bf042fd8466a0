//+ summary: Cases of different documents that may be one patient
//+ description: One row a case; cases of one cluster agree in age, sex, a drug and a disease, and in authors or title.
MATCH (p:Publication:Casegraph)<-[:IN_DOCUMENT]-(c:CaseReport:Casegraph)
WHERE c.cluster IS NOT NULL
RETURN c.cluster AS cluster,
  c.id AS `case`,
  c.age AS age,
  coalesce(c.age_unit, '') AS age_unit,
  coalesce(c.sex, '') AS sex,
  p.id AS document,
  p.name AS title
ORDER BY cluster, `case`
