//+ summary: What the audit says about the source's identifiers
//+ parameters:
//+   - name: code
//+     type: string
//+     default: ""
//+     description: only findings of this code
//+   - name: severity
//+     type: string
//+     default: ""
//+     description: only error, warning or info
MATCH (f:Finding:Casegraph)
WHERE ($code = '' OR f.code = $code) AND ($severity = '' OR f.severity = $severity)
RETURN f.severity AS severity,
  f.code AS code,
  coalesce(f.text, '') AS text,
  coalesce(f.asserted, '') AS asserted,
  coalesce(f.asserted_name, '') AS asserted_name,
  coalesce(f.suggested, '') AS suggested,
  coalesce(f.suggested_name, '') AS suggested_name,
  coalesce(f.document, '') AS document,
  f.id AS finding
ORDER BY severity, code, document, finding
