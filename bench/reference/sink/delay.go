package main

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

const lanes = 9 // odd: the middle one takes the delay as it is

type wait struct {
	until time.Time
	over  chan struct{}
}

// Delay lets requests wait, all for the same time or, with a spread, each for one of
// nine around it in turn.
//
// Go's timers are late by up to a millisecond where nothing else happens, since they
// sleep in epoll, which counts in milliseconds.  Here each of the nine times has a
// thread that sleeps to a fraction of that: its requests come and go in order.
type Delay struct {
	nanoseconds atomic.Int64
	percent     atomic.Int64 // how far the first and the last lane are off
	turn        atomic.Int64
	waits       [lanes]chan wait
}

// NewDelay begins without any delay.
func NewDelay() *Delay {
	delay := &Delay{}
	for lane := range delay.waits {
		delay.waits[lane] = make(chan wait, 10_000)
		go release(delay.waits[lane])
	}
	return delay
}

// Set changes the delay and its spread; who waits already is not hurried.
func (d *Delay) Set(delay time.Duration, percent int) {
	d.nanoseconds.Store(int64(delay))
	d.percent.Store(int64(percent))
}

// Wait returns once the delay is over.
func (d *Delay) Wait() {
	middle := int64(lanes / 2)
	lane := middle
	percent := d.percent.Load()
	if percent > 0 {
		lane = d.turn.Add(1) % lanes
	}
	delay := d.nanoseconds.Load()
	delay += delay * percent * (lane - middle) / middle / 100
	over := make(chan struct{})
	d.waits[lane] <- wait{time.Now().Add(time.Duration(delay)), over}
	<-over
}

func release(waits <-chan wait) {
	runtime.LockOSThread()
	for next := range waits {
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
