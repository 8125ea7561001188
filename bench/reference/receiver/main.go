// The receiving side written by hand: what a callback costs with nothing but
// net/http and franz-go.  It checks the signature, writes the raw body under the
// user's id, and answers 200 once all in-sync replicas have it (the client's
// defaults: idempotent, acks=all).  No ids, headers, metrics or limits.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"

	"github.com/twmb/franz-go/pkg/kgo"
)

type callback struct {
	Sender struct {
		ID string `json:"id"`
	} `json:"sender"`
}

type receiver struct {
	kafka *kgo.Client
	token []byte
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	if !r.isSigned(body, request.Header.Get("X-Viber-Content-Signature")) {
		http.Error(w, "wrong signature", http.StatusForbidden)
		return
	}
	var said callback
	if err := json.Unmarshal(body, &said); err != nil {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	record := &kgo.Record{Key: []byte(said.Sender.ID), Value: body}
	if err := r.kafka.ProduceSync(request.Context(), record).FirstErr(); err != nil {
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	}
}

func (r *receiver) isSigned(body []byte, signature string) bool {
	given, err := hex.DecodeString(signature)
	if err != nil {
		return false
	}
	code := hmac.New(sha256.New, r.token)
	code.Write(body)
	return hmac.Equal(code.Sum(nil), given)
}

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	servers := flag.String("kafka", "127.0.0.1:9092", "bootstrap server")
	topic := flag.String("topic", "viber.inbound", "where events go")
	token := flag.String("token", "", "key of the signatures")
	flag.Parse()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(*servers),
		kgo.DefaultProduceTopic(*topic),
		kgo.ProducerLinger(0),
	)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*address, &receiver{client, []byte(*token)}))
}
