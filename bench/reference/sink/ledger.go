package main

import (
	"sync"
	"time"
)

// Tally is what became of one group of receivers: the stuck one, or all others.
//
// Accepted counts commands, Duplicates what was accepted again.  An overlap is a
// request that began while another of its receiver was under way; a violation is a
// command accepted for the first time after a later one of its receiver.
type Tally struct {
	Accepted   int   `json:"accepted"`
	Duplicates int   `json:"duplicates"`
	Refused    int   `json:"refused"`
	Violations int   `json:"violations"`
	Overlaps   int   `json:"overlaps"`
	FirstNs    int64 `json:"first_ns"` // of the first and the last acceptance, Unix time
	LastNs     int64 `json:"last_ns"`
}

// Report is the whole answer to GET /stats.
type Report struct {
	Others      Tally `json:"others"`
	Stuck       Tally `json:"stuck"`
	Most        int   `json:"most_in_flight"`
	Connections int   `json:"connections"`
	ResumedNs   int64 `json:"resumed_ns"` // first request after POST /mark; 0: none yet
	SilenceNs   int64 `json:"silence_ns"` // longest of a receiver between two acceptances
}

type receiver struct {
	underWay int
	highest  int
	lastNs   int64 // when it accepted last, Unix time
}

// Ledger remembers, per receiver, what was accepted and in which order.
type Ledger struct {
	mutex     sync.Mutex
	report    Report
	receivers map[string]*receiver
	accepted  map[int]bool
	inFlight  int
	failUntil time.Time
}

// Reset forgets everything but the open connections.
func (l *Ledger) Reset(failFor time.Duration) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.report = Report{ResumedNs: -1}
	l.receivers = map[string]*receiver{}
	l.accepted = map[int]bool{}
	l.failUntil = time.Now().Add(failFor)
}

// Mark asks for the time of the next request, and for the longest silence from now on.
func (l *Ledger) Mark() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.report.ResumedNs, l.report.SilenceNs = 0, 0
}

// Connected counts a new connection.
func (l *Ledger) Connected() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.report.Connections++
}

// Report returns a copy.
func (l *Ledger) Report() Report {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.report
}

// Begin notes a request and tells whether it will be accepted.
func (l *Ledger) Begin(who string) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.report.ResumedNs == 0 {
		l.report.ResumedNs = time.Now().UnixNano()
	}
	l.inFlight++
	l.report.Most = max(l.report.Most, l.inFlight)
	known := l.receivers[who]
	if known == nil {
		known = &receiver{highest: -1}
		l.receivers[who] = known
	}
	if known.underWay > 0 {
		l.tally(who).Overlaps++
	}
	known.underWay++
	return who != stuckReceiver || time.Now().After(l.failUntil)
}

// End notes how a request ended.
func (l *Ledger) End(who string, number int, isAccepted bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.inFlight--
	known, tally := l.receivers[who], l.tally(who)
	if known == nil { // begun before the last reset
		return
	}
	known.underWay--
	switch {
	case !isAccepted:
		tally.Refused++
	case l.accepted[number]:
		tally.Duplicates++
	default:
		l.accept(known, tally, number)
	}
}

func (l *Ledger) accept(known *receiver, tally *Tally, number int) {
	l.accepted[number] = true
	if number < known.highest {
		tally.Violations++
	}
	known.highest = max(known.highest, number)
	tally.Accepted++
	tally.LastNs = time.Now().UnixNano()
	if known.lastNs > 0 {
		l.report.SilenceNs = max(l.report.SilenceNs, tally.LastNs-known.lastNs)
	}
	known.lastNs = tally.LastNs
	if tally.FirstNs == 0 {
		tally.FirstNs = tally.LastNs
	}
}

func (l *Ledger) tally(who string) *Tally {
	if who == stuckReceiver {
		return &l.report.Stuck
	}
	return &l.report.Others
}
