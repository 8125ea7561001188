package main

import (
	"strings"

	"github.com/cloudevents/sdk-go/v2/binding/spec"
	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"
	"github.com/twmb/franz-go/pkg/kgo"
)

// CloudEvents in franz-go's records, binary mode: the SDK has no binding for this client.
// Attributes stand in headers that begin with "ce_", the data in the value.
var attributes = spec.WithPrefix("ce_").Version("1.0")

const contentType = "content-type"

func read(record *kgo.Record) (*event.Event, error) {
	about := event.New()
	for _, header := range record.Headers {
		name, value := header.Key, string(header.Value)
		extension, isAttribute := strings.CutPrefix(name, "ce_")
		switch {
		case name == contentType:
			about.SetDataContentType(value)
		case isAttribute && attributes.Attribute(name) == nil:
			about.SetExtension(extension, value)
		case isAttribute:
			if err := attributes.SetAttribute(about.Context, name, value); err != nil {
				return nil, err
			}
		}
	}
	about.DataEncoded = record.Value
	return &about, about.Validate()
}

func write(topic string, key []byte, about *event.Event) (*kgo.Record, error) {
	record := &kgo.Record{Topic: topic, Key: key, Value: about.Data()}
	put := func(name string, value any) error {
		text, err := types.Format(value)
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: name, Value: []byte(text)})
		return err
	}
	for _, attribute := range attributes.Attributes() {
		name := attribute.PrefixedName()
		if attribute.Kind() == spec.DataContentType {
			name = contentType
		}
		if value := attribute.Get(about.Context); value != nil {
			if err := put(name, value); err != nil {
				return nil, err
			}
		}
	}
	for name, value := range about.Extensions() {
		if err := put("ce_"+name, value); err != nil {
			return nil, err
		}
	}
	return record, about.Validate()
}
