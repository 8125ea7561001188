{{/*
What every pod of the chart has: the gateway's, those of jobs, those of tests.
*/}}

{{/* The security context of pods, without user and groups on OpenShift. */}}
{{- define "viber-gateway.podSecurityContext" -}}
{{- $context := .Values.podSecurityContext }}
{{- if .Values.openshift.adaptSecurityContext }}
{{- $context = omit $context "runAsUser" "runAsGroup" "fsGroup" }}
{{- end }}
{{- toYaml $context }}
{{- end }}

{{/* The first lines of a pod's spec. */}}
{{- define "viber-gateway.pod" -}}
serviceAccountName: {{ include "viber-gateway.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with concat .Values.global.imagePullSecrets .Values.image.pullSecrets | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "viber-gateway.podSecurityContext" . | nindent 2 }}
{{- end }}

{{/* The first lines of a container. */}}
{{- define "viber-gateway.container" -}}
image: {{ include "viber-gateway.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
{{- end }}

{{/*
Environment and mounts of a container that reads the settings. Takes root, name of
the role, and the role's values for what is added.
*/}}
{{- define "viber-gateway.configuration" -}}
envFrom:
  - configMapRef:
      name: {{ include "viber-gateway.fullname" .root }}
  {{- with dig "extraEnvFrom" list .values }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $env := include "viber-gateway.kafkaEnv" . | fromYamlArray }}
{{- with concat $env (dig "extraEnv" list .values) }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: bots, mountPath: /etc/viber-gateway/bots, readOnly: true}
  - {name: tokens, mountPath: /etc/viber-gateway/tokens, readOnly: true}
  {{- if include "viber-gateway.kafkaFiles" . }}
  - {name: kafka, mountPath: /etc/viber-gateway/kafka, readOnly: true}
  {{- end }}
  {{- with dig "extraVolumeMounts" list .values }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The volumes of such a pod. Takes the same. */}}
{{- define "viber-gateway.volumes" -}}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
  - name: bots
    configMap: {name: {{ include "viber-gateway.fullname" .root }}-bots}
  - name: tokens
    projected:
      defaultMode: 0440
      sources:
        {{- include "viber-gateway.tokenFiles" .root | trim | nindent 8 }}
  {{- with include "viber-gateway.kafkaFiles" . }}
  - name: kafka
    projected:
      defaultMode: 0440
      sources:
        {{- trim . | nindent 8 }}
  {{- end }}
  {{- with dig "extraVolumes" list .values }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The probes, all on the management port. */}}
{{- define "viber-gateway.probes" -}}
{{- range $kind, $path := dict "startup" "/startupz" "liveness" "/livez" "readiness" "/readyz" }}
{{- $probe := get $.Values.probes $kind }}
{{- if $probe.enabled }}
{{ $kind }}Probe:
  httpGet: {path: {{ $path }}, port: http-mgmt}
  {{- omit $probe "enabled" | toYaml | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
