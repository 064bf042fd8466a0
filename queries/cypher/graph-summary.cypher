//+ summary: What the graph holds, counted by kind
MATCH (:Casegraph)-[e]->(:Casegraph)
WHERE e.evidence IS NOT NULL
WITH 'biolink:' + toLower(type(e)) AS kind, count(*) AS count
RETURN 'edge' AS part,
  kind AS kind,
  count AS count
ORDER BY kind
UNION ALL
MATCH (v:Evidence:Casegraph)
WITH v.polarity AS kind, count(*) AS count
RETURN 'evidence' AS part,
  kind AS kind,
  count AS count
ORDER BY kind
UNION ALL
MATCH (f:Finding:Casegraph)
WITH f.code AS kind, count(*) AS count
RETURN 'finding' AS part,
  kind AS kind,
  count AS count
ORDER BY kind
UNION ALL
MATCH (n:Casegraph)
WHERE n.equivalent_identifiers IS NOT NULL
WITH n.category AS kind, count(*) AS count
RETURN 'node' AS part,
  kind AS kind,
  count AS count
ORDER BY kind
