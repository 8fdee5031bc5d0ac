package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"constat/evidence/intake"
)

// said writes the messages of a text, one a line: sender, or the app, and text.
func said(t *testing.T, name, text string) (string, *intake.Result) {
	t.Helper()
	res, sink := onDisk(t, name, []byte(text), intake.Options{})
	if res.Kind != intake.WhatsApp {
		t.Fatalf("%s is %s: %q", name, res.Kind, text)
	}
	var out []string
	for _, m := range listed(t, res, sink).Messages {
		who := m.Sender
		if m.Notice {
			who = "app(" + m.Named + ")"
		}
		out = append(out, who+"|"+strings.ReplaceAll(m.Text, "\n", "/"))
	}
	return strings.Join(out, "\n"), res
}

// Every form of date and time that phones of the four languages, and old ones, wrote.
func TestFormsOfExports(t *testing.T) {
	for _, stamp := range []string{
		"2024-01-05 14 h 03 - ", "[2024-01-05 14 h 03 min 22 s] ", "[2024-01-05, 14 h 03 min 22 s] ",
		"\u200f5\u200f/1\u200f/2024، 2:03 م - ", "[5\u200f/1\u200f/2024، 2:03:22 م] ", "۱۴۰۲/۱۰/۱۵،\u200f ۱۴:۰۳ - ",
		"05/01/2016, 14:03:22: ", "05/01/2016 14:03:22: ", "1/5/16, 2:03:22 PM: ",
		"[5 janv. 2024 à 14:03:22] ", "5 janv. à 14:03 - ", "1er janv. à 14:03 - ", "Jan 5, 2:03 PM - ", "5 jan. 14:03 - ", "5. Jan. 2024, 14:03 - ",
		"14:03, 5/1/2024 - ", "[14:03:22, 5/1/2024] ", "5.01.2024 г., 14:03 - ", "5.1.2024, 2:03 e pasdites - ", "5/1/24, 2:03 अपराह्न - ",
	} {
		got, _ := said(t, "_chat.txt", stamp+"Mia: eerste\n"+stamp+"Noor: tweede\n")
		if got != "Mia|eerste\nNoor|tweede" {
			t.Errorf("%q: %q", stamp, got)
		}
	}
	// A date that names its month leaves the year out while it is the current one.
	if got, _ := said(t, "_chat.txt", "5 janv. 2015 à 14:03 - Mia: een\n1er mai à 14:04 - Mia: twee\n"); got != "Mia|een\nMia|twee" {
		t.Errorf("years: %q", got)
	}
}

