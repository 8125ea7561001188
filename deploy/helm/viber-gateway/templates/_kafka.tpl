{{/*
Kafka: names of topics, who logs in, and where the files for that are.
*/}}

{{/* The topics of one setting, one for each bot where the name holds `{bot}`: a JSON list. */}}
{{- define "viber-gateway.topics" -}}
{{- $name := get .root.Values.kafka.topics .setting }}
{{- $names := list }}
{{- if contains "{bot}" $name }}
{{- range $bot := keys .root.Values.bots | sortAlpha }}
{{- $names = append $names (replace "{bot}" $bot $name) }}
{{- end }}
{{- else if $name }}
{{- $names = list $name }}
{{- end }}
{{- toJson $names }}
{{- end }}

{{/* The consumer group. */}}
{{- define "viber-gateway.consumerGroup" -}}
{{- .Values.kafka.consumerGroup | default (include "viber-gateway.fullname" .) }}
{{- end }}

{{/* Whether the chart makes the users: `true` or nothing. */}}
{{- define "viber-gateway.hasStrimziUsers" -}}
{{- if and .Values.strimzi.enabled .Values.strimzi.users.create }}true{{ end }}
{{- end }}

{{/* The name of a role's KafkaUser, of its Secret as well. Takes root and name. */}}
{{- define "viber-gateway.kafkaUser" -}}
{{ include "viber-gateway.fullname" .root }}-{{ .name }}
{{- end }}

{{/*
How a role logs in, and whom it trusts: JSON of username, or its Secret and key, of
password, ca and cert with Secrets and keys; empty where there is none.
Takes root and the role's name.
*/}}
{{- define "viber-gateway.kafkaLogin" -}}
{{- $kafka := .root.Values.kafka }}
{{- $login := dict }}
{{- $user := include "viber-gateway.hasStrimziUsers" .root | empty | ternary "" (include "viber-gateway.kafkaUser" .) }}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
{{- $secret := $user | default $kafka.sasl.existingSecret }}
{{- $_ := set $login "username" ($user | default $kafka.sasl.username) }}
{{- $_ := set $login "usernameKey" ($user | empty | ternary $kafka.sasl.usernameKey "") }}
{{- $_ := set $login "password" (dict "secret" $secret "key" ($user | empty | ternary $kafka.sasl.passwordKey "password")) }}
{{- end }}
{{- if hasSuffix "SSL" $kafka.securityProtocol }}
{{- $made := .root.Values.strimzi.enabled | ternary (printf "%s-cluster-ca-cert" .root.Values.strimzi.cluster) "" }}
{{- $_ := set $login "ca" (dict "secret" ($kafka.tls.caSecret.name | default $made) "key" $kafka.tls.caSecret.key) }}
{{- end }}
{{- if eq $kafka.securityProtocol "SSL" }}
{{- $cert := $kafka.tls.clientCertSecret }}
{{- $_ := set $login "cert" (dict "secret" ($user | default $cert.name) "key" ($user | empty | ternary $cert.certKey "user.crt")) }}
{{- $_ := set $login "certKey" (dict "secret" ($user | default $cert.name) "key" ($user | empty | ternary $cert.keyKey "user.key")) }}
{{- end }}
{{- toJson $login }}
{{- end }}

{{/* The files of a login, as sources of a projected volume. Takes root and name. */}}
{{- define "viber-gateway.kafkaFiles" -}}
{{- $login := include "viber-gateway.kafkaLogin" . | fromJson }}
{{- $files := dict "password" "password" "ca" "ca.crt" "cert" "user.crt" "certKey" "user.key" }}
{{- range $part := keys $files | sortAlpha }}
{{- with get $login $part }}
{{- if .secret }}
- secret:
    name: {{ .secret }}
    items: [{key: {{ .key | quote }}, path: {{ get $files $part }}}]
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The environment of a login. Takes root and name. */}}
{{- define "viber-gateway.kafkaEnv" -}}
{{- $login := include "viber-gateway.kafkaLogin" . | fromJson }}
{{- if $login.usernameKey }}
- name: KAFKA_SASL_USERNAME
  valueFrom: {secretKeyRef: {name: {{ $login.password.secret }}, key: {{ $login.usernameKey | quote }}}}
{{- else if $login.username }}
- name: KAFKA_SASL_USERNAME
  value: {{ $login.username | quote }}
{{- end }}
{{- $settings := dict "password" "SASL_PASSWORD_FILE password" "ca" "SSL_CAFILE ca.crt" "cert" "SSL_CERTFILE user.crt" "certKey" "SSL_KEYFILE user.key" }}
{{- range $part := keys $settings | sortAlpha }}
{{- if dig $part "secret" "" $login }}
{{- $row := get $settings $part | splitList " " }}
- name: KAFKA_{{ first $row }}
  value: /etc/viber-gateway/kafka/{{ last $row }}
{{- end }}
{{- end }}
{{- end }}
