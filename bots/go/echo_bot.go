// The bot of bots/README.md in Go; it knows nothing but three Kafka topics.
//
// Offsets are committed once Kafka has acknowledged the answers.  To run it:
//
//	go generate && KAFKA_BOOTSTRAP_SERVERS=localhost:9092 go run .
package main

import (
	"cmp"
	"context"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/hashicorp/golang-lru/v2"
	"github.com/twmb/franz-go/pkg/kgo"
)

const remembered = 10_000

func setting(name, usual string) string { return cmp.Or(os.Getenv(name), usual) }

var name, commands = setting("BOT_NAME", "echo-bot-go"), setting("TOPIC_OUTBOUND", "viber.outbound")

// addressed leaves the receiver out of a welcome message.
type addressed struct {
	SendMessage
	Receiver string `json:"receiver,omitempty"`
}

// command is an answer as a record, or the welcome message that was asked for.
func command(about *event.Event, user []byte, text string) (*kgo.Record, error) {
	use, topic, message := "-answer-", commands, show(text)
	if strings.HasPrefix(about.Type(), "com.viber.result.") {
		use = "-sorry-"
	}
	made := event.New()
	made.SetID(name + use + about.ID())
	made.SetSource("/bots/" + name)
	made.SetType("com.viber.command.send_message")
	for _, name := range []string{"bot", "correlationid", "traceparent"} { // those that are there
		made.SetExtension(name, about.Extensions()[name])
	}
	key, body := user, addressed{message, string(user)}
	if place, isAsked := about.Extensions()["replyto"].(string); isAsked {
		question, _ := about.Extensions()["correlationid"].(string)
		topic, key, body.Receiver = place, []byte(question), ""
	}
	if err := made.SetData(event.ApplicationJSON, body); err != nil {
		return nil, err
	}
	return write(topic, key, &made)
}

// understand reads a record, and says what to answer, if anything.
func understand(record *kgo.Record) (*event.Event, string, bool, error) {
	about, err := read(record)
	if err != nil {
		return nil, "", false, err
	}
	text, hasAnswer, err := answer(about)
	return about, text, hasAnswer, err
}

// answers makes the commands for what has come and is not known yet.
func answers(fetches kgo.Fetches, seen *lru.Cache[string, struct{}]) ([]*kgo.Record, error) {
	var made []*kgo.Record
	if err := fetches.Err(); err != nil {
		return nil, err
	}
	for record := range fetches.RecordsAll() {
		about, text, hasAnswer, err := understand(record)
		if err != nil { // somebody else wrote it
			log.Printf("%s: left out %s/%d/%d, no event: %v",
				name, record.Topic, record.Partition, record.Offset, err)
			continue
		}
		isKnown, _ := seen.ContainsOrAdd(about.ID(), struct{}{})
		if !hasAnswer || isKnown || record.Key == nil {
			continue
		}
		reply, err := command(about, record.Key, text)
		if err != nil {
			return nil, err
		}
		made = append(made, reply)
	}
	return made, nil
}

// serve answers until ctx ends; what was not committed by then comes again.
func serve(ctx context.Context, kafka *kgo.Client) error {
	seen, err := lru.New[string, struct{}](remembered)
	for err == nil {
		var made []*kgo.Record
		made, err = answers(kafka.PollFetches(ctx), seen)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = kafka.ProduceSync(context.Background(), made...).FirstErr()
		}
		if err == nil {
			err = kafka.CommitUncommittedOffsets(context.Background())
		}
	}
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	kafka, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(setting("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"), ",")...),
		kgo.ConsumeTopics(setting("TOPIC_INBOUND", "viber.inbound"), setting("TOPIC_RESULTS", "viber.results")),
		kgo.ConsumerGroup(name), kgo.SessionTimeout(6*time.Second), kgo.DisableAutoCommit())
	if err != nil {
		log.Fatal(err)
	}
	defer kafka.Close()
	if err := serve(ctx, kafka); err != nil {
		log.Fatal(err)
	}
}
