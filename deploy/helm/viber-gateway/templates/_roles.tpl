{{/*
The roles of a release: which there are, their values, and the rights each needs.
*/}}

{{/* The roles with their values, `defaults` below their own: JSON by name. */}}
{{- define "viber-gateway.roles" -}}
{{- $roles := dict }}
{{- range $name := eq .Values.mode "combined" | ternary (list "combined") (list "receiver" "sender") }}
{{- $values := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy (get $.Values $name)) }}
{{- if dig "enabled" true $values }}
{{- $_ := set $roles $name $values }}
{{- end }}
{{- end }}
{{- toJson $roles }}
{{- end }}

{{/* The role whose rights suffice for jobs and tests: the one that sends, if there is one. */}}
{{- define "viber-gateway.mainRole" -}}
{{- include "viber-gateway.roles" . | fromJson | keys | sortAlpha | last }}
{{- end }}

{{/* The component that takes callbacks. */}}
{{- define "viber-gateway.receivingComponent" -}}
{{- eq .Values.mode "combined" | ternary "combined" "receiver" }}
{{- end }}

{{/* The component that sends commands. */}}
{{- define "viber-gateway.sendingComponent" -}}
{{- eq .Values.mode "combined" | ternary "combined" "sender" }}
{{- end }}

{{/* Whether a role is scaled automatically: `true` or nothing. Takes its values. */}}
{{- define "viber-gateway.isAutoscaled" -}}
{{- if ne (dig "autoscaling" "type" "none" .) "none" }}true{{ end }}
{{- end }}

{{/* The most pods that a role may have. Takes root and the role's values. */}}
{{- define "viber-gateway.maxReplicas" -}}
{{- if eq (dig "autoscaling" "type" "none" .values) "keda" }}
{{- min .values.autoscaling.maxReplicas .root.Values.kafka.partitions }}
{{- else if include "viber-gateway.isAutoscaled" .values }}
{{- .values.autoscaling.maxReplicas }}
{{- else }}
{{- .values.replicaCount }}
{{- end }}
{{- end }}

{{/*
Seconds that a role may need to stop. The phases stand in gateway/service.py; those
without a setting have 5 s (answers), 5 s (the last commit) and 10 s (the producer).
Takes root and the role's name.
*/}}
{{- define "viber-gateway.stopSeconds" -}}
{{- $settings := .root.Values.settings }}
{{- $answers := dig "HTTP_DRAIN_SECONDS" 5 $settings | addf 5 }}
{{- $sends := dig "SENDER_DRAIN_TIMEOUT_SECONDS" 20 $settings | addf 5 }}
{{- $phases := dict "receiver" $answers "sender" $sends "combined" (addf $answers $sends) }}
{{- get $phases .name | addf 10 | ceil }}
{{- end }}