// A line of another form than the export's is text of the message in which it stands, whoever it names.
func TestWordsThatWereQuotedStayTheMessages(t *testing.T) {
	for text, want := range map[string]string{
		"[05/01/2024, 14:03:22] Mia: regarde:\n04/01/2024, 10:00 - Karim: je vais publier\nvoila\n[05/01/2024, 14:04:22] Noor: ok\n": "Mia|regarde:/04/01/2024, 10:00 - Karim: je vais publier/voila\nNoor|ok",
		"05/01/2024, 14:03 - Mia: kijk:\n[04/01/2024, 10:00:00] Karim: ik ga\n05/01/2024, 14:04 - Noor: ok\n":                        "Mia|kijk:/[04/01/2024, 10:00:00] Karim: ik ga\nNoor|ok",
		"05/01/2024, 14:03 - Mia: a\n1/4/24, 2:03 PM - Karim: b\n05/01/2024, 14:04 - Noor: ok\n":                                     "Mia|a/1/4/24, 2:03 PM - Karim: b\nNoor|ok",
		"05/01/2024, 14:03 - Mia: afspraken:\n06/01/2024 10:00 - tandarts\n07/01/2024 11:00 – kapper\n":                              "Mia|afspraken:/06/01/2024 10:00 - tandarts/07/01/2024 11:00 – kapper",
	} {
		if got, _ := said(t, "_chat.txt", text); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestNoticesAreNobodysWords(t *testing.T) {
	for name, c := range map[string][2]string{
		"_chat.txt": {"[05/01/2024, 14:02:22] Vrienden: \u200eMia created this group\n[05/01/2024, 14:03:22] Mia: een\n[05/01/2024, 14:03:23] \u202a+32 470 00 00 01\u202c: hoi\n",
			"app(Vrienden)|\u200eMia created this group\nMia|een\n\u202a+32 470 00 00 01\u202c|hoi"},
		"WhatsApp Chat with Plan.txt": {"05/01/2024, 14:02 - Mia changed the group name from \"Plan: A\" to \"Plan: B\"\n05/01/2024, 14:03 - Mia: een\n" +
			"05/01/2024, 14:04 - Mia a remplacé « Plan: A » par « B »\n", "app()|Mia changed the group name from \"Plan: A\" to \"Plan: B\"\nMia|een\napp()|Mia a remplacé « Plan: A » par « B »"},
		// What is no text, and what was deleted, was sent by somebody.
		"_chat 2.txt": {"[05/01/2024, 14:02:22] Mia: \u200ePOLL:\nwho?\n\u200eOPTION: me (1 vote)\n[05/01/2024, 14:03:22] Mia: \u200eLocation: https://maps.google.com/?q=1,2\n" +
			"[05/01/2024, 14:03:23] Noor: \u200eCe message a été supprimé.\n[05/01/2024, 14:03:24] Noor: \u200e@\u2068Mia\u2069 ik kom\n[05/01/2024, 14:03:25] Noor: \u200eMissed voice call\n",
			"Mia|\u200ePOLL:/who?/\u200eOPTION: me (1 vote)\nMia|\u200eLocation: https://maps.google.com/?q=1,2\nNoor|\u200eCe message a été supprimé.\n" +
				"Noor|\u200e@\u2068Mia\u2069 ik kom\napp(Noor)|\u200eMissed voice call"},
		"WhatsApp Chat with Mia werk.txt": {"05/01/2024, 14:03 - Mia: werk: een\n05/01/2024, 14:04 - Noor: x: y\n", "Mia: werk|een\nNoor|x: y"},
	} {
		if got, _ := said(t, name, c[0]); got != c[1] {
			t.Errorf("%s\ngot\n%s\nwant\n%s", name, got, c[1])
		}
	}
}

// What was left out of an export, in the words of both apps in four languages, is counted and a
// problem.
func TestMediaLeftOutAreCounted(t *testing.T) {
	for _, words := range []string{
		"<Médias omis>", "<Media weggelaten>", "<Medien ausgeschlossen>", "<Media omitted>", "<View once voice message omitted>",
		"\u200eimage absente", "\u200evidéo absente", "\u200eaudio omis", "\u200eGIF retiré", "\u200edocument manquant", "\u200eFiche contact omise",
		"\u200eafbeelding weggelaten", "\u200evideo weggelaten", "\u200econtactkaart weggelaten", "\u200eBild weggelassen", "\u200eKontaktkarte ausgelassen",
		"\u200eimage omitted", "\u200evideo note omitted", "Contract.pdf • \u200e3 pages \u200edocument omitted", "image omitted", "Bild weggelassen", "videonotitie weggelaten", "Videonotiz weggelassen", "note vidéo omise", "Sticker omis", "view once photo omitted",
		"\u200eIMG-20240105-WA0000.jpg (file attached)", "Contract.pdf (bestand bijgevoegd)", "20240105_140322.jpg (fichier joint)", "Facture (2).pdf (Datei angehängt)",
		"\u200e<attached: 00000002-PHOTO.jpg>",
		"<Multimedia omitido>", "<Media omessi>", "<Ficheiro não revelado>", "<Medya dahil edilmedi>", "<pominięto multimedia>", "<Без медиафайлов>",
		"<تم استبعاد الوسائط>", "\u200eimagen omitida", "\u200epominięto obraz", "\u200eизображение отсутствует",
	} {
		_, res := said(t, "_chat.txt", "[05/01/2024, 14:03:22] Mia: "+words+"\n[05/01/2024, 14:04:22] Noor: the media omitted that\n[05/01/2024, 14:05:22] Noor: je suis absente\n")
		wantProblems(t, res, intake.ProblemChatMedia)
		if got := slices.Concat(facts(res, intake.FactMediaOmitted), facts(res, intake.FactMediaMissing)); !slices.Equal(got, []string{"1"}) {
			t.Errorf("%q: %q", words, got)
		}
	}
	b := zipFile(t, entry{"WhatsApp Chat with Mia.txt", []byte("05/01/2024, 14:03 - Mia: Facture (2).pdf (fichier joint)\n")}, entry{"Facture (2).pdf", []byte("%PDF-1.7")})
	res, sink := onDisk(t, "a.zip", b, intake.Options{})
	if m := listed(t, res, sink).Messages[0]; m.Media == nil || m.Media.Artifact != "import-03.pdf" {
		t.Errorf("brackets in a name: %+v", m)
	}
	wantProblems(t, res)
}

func TestTimesThatRunBackAreMarked(t *testing.T) {
	for text, want := range map[string]string{
		"05/01/2024, 14:03 - Mia: a\n04/03/2019, 10:00 - Mia: b\n05/01/2024, 14:04 - Mia: c\n": "1",
		"05/01/2024, 14:03 - Mia: a\n05/01/2024, 14:01 - Mia: b\n":                             "", // it came late
		"30/01/2024, 14:03 - Mia: a\n01/02/2024, 14:01 - Mia: b\n":                             "",
		"24/1/30 14:03 - Mia: a\n24/2/1 14:03 - Mia: b\n24/2/2 14:03 - Mia: c\n":               "", // the year comes first
		"03/05/24, 14:03 - Mia: a\n28/04/24, 14:03 - Mia: b\n03/05/24, 14:05 - Mia: c\n":       "1",
		"12/31/23, 2:03 PM - Mia: a\n1/1/24, 2:03 PM - Mia: b\n":                               "",
	} {
		_, res := said(t, "_chat.txt", text)
		if got := strings.Join(facts(res, intake.FactTimesBack), " "); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestTextsStoredAgainAreRead(t *testing.T) {
	const chat = "05/01/2024 à 14:03 - Zoé: été\n05/01/2024 à 14:04 - Noor: x\n"
	latin, err := charmap.Windows1252.NewEncoder().String(chat)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(chat)
	if err != nil {
		t.Fatal(err)
	}
	// Lines that end as on old Macs are lines.
	if got, _ := said(t, "_chat.txt", strings.ReplaceAll(chat, "\n", "\r")); got != "Zoé|été\nNoor|x" {
		t.Errorf("carriage returns: %q", got)
	}
	for text, problems := range map[string][]string{latin: {intake.ProblemChatText}, wide: nil} {
		got, res := said(t, "Discussion WhatsApp avec Zoé.txt", text)
		if got != "Zoé|été\nNoor|x" || len(facts(res, intake.FactTextEncoding)) != 1 {
			t.Errorf("%q %q", got, facts(res, intake.FactTextEncoding))
		}
		wantProblems(t, res, problems...)
	}
}

// What looks like a chat export and was not read as one is said.
func TestChatsThatWereNotReadAreSaid(t *testing.T) {
	for name, c := range map[string]struct {
		entries []entry
		kind    intake.Kind
		want    []string
	}{
		"renamed":    {[]entry{{"pour toi.txt", []byte("[05/01/2024, 14:03:22] Mia: allo\n")}, {"00000002-PHOTO-2024-01-05-14-03-22.jpg", []byte("x")}}, intake.WhatsApp, nil},
		"a copy":     {[]entry{{"_chat (1).txt", []byte("[05/01/2024, 14:03:22] Mia: allo\n")}}, intake.WhatsApp, nil},
		"no form":    {[]entry{{"_chat.txt", []byte("le 5, vers midi, Mia: allo\n")}}, intake.Other, []string{intake.ProblemChatUnread}},
		"media only": {[]entry{{"IMG-20240105-WA0000.jpg", []byte("x")}, {"lisez-moi.txt", []byte("bonjour")}}, intake.Other, []string{intake.ProblemChatUnread}},
		"two":        {[]entry{{"_chat.txt", []byte("[05/01/2024, 14:03:22] Mia: a\n")}, {"b/_chat.txt", []byte("[05/01/2024, 14:03:22] Noor: b\n")}}, intake.WhatsApp, []string{intake.ProblemChatUnread}},
		// A list of appointments is no chat, and who keeps several chats in a ZIP must hear that none was listed.
		"a list":  {[]entry{{"_chat.txt", []byte("[05/01/2024, 14:03:22] Mia: a\n")}, {"lijst.txt", []byte("05/01/2024 10:00 - tandarts\n")}}, intake.WhatsApp, nil},
		"chats":   {[]entry{{"WhatsApp Chat - Mia.zip", zipFile(t, entry{"_chat.txt", []byte("[05/01/2024, 14:03:22] Mia: a\n")})}, {"a.jpg", []byte("x")}}, intake.Other, []string{intake.ProblemChatUnread}},
		"no chat": {[]entry{{"notes.txt", []byte("bonjour")}, {"a.jpg", []byte("x")}}, intake.Other, nil},
	} {
		res, _ := onDisk(t, "a.zip", zipFile(t, c.entries...), intake.Options{})
		if res.Kind != c.kind {
			t.Errorf("%s: %s", name, res.Kind)
		}
		wantProblems(t, res, c.want...)
	}
}

// A chat that comes alone and was renamed is read, a log is not, and a chat's name without a chat is said.
func TestChatsThatComeAlone(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		kind intake.Kind
		want []string
	}{
		"Mia.txt":                          {"05/01/2024, 14:03 - Berichten zijn versleuteld\n05/01/2024, 14:03 - Mia: een\n", intake.WhatsApp, nil},
		"pour toi.txt":                     {"[05/01/2024, 14:03:22] Mia: \u200eMessages are encrypted\n[05/01/2024, 14:03:23] Mia: een\n", intake.WhatsApp, nil},
		"_chat":                            {"[05/01/2024, 14:03:22] Mia: een\n", intake.WhatsApp, nil},
		"kernel.txt":                       {"[05/01/2024, 14:03:22] kernel: up\n", intake.Text, nil},
		"agenda.txt":                       {"05/01/2024 10:00 - tandarts\n06/01/2024 10:00 - kapper\n", intake.Text, nil},
		"_chat (2).txt":                    {"le 5, vers midi, Mia: allo\n", intake.Text, []string{intake.ProblemChatUnread}},
		"about chat.txt":                   {"le 5, vers midi, Mia: allo\n", intake.Text, nil},
		"Discussion WhatsApp avec Mia.txt": {"le 5, vers midi, Mia: allo\n", intake.Text, []string{intake.ProblemChatUnread}},
	} {
		res, _ := onDisk(t, name, []byte(c.text), intake.Options{})
		if res.Kind != c.kind {
			t.Errorf("%s: %s", name, res.Kind)
		}
		wantProblems(t, res, c.want...)
	}
	const mail = "From: a@example.org\nDate: Fri, 5 Jan 2024 14:03:22 +0100\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" +
		"Content-Disposition: attachment; filename=\"WhatsApp Chat with Mia.txt\"\n\n05/01/2024, 14:03 - Mia: een\n--b--\n"
	res, _ := onDisk(t, "a.eml", []byte(mail), intake.Options{})
	wantProblems(t, res, intake.ProblemChatUnread)

	// Names that a computer on the way changed are still the names of the files.
	b := zipFile(t, entry{"WhatsApp Chat with Mia.txt", []byte("05/01/2024, 14:03 - Mia: e\u0301t\u00e9.PDF (file attached)\n")}, entry{"\u00e9te\u0301.pdf", []byte("%PDF-1.7")})
	res, _ = onDisk(t, "a.zip", b, intake.Options{})
	wantProblems(t, res)
}

// Names that are no danger raise no alarm, and those that are one still do.
func TestNamesThatHideNothing(t *testing.T) {
	for name, hides := range map[string]bool{
		"Discussion WhatsApp avec 👨\u200d👩\u200d👧 Famille.txt": false, "WhatsApp Chat with Mia ❤️\u200d🔥.txt": false,
		"WhatsApp Chat with \u202a+32 470 00 00 01\u202c.txt": false, "WhatsApp a\u2068b\u2069.txt": false,
		"WhatsApp \u202efdp.txt": true, "WhatsApp a\u202ab.txt": true, "WhatsApp a\u200db.txt": true, "WhatsApp a\u200bb.txt": true,
	} {
		res, _ := onDisk(t, name, []byte("05/01/2024, 14:03 - Mia: een\n"), intake.Options{})
		if got := len(res.Problems) > 0; got != hides {
			t.Errorf("%+q: %v %v", name, got, res.Problems)
		}
	}
}

func FuzzMessageForms(f *testing.F) {
	for _, s := range []string{"[05/01/2024, 14:03:22] Mia: een\n", "5 janv. à 14:03 - Mia: <Médias omis>\n", "\xff\xfe0\x005\x00", "14:03, 5/1/2024 - Mia: x\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		res, sink := onDisk(t, "_chat.txt", []byte(s), intake.Options{})
		if res.Kind == intake.WhatsApp {
			_ = fmt.Sprint(listed(t, res, sink))
		}
	})
}
