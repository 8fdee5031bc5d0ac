package words

import "testing"

func TestHours(t *testing.T) {
	for lang, want := range map[string][]string{
		"fr": {"jour et nuit", "heures non connues", "lu–ve 09:00–17:00; pas les jours fériés", "lu, ma, je, ve 09:00–12:00; me 13:00–16:00"},
		"nl": {"dag en nacht", "uren niet bekend", "ma–vr 09:00–17:00; niet op feestdagen", "ma, di, do, vr 09:00–12:00; wo 13:00–16:00"},
		"de": {"rund um die Uhr", "Zeiten nicht bekannt", "Mo–Fr 09:00–17:00; nicht an Feiertagen", "Mo, Di, Do, Fr 09:00–12:00; Mi 13:00–16:00"},
		"en": {"day and night", "hours not known", "Mon–Fri 09:00–17:00; not on public holidays", "Mon, Tue, Thu, Fri 09:00–12:00; Wed 13:00–16:00"},
	} {
		text, err := For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for i, hours := range []string{"24/7", "", "Mo-Fr 09:00-17:00; PH off", "Mo,Tu,Th,Fr 09:00-12:00; We 13:00-16:00"} {
			if got := text.Hours(hours); got != want[i] {
				t.Errorf("%s: %q, want %q", lang, got, want[i])
			}
		}
	}
}
