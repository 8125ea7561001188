{{/*
A Job that tells Viber where callbacks go.
*/}}

{{/* The spec of the Job. Takes root, and args of `viber-gateway webhook`. */}}
{{- define "viber-gateway.webhookJob" -}}
{{- $values := .root.Values.webhookRegistration }}
{{- $configuration := dict "root" .root "name" (include "viber-gateway.mainRole" .root) "values" dict -}}
backoffLimit: {{ $values.backoffLimit }}
activeDeadlineSeconds: {{ $values.activeDeadlineSeconds }}
ttlSecondsAfterFinished: 86400
podFailurePolicy:
  rules:
    - action: Ignore
      onPodConditions: [{type: DisruptionTarget, status: "True"}]
    # Exit code 2: a token that Viber does not know, or wrong settings; the next try has the same.
    - action: FailJob
      onExitCodes: {containerName: webhook, operator: In, values: [2]}
template:
  metadata:
    labels:
      {{- include "viber-gateway.selectorLabels" (dict "root" .root "component" "webhook") | nindent 6 }}
  spec:
    {{- include "viber-gateway.pod" .root | nindent 4 }}
    restartPolicy: Never
    containers:
      - name: webhook
        {{- include "viber-gateway.container" .root | nindent 8 }}
        args:
          - webhook
          {{- toYaml .args | nindent 10 }}
          {{- with $values.bot }}
          - --bot={{ . }}
          {{- end }}
        {{- include "viber-gateway.configuration" $configuration | nindent 8 }}
        resources:
          {{- toYaml $values.resources | nindent 10 }}
    {{- include "viber-gateway.volumes" $configuration | nindent 4 }}
{{- end }}
