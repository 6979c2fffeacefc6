package screen

import "sync"

// saver runs one write at a time and keeps only the newest one that waits: a fast
// typist costs no queue of writes, and the last stroke is always written.
type saver struct {
	mu      sync.Mutex
	running bool
	next    func()
	idle    []chan struct{}
}

// put runs f, now or after the write on its way.
func (s *saver) put(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = f
	if !s.running {
		s.running = true
		go s.run()
	}
}

func (s *saver) run() {
	for {
		s.mu.Lock()
		f := s.next
		s.next = nil
		if f == nil {
			s.running = false
			for _, c := range s.idle {
				close(c)
			}
			s.idle = nil
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		f()
	}
}

// wait returns when nothing is left to write.
func (s *saver) wait() {
	s.mu.Lock()
	if !s.running {
		s.mu.Unlock()
		return
	}
	c := make(chan struct{})
	s.idle = append(s.idle, c)
	s.mu.Unlock()
	<-c
}
