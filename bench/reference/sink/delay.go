package main

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

type wait struct {
	until time.Time
	over  chan struct{}
}

// Delay lets requests wait for a time that is the same for all of them.
//
// Go's timers are late by up to a millisecond where nothing else happens, since they
// sleep in epoll, which counts in milliseconds; a thread of its own sleeps to 0.1 ms.
type Delay struct {
	nanoseconds atomic.Int64
	waits       chan wait
}

// NewDelay begins without any delay.
func NewDelay() *Delay {
	delay := &Delay{waits: make(chan wait, 100_000)}
	go delay.run()
	return delay
}

// Set changes the delay; who waits already is not hurried.
func (d *Delay) Set(delay time.Duration) {
	d.nanoseconds.Store(int64(delay))
}

// Wait returns once the delay is over.
func (d *Delay) Wait() {
	over := make(chan struct{})
	d.waits <- wait{time.Now().Add(time.Duration(d.nanoseconds.Load())), over}
	<-over
}

func (d *Delay) run() {
	runtime.LockOSThread()
	for next := range d.waits {
		sleepUntil(next.until)
		close(next.over)
	}
}

func sleepUntil(until time.Time) {
	for {
		left := time.Until(until)
		if left <= 0 {
			return
		}
		span := syscall.NsecToTimespec(int64(left))
		syscall.Nanosleep(&span, nil)
	}
}
