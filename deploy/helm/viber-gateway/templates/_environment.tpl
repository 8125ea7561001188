{{/*
The environment that all pods share: every setting that the chart makes, and then
those of `settings`, which the schema keeps from naming the same.  Nothing secret.
*/}}
{{- define "viber-gateway.environment" -}}
{{- $kafka := .Values.kafka }}
HTTP_PORT: "8080"
MANAGEMENT_PORT: {{ .Values.management.port | quote }}
VIBER_API_URL: {{ .Values.viber.apiUrl | quote }}
VIBER_BOTS_FILE: /etc/viber-gateway/bots/bots.toml
{{- with .Values.viber.webhookUrl }}
VIBER_WEBHOOK_URL: {{ . | quote }}
{{- end }}
KAFKA_BOOTSTRAP_SERVERS: {{ $kafka.bootstrapServers | quote }}
KAFKA_SECURITY_PROTOCOL: {{ $kafka.securityProtocol }}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
KAFKA_SASL_MECHANISM: {{ $kafka.sasl.mechanism }}
{{- end }}
KAFKA_CLIENT_ID: {{ include "viber-gateway.fullname" . }}
KAFKA_CONSUMER_GROUP: {{ include "viber-gateway.consumerGroup" . | quote }}
KAFKA_AUTO_OFFSET_RESET: {{ $kafka.autoOffsetReset }}
{{- range $name, $topic := $kafka.topics }}
TOPIC_{{ snakecase $name | upper }}: {{ $topic | quote }}
{{- end }}
{{- with .Values.tracing.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
OTEL_TRACES_SAMPLER: parentbased_traceidratio
OTEL_TRACES_SAMPLER_ARG: {{ $.Values.tracing.ratio | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ kindIs "string" $value | ternary $value (toRawJson $value) | quote }}
{{- end }}
{{- end }}
