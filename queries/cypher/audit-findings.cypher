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
MATCH (f:Finding)
WHERE ($code = '' OR f.code = $code) AND ($severity = '' OR f.severity = $severity)
RETURN f.severity AS severity,
  f.code AS code,
  f.text AS text,
  f.asserted AS asserted,
  f.asserted_name AS asserted_name,
  f.suggested AS suggested,
  f.suggested_name AS suggested_name,
  f.document AS document,
  f.id AS finding
ORDER BY severity, code, coalesce(document, ''), finding
