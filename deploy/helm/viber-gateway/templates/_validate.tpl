{{/*
What the schema cannot say: values that contradict each other or leave something out.
Each check adds a line to a list; validate.yaml fails with all of them at once.
*/}}

{{/* All faults, one a line. */}}
{{- define "viber-gateway.faults" -}}
{{- include "viber-gateway.kafkaFaults" . }}
{{- include "viber-gateway.botFaults" . }}
{{- include "viber-gateway.roleFaults" . }}
{{- include "viber-gateway.scalingFaults" . }}
{{- include "viber-gateway.wayInFaults" . }}
{{- include "viber-gateway.monitoringFaults" . }}
{{- end }}

{{- define "viber-gateway.kafkaFaults" -}}
{{- $kafka := .Values.kafka }}
{{- $hasUsers := include "viber-gateway.hasStrimziUsers" . }}
{{- if not $kafka.bootstrapServers }}
kafka.bootstrapServers: is required, such as kafka-bootstrap:9093
{{- end }}
{{- if and (hasPrefix "SASL" $kafka.securityProtocol) (not $hasUsers) }}
{{- if not $kafka.sasl.existingSecret }}
kafka.sasl.existingSecret: is required for {{ $kafka.securityProtocol }}: the Secret with the password
{{- end }}
{{- if not (or $kafka.sasl.username $kafka.sasl.usernameKey) }}
kafka.sasl.username: is required for {{ $kafka.securityProtocol }}, or usernameKey
{{- end }}
{{- end }}
{{- if and .Values.strimzi.enabled (not .Values.strimzi.cluster) }}
strimzi.cluster: is required with strimzi.enabled: the name of the Kafka object
{{- end }}
{{- if $hasUsers }}
{{- $needed := eq .Values.strimzi.users.authentication "tls" | ternary "SSL" "SASL_SSL or SASL_PLAINTEXT" }}
{{- if not (has $kafka.securityProtocol (splitList " or " $needed)) }}
strimzi.users.authentication: {{ .Values.strimzi.users.authentication }} needs kafka.securityProtocol {{ $needed }}, not {{ $kafka.securityProtocol }}
{{- end }}
{{- if and (eq .Values.strimzi.users.authentication "scram-sha-512") (ne $kafka.sasl.mechanism "SCRAM-SHA-512") }}
kafka.sasl.mechanism: must be SCRAM-SHA-512 for the users that strimzi makes, not {{ $kafka.sasl.mechanism }}
{{- end }}
{{- end }}
{{- end }}

{{- define "viber-gateway.botFaults" -}}
{{- if not .Values.bots }}
bots: name at least one, such as bots.shop.tokenSecret.name
{{- end }}
{{- range $name, $bot := .Values.bots }}
{{- $secret := dig "tokenSecret" "name" "" $bot }}
{{- if $.Values.secrets.create }}
{{- if $secret }}
bots.{{ $name }}.tokenSecret: not together with secrets.create
{{- end }}
{{- if not (get $.Values.secrets.tokens $name) }}
secrets.tokens.{{ $name }}: is required with secrets.create
{{- end }}
{{- else if not $secret }}
bots.{{ $name }}.tokenSecret.name: is required: an existing Secret with the bot's token
{{- end }}
{{- end }}
{{- end }}

