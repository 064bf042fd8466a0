//+ summary: What the graph holds, counted by kind
CALL {
  MATCH ()-[e]->()
  WHERE e.evidence IS NOT NULL
  RETURN 'edge' AS part, 'biolink:' + toLower(type(e)) AS kind, count(*) AS count
  UNION ALL
  MATCH (v:Evidence)
  RETURN 'evidence' AS part, v.polarity AS kind, count(*) AS count
  UNION ALL
  MATCH (f:Finding)
  RETURN 'finding' AS part, f.code AS kind, count(*) AS count
  UNION ALL
  MATCH (n)
  WHERE n.category IS NOT NULL AND n.equivalent_identifiers IS NOT NULL
  RETURN 'node' AS part, n.category AS kind, count(*) AS count
}
RETURN part AS part,
  kind AS kind,
  count AS count
ORDER BY part, kind
