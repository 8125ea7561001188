{{/*
What Strimzi's users may do: rights by role, as a table.
*/}}

{{/*
A role's rights on topics, by setting, besides seeing them. Takes the role's name.
The sender has all of them, and sees how each is configured: `viber-gateway topics check`
and `helm test` look at them with its rights.
*/}}
{{- define "viber-gateway.topicRights" -}}
{{- $receiver := dict "inbound" (list "Write") "deadLetters" (list "Write") "replies" (list "Read") }}
{{- $sender := dict "inbound" (list "Read") "outbound" (list "Read") "results" (list "Write") "deadLetters" (list "Write") "progress" (list "Read" "Write") "replies" list }}
{{- $combined := merge (dict "inbound" (list "Read" "Write")) $receiver $sender }}
{{- get (dict "receiver" $receiver "sender" $sender "combined" $combined) . | toJson }}
{{- end }}

{{/* A role's access list. Takes root and the role's name. */}}
{{- define "viber-gateway.acls" -}}
{{- $seeing := eq .name "receiver" | ternary (list "Describe") (list "Describe" "DescribeConfigs") }}
{{- range $setting, $rights := include "viber-gateway.topicRights" .name | fromJson }}
{{- range $topic := include "viber-gateway.topics" (dict "root" $.root "setting" $setting) | fromJsonArray }}
- resource: {type: topic, name: {{ $topic | quote }}, patternType: literal}
  operations: [{{ concat $seeing $rights | join ", " }}]
{{- end }}
{{- end }}
{{- if ne .name "receiver" }}
- resource: {type: group, name: {{ include "viber-gateway.consumerGroup" .root | quote }}, patternType: literal}
  operations: [Read]
{{- end }}
- resource: {type: cluster}
  operations: [IdempotentWrite]
{{- end }}
