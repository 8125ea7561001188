// What the CloudEvents SDK for Go makes of our records, and what it writes.
// The same questions and answers as in ../python/probe.py.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	"github.com/IBM/sarama"
	"github.com/cloudevents/sdk-go/protocol/kafka_sarama/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
)

// record is one Kafka record; encoding/json writes bytes in base64.
type record struct {
	Headers map[string][]byte `json:"headers"`
	Value   []byte            `json:"value"`
}

// content is what an event says.
type content struct {
	Attributes map[string]string `json:"attributes"`
	Data       json.RawMessage   `json:"data"`
}

type question struct {
	Events   []record  `json:"events"`
	Commands []content `json:"commands"`
}

type answer struct {
	Events     []content `json:"events"`
	Binary     []record  `json:"binary"`
	Structured []record  `json:"structured"`
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(r record) content {
	message := kafka_sarama.NewMessage(r.Value, string(r.Headers["content-type"]), r.Headers)
	e, err := binding.ToEvent(context.Background(), message)
	must(err)
	must(e.Validate())
	attributes := map[string]string{
		"id":              e.ID(),
		"source":          e.Source(),
		"specversion":     e.SpecVersion(),
		"type":            e.Type(),
		"datacontenttype": e.DataContentType(),
	}
	if e.Subject() != "" {
		attributes["subject"] = e.Subject()
	}
	if !e.Time().IsZero() {
		attributes["time"] = e.Time().Format(time.RFC3339Nano)
	}
	for name, value := range e.Extensions() {
		attributes[name] = value.(string)
	}
	return content{attributes, e.Data()}
}

func eventOf(c content) *event.Event {
	e := event.New()
	for name, value := range c.Attributes {
		switch name {
		case "specversion": // set already
		case "id":
			e.SetID(value)
		case "source":
			e.SetSource(value)
		case "type":
			e.SetType(value)
		default:
			e.SetExtension(name, value)
		}
	}
	must(e.SetData(event.ApplicationJSON, c.Data))
	must(e.Validate())
	return &e
}

func write(ctx context.Context, e *event.Event) record {
	message := &sarama.ProducerMessage{}
	must(kafka_sarama.WriteProducerMessage(ctx, binding.ToMessage(e), message))
	headers := map[string][]byte{}
	for _, header := range message.Headers {
		headers[string(header.Key)] = header.Value
	}
	value, err := message.Value.Encode()
	must(err)
	return record{headers, value}
}

func main() {
	var asked question
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	var told answer
	for _, r := range asked.Events {
		told.Events = append(told.Events, read(r))
	}
	for _, c := range asked.Commands {
		e := eventOf(c)
		told.Binary = append(told.Binary, write(binding.WithForceBinary(context.Background()), e))
		told.Structured = append(told.Structured, write(binding.WithForceStructured(context.Background()), e))
	}
	must(json.NewEncoder(os.Stdout).Encode(told))
}
