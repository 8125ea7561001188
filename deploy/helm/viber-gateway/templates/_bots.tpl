{{/*
The bots: the file that names them, and the files with their tokens.
*/}}

{{/* A value as TOML in one line. JSON's scalars are TOML's too; TOML has no null. */}}
{{- define "viber-gateway.toml" -}}
{{- $items := list }}
{{- if kindIs "map" . }}
{{- range $key, $value := . }}
{{- if not (kindIs "invalid" $value) }}
{{- $items = append $items (printf "%s = %s" (include "viber-gateway.toml" $key) (include "viber-gateway.toml" $value)) }}
{{- end }}
{{- end }}
{{- printf "{%s}" (join ", " $items) }}
{{- else if kindIs "slice" . }}
{{- range $value := . }}
{{- if not (kindIs "invalid" $value) }}
{{- $items = append $items (include "viber-gateway.toml" $value) }}
{{- end }}
{{- end }}
{{- printf "[%s]" (join ", " $items) }}
{{- else }}
{{- toRawJson . | replace "\x7f" "\\u007f" }}
{{- end }}
{{- end }}

{{/* The members of one bot by their names in the file: JSON. Takes the bot and its name. */}}
{{- define "viber-gateway.bot" -}}
{{- $folder := printf "/etc/viber-gateway/tokens/%s" .name }}
{{- $table := dict "token_file" (printf "%s/token" $folder) }}
{{- if dig "previousTokenSecret" "name" "" .bot }}
{{- $_ := set $table "previous_token_file" (printf "%s/previous-token" $folder) }}
{{- end }}
{{- range $member, $value := dict "rate_limit_per_second" .bot.rateLimitPerSecond "sender" .bot.sender "event_types" .bot.eventTypes }}
{{- if not (kindIs "invalid" $value) }}
{{- $_ := set $table $member $value }}
{{- end }}
{{- end }}
{{- with .bot.welcome }}
{{- $welcome := dict "mode" .mode "message" .message "timeout_seconds" .timeoutSeconds }}
{{- $_ := set $table "welcome" $welcome }}
{{- end }}
{{- toJson $table }}
{{- end }}

{{/* The bots file. */}}
{{- define "viber-gateway.botsFile" -}}
{{- range $name, $bot := .Values.bots }}
[bots.{{ $name }}]
{{- range $member, $value := include "viber-gateway.bot" (dict "name" $name "bot" $bot) | fromJson }}
{{ $member }} = {{ include "viber-gateway.toml" $value }}
{{- end }}
{{ end }}
{{- end }}

{{/* The token files, as sources of a projected volume. */}}
{{- define "viber-gateway.tokenFiles" -}}
{{- range $name, $bot := .Values.bots }}
- secret:
{{- if $.Values.secrets.create }}
    name: {{ include "viber-gateway.fullname" $ }}-tokens
    items: [{key: {{ $name }}, path: {{ $name }}/token}]
{{- else }}
    name: {{ dig "tokenSecret" "name" "" $bot }}
    items: [{key: {{ dig "tokenSecret" "key" "token" $bot | quote }}, path: {{ $name }}/token}]
{{- end }}
{{- with $bot.previousTokenSecret }}
- secret:
    name: {{ .name }}
    items: [{key: {{ .key | default "token" | quote }}, path: {{ $name }}/previous-token}]
{{- end }}
{{- end }}
{{- end }}
