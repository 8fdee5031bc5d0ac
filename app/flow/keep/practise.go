package keep

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"constat/app/flow/look"
	site "constat/assets/practice"
	"constat/evidence"
)

// ServePractice puts the practice page on a free port of 127.0.0.1.
func ServePractice(ctx context.Context) (address string, stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("practice page: %w", err)
	}
	srv := &http.Server{Handler: http.FileServerFS(site.FS()), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(l) // ends with ErrServerClosed when stop is called
	}()
	return "http://" + l.Addr().String() + "/", func() {
		_ = srv.Close()
		<-served
	}, nil
}

// StartPractice serves the practice page on loopback, makes a practice case in
// the open vault, and returns the case, the page's address and a function that
// stops the server. Everything kept in that case is marked, is stamped by the
// practice authority only, and is refused by verify unless asked for. Locking
// the vault stops it too.
func (k *Keeper) StartPractice(ctx context.Context) (c look.Case, address string, stop func(), err error) {
	c, err = k.createCase(ctx, evidence.PracticeMark, true)
	if err != nil {
		return look.Case{}, "", nil, err
	}
	address, stop, err = ServePractice(context.WithoutCancel(ctx))
	if err != nil {
		return look.Case{}, "", nil, err
	}
	k.mu.Lock()
	previous := k.stopped
	k.stopped = stop
	k.mu.Unlock()
	if previous != nil {
		previous()
	}
	return c, address, stop, nil
}
