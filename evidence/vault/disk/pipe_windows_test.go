package disk

func mkfifo(string) error { return nil }