{{- define "viber-gateway.roleFaults" -}}
{{- $roles := include "viber-gateway.roles" . | fromJson }}
{{- if not $roles }}
receiver.enabled, sender.enabled: with both off nothing is left
{{- end }}
{{- range $name, $role := $roles }}
{{- $grace := $role.terminationGracePeriodSeconds | int }}
{{- $before := dig "preStop" "sleep" "seconds" 0 $role.lifecycle | int }}
{{- $stop := include "viber-gateway.stopSeconds" (dict "root" $ "name" $name) | int }}
{{- if lt $grace (add $before $stop 5 | int) }}
{{ $name }}.terminationGracePeriodSeconds: {{ $grace }} is too short: preStop takes {{ $before }}, stopping {{ $stop }} (HTTP_DRAIN_SECONDS, SENDER_DRAIN_TIMEOUT_SECONDS and what follows them), and 5 must be left
{{- end }}
{{- $names := list }}
{{- range concat (include "viber-gateway.kafkaEnv" (dict "root" $ "name" $name) | fromYamlArray) $role.extraEnv }}
{{- if has .name $names }}
{{ $name }}.extraEnv: {{ .name }} is there twice
{{- end }}
{{- $names = append $names .name }}
{{- end }}
{{- range $role.extraVolumes }}
{{- if has .name (list "tmp" "bots" "tokens" "kafka") }}
{{ $name }}.extraVolumes: the name {{ .name }} is taken
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "viber-gateway.scalingFaults" -}}
{{- range $name, $role := include "viber-gateway.roles" . | fromJson }}
{{- if include "viber-gateway.isAutoscaled" $role }}
{{- $most := include "viber-gateway.maxReplicas" (dict "root" $ "values" $role) | int }}
{{- if gt ($role.autoscaling.minReplicas | int) $most }}
{{ $name }}.autoscaling.minReplicas: {{ $role.autoscaling.minReplicas }} is more than there may be, {{ $most }}
{{- end }}
{{- if eq $role.autoscaling.type "keda" }}
{{- if and (eq $role.autoscaling.keda.trigger "prometheus") (not $role.autoscaling.keda.prometheus.serverAddress) }}
{{ $name }}.autoscaling.keda.prometheus.serverAddress: is required for the trigger prometheus
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "viber-gateway.wayInFaults" -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
ingress.hosts: name at least one
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
httpRoute.parentRefs: name at least one Gateway
{{- end }}
{{- with .Values.certificate }}
{{- if and .create (not .issuerRef.name) }}
certificate.issuerRef.name: is required
{{- end }}
{{- if and .create (not (concat .dnsNames $.Values.ingress.hosts $.Values.httpRoute.hostnames)) }}
certificate.dnsNames: is required where ingress and httpRoute name no host
{{- end }}
{{- end }}
{{- with .Values.webhookRegistration }}
{{- if and (ne .mode "none") (not $.Values.viber.webhookUrl) }}
viber.webhookUrl: is required to register webhooks
{{- end }}
{{- if and .bot (not (hasKey $.Values.bots .bot)) }}
webhookRegistration.bot: {{ .bot }} is not among bots
{{- end }}
{{- if le (.activeDeadlineSeconds | int) (.waitSeconds | int) }}
webhookRegistration.activeDeadlineSeconds: must be more than waitSeconds
{{- end }}
{{- end }}
{{- end }}

{{- define "viber-gateway.monitoringFaults" -}}
{{- if and .Values.metrics.podMonitor.enabled .Values.metrics.serviceMonitor.enabled }}
metrics.serviceMonitor.enabled: not together with podMonitor: every pod would be counted twice
{{- end }}
{{- if .Values.tracing.endpoint }}
{{- range list "OTEL_EXPORTER_OTLP_ENDPOINT" "OTEL_TRACES_SAMPLER" "OTEL_TRACES_SAMPLER_ARG" }}
{{- if hasKey $.Values.settings . }}
settings.{{ . }}: not together with tracing.endpoint, which makes it
{{- end }}
{{- end }}
{{- end }}
{{- $alerts := list }}
{{- range (.Files.Get "files/alerts.yaml" | fromYaml).groups }}
{{- range .rules }}
{{- with .alert }}
{{- $alerts = append $alerts . }}
{{- end }}
{{- end }}
{{- end }}
{{- range .Values.metrics.prometheusRule.disabled }}
{{- if not (has . $alerts) }}
metrics.prometheusRule.disabled: there is no alert {{ . }}
{{- end }}
{{- end }}
{{- end }}
