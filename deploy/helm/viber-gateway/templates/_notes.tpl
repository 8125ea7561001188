{{/*
What is said after an install: the next three steps, and what is missing.
*/}}
{{- define "viber-gateway.notes" -}}
{{- $name := include "viber-gateway.fullname" . }}
{{- $namespace := include "viber-gateway.namespace" . }}
{{- $bot := keys .Values.bots | sortAlpha | first }}
{{ $name }} {{ .Chart.AppVersion }} is being started in {{ $namespace }}. What comes next:

1. See that it runs:

   helm test {{ .Release.Name }} --namespace {{ $namespace }} --logs
{{ if eq .Values.webhookRegistration.mode "none" }}
2. Tell Viber where callbacks go, once https://YOUR-HOST/webhooks/{{ $bot }} leads to Service {{ $name }}:
{{ if .Values.viber.webhookUrl }}
   kubectl exec --namespace {{ $namespace }} deploy/{{ $name }}-{{ include "viber-gateway.mainRole" . }} -- viber-gateway webhook set --wait
{{ else }}
   set viber.webhookUrl to the public base URL, upgrade the release, and then:
   kubectl exec --namespace {{ $namespace }} deploy/{{ $name }}-{{ include "viber-gateway.mainRole" . }} -- viber-gateway webhook set --wait
{{ end }}
{{- else }}
2. See that Viber knows where callbacks go ({{ .Values.webhookRegistration.mode }}):

   kubectl exec --namespace {{ $namespace }} deploy/{{ $name }}-{{ include "viber-gateway.mainRole" . }} -- viber-gateway webhook show
{{ end }}
3. Write to the bot in Viber, and let a program of yours read topic {{ .Values.kafka.topics.inbound }} and write to {{ .Values.kafka.topics.outbound }}.
   docs/writing-a-bot.md shows how.
{{- if .Values.secrets.create }}

Beware: secrets.create keeps tokens in the release. Use existing Secrets for anything but a first look.
{{- end }}
{{- if not (or .Values.ingress.enabled .Values.httpRoute.enabled (ne .Values.service.type "ClusterIP")) }}

Nothing leads to Service {{ $name }} from outside yet: see ingress, httpRoute and service.type.
{{- end }}
{{- end }}
