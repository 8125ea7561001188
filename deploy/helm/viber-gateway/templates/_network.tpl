{{/*
Rules of NetworkPolicies: where pods may go, and who may come.
*/}}

{{/* To resolve names. */}}
{{- define "viber-gateway.toDns" -}}
- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
  {{- with .Values.networkPolicy.dns.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* To Kafka. */}}
{{- define "viber-gateway.toKafka" -}}
- ports:
    {{- range .Values.networkPolicy.kafka.ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
  {{- with .Values.networkPolicy.kafka.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* To Viber. */}}
{{- define "viber-gateway.toViber" -}}
- ports: [{port: {{ .Values.networkPolicy.viber.port }}, protocol: TCP}]
  {{- with .Values.networkPolicy.viber.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* To the collector of traces, if there is one. */}}
{{- define "viber-gateway.toCollector" -}}
{{- if .Values.tracing.endpoint -}}
- ports: [{port: {{ .Values.networkPolicy.tracing.port }}, protocol: TCP}]
  {{- with .Values.networkPolicy.tracing.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The pods of this release, or those of one component, as a peer. Takes root and component. */}}
{{- define "viber-gateway.ourPods" -}}
- podSelector:
    matchLabels:
      {{- include "viber-gateway.selectorLabels" . | nindent 6 }}
{{- end }}
