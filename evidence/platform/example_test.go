package platform_test

import (
	"fmt"
	"time"

	"constat/evidence/platform"
)

// What an address says by itself, without anything being loaded.
func Example() {
	now := time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC)
	it, ok := platform.Recognize("https://x.com/somebody/status/1460323737035677698?s=20", now)
	fmt.Println(ok, it.Platform, it.Kind, it.IDs[platform.FieldPost])
	fmt.Println(it.Permalink)
	fmt.Println(it.Time.Time.UTC().Format(time.RFC3339), "as the id itself says")

	_, ok = platform.Recognize("https://x.com.evil.example/somebody/status/1460323737035677698", now)
	fmt.Println(ok)
	// Output:
	// true x post 1460323737035677698
	// https://x.com/somebody/status/1460323737035677698
	// 2021-11-15T19:08:05Z as the id itself says
	// false
}
