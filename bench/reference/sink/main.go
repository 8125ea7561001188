// A Viber that only answers, and keeps account: every request is accepted after a
// set time, in the shape of Viber's own answer.
//
// The number of a command stands in its tracking_data, ascending per receiver.
// POST /reset?delay_ms=20&spread_percent=0&fail_s=0 begins anew; the receiver
// "stuck" gets HTTP 500 for so many seconds, and then its answers at once.
// GET /stats, POST /mark.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

const stuckReceiver = "stuck"

type message struct {
	Receiver     string `json:"receiver"`
	TrackingData string `json:"tracking_data"`
}

type sink struct {
	ledger *Ledger
	delay  *Delay
	tokens atomic.Int64
}

func (s *sink) send(w http.ResponseWriter, request *http.Request) {
	var said message
	body, err := io.ReadAll(request.Body)
	if err == nil {
		err = json.Unmarshal(body, &said)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	number, _ := strconv.Atoi(said.TrackingData)
	isAccepted := s.ledger.Begin(said.Receiver)
	if said.Receiver != stuckReceiver {
		s.delay.Wait()
	}
	s.ledger.End(said.Receiver, number, isAccepted)
	s.answer(w, isAccepted)
}

func (s *sink) answer(w http.ResponseWriter, isAccepted bool) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	if !isAccepted {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, `{"status":0,"status_message":"ok","message_token":%d,`+
		`"chat_hostname":"SN-CHAT-01_","billing_status":1}`, s.tokens.Add(1))
}

func (s *sink) account(w http.ResponseWriter, _ *http.Request) {
	io.WriteString(w, `{"status":0,"status_message":"ok","id":"pa:1","name":"sink"}`)
}

func (s *sink) reset(w http.ResponseWriter, request *http.Request) {
	delay, _ := strconv.Atoi(request.FormValue("delay_ms"))
	spread, _ := strconv.Atoi(request.FormValue("spread_percent"))
	fail, _ := strconv.ParseFloat(request.FormValue("fail_s"), 64)
	s.delay.Set(time.Duration(delay)*time.Millisecond, spread)
	s.ledger.Reset(time.Duration(fail * float64(time.Second)))
	s.stats(w, request)
}

func (s *sink) mark(w http.ResponseWriter, request *http.Request) {
	s.ledger.Mark()
	s.stats(w, request)
}

func (s *sink) stats(w http.ResponseWriter, _ *http.Request) {
	json.NewEncoder(w).Encode(s.ledger.Report())
}

func (s *sink) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("POST /pa/get_account_info", s.account)
	routes.HandleFunc("POST /pa/{method}", s.send)
	routes.HandleFunc("POST /reset", s.reset)
	routes.HandleFunc("POST /mark", s.mark)
	routes.HandleFunc("GET /stats", s.stats)
	return routes
}

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	tls := flag.String("tls", "", "where to listen with TLS besides")
	certificate := flag.String("certificate", "", "PEM file")
	key := flag.String("key", "", "PEM file of its key")
	flag.Parse()
	s := &sink{ledger: &Ledger{}, delay: NewDelay()}
	s.tokens.Store(6_109_932_537_732_547_000) // beyond 2^53, as Viber's are
	s.ledger.Reset(0)
	if *tls != "" {
		go func() {
			log.Fatal(s.server(*tls).ListenAndServeTLS(*certificate, *key))
		}()
	}
	log.Fatal(s.server(*address).ListenAndServe())
}

func (s *sink) server(address string) *http.Server {
	server := &http.Server{Addr: address, Handler: s.routes()}
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.ledger.Connected()
		}
	}
	return server
}
