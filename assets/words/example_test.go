package words_test

import (
	"fmt"
	"time"

	"constat/assets/words"
)

// Screen and report ask for their languages apart; nothing looks at the system's.
func Example() {
	at := time.Date(2026, 11, 23, 11, 42, 7, 0, time.FixedZone("CET", 3600))
	for _, lang := range words.Languages {
		t, err := words.For(lang)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(t.T("outcome.complete")+",", t.DateTime(at), t.Zone(at))
	}
	fmt.Println(words.Match("nl_BE.UTF-8"))
	// Output:
	// sans lacune constatée, lundi 23 novembre 2026 à 11:42:07 UTC+1
	// geen leemte vastgesteld, maandag 23 november 2026 om 11:42:07 UTC+1
	// keine Lücken festgestellt, Montag, 23. November 2026, um 11:42:07 Uhr UTC+1
	// no gaps found, Monday 23 November 2026 at 11:42:07 UTC+1
	// nl
}
