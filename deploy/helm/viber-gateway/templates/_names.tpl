{{/*
Names, labels and metadata of objects.

Rule: a selector holds name, instance and component, and nothing that a new version
changes: selectors are immutable.
*/}}

{{/* The chart's name, in labels and in the objects' names. */}}
{{- define "viber-gateway.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 42 | trimSuffix "-" }}
{{- end }}

{{/* The objects' name. Suffixes have up to 21 characters, and a Service's name up to 63. */}}
{{- define "viber-gateway.fullname" -}}
{{- $name := include "viber-gateway.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- .Values.fullnameOverride | default $full | trunc 42 | trimSuffix "-" }}
{{- end }}

{{/* Where the objects are. */}}
{{- define "viber-gateway.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace }}
{{- end }}

{{/* The labels that select the pods of one component. Takes root and component. */}}
{{- define "viber-gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "viber-gateway.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{/* All labels of an object. Takes root, component and more labels. */}}
{{- define "viber-gateway.labels" -}}
{{- $own := include "viber-gateway.selectorLabels" . | fromYaml }}
{{- $_ := set $own "app.kubernetes.io/version" (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_") }}
{{- mergeOverwrite (deepCopy .root.Values.commonLabels) (deepCopy (.labels | default dict)) $own | toYaml }}
{{- end }}

{{/*
Name, namespace, labels and annotations of an object. Takes root, suffix of the name,
component, and where they differ: name, namespace, labels, annotations.
*/}}
{{- define "viber-gateway.metadata" -}}
name: {{ .name | default (printf "%s%s" (include "viber-gateway.fullname" .root) (.suffix | default "")) }}
namespace: {{ .namespace | default (include "viber-gateway.namespace" .root) }}
labels:
  {{- include "viber-gateway.labels" . | nindent 2 }}
{{- with mergeOverwrite (deepCopy .root.Values.commonAnnotations) (deepCopy (.annotations | default dict)) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The image, by digest where there is one. */}}
{{- define "viber-gateway.image" -}}
{{- with .Values.global.imageRegistry | default .Values.image.registry }}{{ . }}/{{ end }}
{{- .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The service account that the pods run as. */}}
{{- define "viber-gateway.serviceAccountName" -}}
{{- $made := .Values.serviceAccount.create | ternary (include "viber-gateway.fullname" .) "default" }}
{{- .Values.serviceAccount.name | default $made }}
{{- end }}

{{/* The Secret that a Certificate is kept in. */}}
{{- define "viber-gateway.certificateSecret" -}}
{{- .Values.certificate.secretName | default (printf "%s-tls" (include "viber-gateway.fullname" .)) }}
{{- end }}
