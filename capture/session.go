package capture

type session struct{}
