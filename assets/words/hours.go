package words

import "strings"

// days as opening hours are written, and in each language.
var days = map[string]string{
	"fr": "lu ma me je ve sa di", "nl": "ma di wo do vr za zo", "de": "Mo Di Mi Do Fr Sa So", "en": "Mon Tue Wed Thu Fri Sat Sun",
}

// Hours puts opening hours, written as OpenStreetMap does ("Mo-Fr 09:00-17:00; PH off"), into words.
func (t *Text) Hours(hours string) string {
	switch hours {
	case "":
		return t.T("helpline.hours.unknown")
	case "24/7":
		return t.T("helpline.hours.always")
	}
	names := strings.Fields(days[t.lang])
	var pairs []string
	for i, d := range strings.Fields("Mo Tu We Th Fr Sa Su") {
		pairs = append(pairs, d, names[i])
	}
	pairs = append(pairs, "PH off", t.T("helpline.hours.holidays"), ",", ", ", "-", "–")
	return strings.NewReplacer(pairs...).Replace(hours)
}
