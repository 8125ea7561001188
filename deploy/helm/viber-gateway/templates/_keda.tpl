{{/*
What KEDA asks about the commands that wait.
*/}}

{{/* Whether the chart makes the TriggerAuthentication for Kafka: `true` or nothing. */}}
{{- define "viber-gateway.hasTriggerAuthentication" -}}
{{- $keda := .Values.sender.autoscaling.keda }}
{{- if and (eq $keda.trigger "kafka") (empty $keda.kafka.authenticationRef) (ne .Values.kafka.securityProtocol "PLAINTEXT") }}true{{ end }}
{{- end }}

{{/* The trigger that asks Prometheus. */}}
{{- define "viber-gateway.prometheusTrigger" -}}
{{- $keda := .Values.sender.autoscaling.keda }}
{{- $query := printf "sum(viber_kafka_consumer_lag_messages{namespace=%q})" (include "viber-gateway.namespace" .) -}}
- type: prometheus
  name: lag
  metricType: AverageValue
  metadata:
    serverAddress: {{ $keda.prometheus.serverAddress | quote }}
    query: {{ $keda.prometheus.query | default $query | quote }}
    threshold: {{ $keda.threshold | quote }}
  {{- with $keda.prometheus.authenticationRef }}
  authenticationRef: {name: {{ . }}}
  {{- end }}
{{- end }}

{{/* The triggers that ask Kafka, one for each outbound topic. */}}
{{- define "viber-gateway.kafkaTriggers" -}}
{{- $kafka := .Values.kafka }}
{{- $keda := .Values.sender.autoscaling.keda }}
{{- $mechanisms := dict "PLAIN" "plaintext" "SCRAM-SHA-256" "scram_sha256" "SCRAM-SHA-512" "scram_sha512" }}
{{- $isOurs := include "viber-gateway.hasTriggerAuthentication" . }}
{{- $auth := empty $isOurs | ternary $keda.kafka.authenticationRef (printf "%s-kafka" (include "viber-gateway.fullname" .)) }}
{{- range $topic := include "viber-gateway.topics" (dict "root" . "setting" "outbound") | fromJsonArray }}
- type: kafka
  name: lag-{{ regexReplaceAll "[^a-z0-9]+" (lower $topic) "-" }}
  metricType: AverageValue
  metadata:
    bootstrapServers: {{ $kafka.bootstrapServers | quote }}
    consumerGroup: {{ include "viber-gateway.consumerGroup" $ | quote }}
    topic: {{ $topic | quote }}
    lagThreshold: {{ $keda.threshold | quote }}
    offsetResetPolicy: {{ $kafka.autoOffsetReset }}
    limitToPartitionsWithLag: {{ $keda.kafka.limitToPartitionsWithLag | quote }}
    excludePersistentLag: {{ $keda.kafka.excludePersistentLag | quote }}
    fullMetadata: "false"
    version: 2.8.0
    sasl: {{ hasPrefix "SASL" $kafka.securityProtocol | ternary (get $mechanisms $kafka.sasl.mechanism) "none" }}
    tls: {{ hasSuffix "SSL" $kafka.securityProtocol | ternary "enable" "disable" }}
  {{- with $auth }}
  authenticationRef: {name: {{ . }}}
  {{- end }}
{{- end }}
{{- end }}
