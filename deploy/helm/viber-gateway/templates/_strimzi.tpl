{{/*
What Strimzi's users may do: rights by role, as a table.
*/}}

{{/*
A role's rights on topics, by setting, besides Describe. Takes the role's name.
The sender may see every topic, for `viber-gateway topics check` and `helm test`.
*/}}
{{- define "viber-gateway.topicRights" -}}
{{- $receiver := dict "inbound" (list "Write") "deadLetters" (list "Write") "replies" (list "Read") }}
{{- $sender := dict "inbound" (list "Read") "outbound" (list "Read") "results" (list "Write") "deadLetters" (list "Write") "progress" (list "Read" "Write") "replies" list }}
{{- $combined := merge (dict "inbound" (list "Read" "Write")) $receiver $sender }}
{{- get (dict "receiver" $receiver "sender" $sender "combined" $combined) . | toJson }}
{{- end }}

{{/* A role's access list. Takes root and the role's name. */}}
{{- define "viber-gateway.acls" -}}
{{- range $setting, $rights := include "viber-gateway.topicRights" .name | fromJson }}
{{- range $topic := include "viber-gateway.topics" (dict "root" $.root "setting" $setting) | fromJsonArray }}
- resource: {type: topic, name: {{ $topic | quote }}, patternType: literal}
  operations: [{{ prepend $rights "Describe" | join ", " }}]
{{- end }}
{{- end }}
{{- if ne .name "receiver" }}
- resource: {type: group, name: {{ include "viber-gateway.consumerGroup" .root | quote }}, patternType: literal}
  operations: [Read]
{{- end }}
- resource: {type: cluster}
  operations: [IdempotentWrite]
{{- end }}
