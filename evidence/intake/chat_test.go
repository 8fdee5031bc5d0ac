package intake_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
	"constat/evidence/intake/whatsapp"
	"constat/internal/schemas"
)

// messages is messages.json as a reader of it sees it.
type messages struct {
	Format string
	Text   struct {
		Artifact string
		SHA256   evidence.Digest
	}
	Files    []struct{ Name, Artifact, Modified string }
	Messages []whatsapp.Message
}

func listed(t testing.TB, res *intake.Result, sink *memory) messages {
	t.Helper()
	var m messages
	a := res.Artifacts[len(res.Artifacts)-1]
	if err := json.Unmarshal(sink.bytes[a.Name], &m); err != nil {
		t.Fatalf("%s: %v\n%s", a.Name, err, sink.bytes[a.Name])
	}
	if m.Format != intake.MessagesFormat || a.Role != evidence.Derived || !slices.Equal(a.Parents, []evidence.Digest{m.Text.SHA256}) ||
		m.Text.SHA256 != evidence.Sum(sink.bytes[m.Text.Artifact]) {
		t.Fatalf("%s: %+v of %+v", a.Name, m.Text, a)
	}
	schemas.Hold(t, schemas.Messages, sink.bytes[a.Name])
	return m
}

const iosChat = "\ufeff[05/01/2024, 14:03:22] Ann \u202a+32 470 00 00 00\u202c: \u200eMessages and calls are end-to-end encrypted.\r\n" +
	"[05/01/2024, 14:03:40] Ann: first line\r\nsecond line: with a colon\r\n" +
	"\u200e[05/01/2024, 14:04:00] Tom: \u200e<attached: 00000003-PHOTO-2024-01-05-14-04-00.jpg>\r\n" +
	"\u200e[05/01/2024, 14:05:00] Tom: look \u200e<pièce jointe : 00000004-VIDEO-2024-01-05.mp4>\r\n" +
	"[06/01/2024, 00:00:01] You added Tom\r\n"

func TestChatExportOfIOS(t *testing.T) {
	photo := jpegFile(t, nil)
	b := zipFile(t, entry{"_chat.txt", []byte(iosChat)}, entry{"00000003-PHOTO-2024-01-05-14-04-00.jpg", photo})
	res, sink := onDisk(t, "WhatsApp Chat - Ann.zip", b, intake.Options{})
	if res.Kind != intake.WhatsApp {
		t.Fatalf("kind %s", res.Kind)
	}
	var got []string
	for _, a := range res.Artifacts {
		got = append(got, fmt.Sprintf("%s %s %s", a.Name, a.Role, a.MediaType))
	}
	want := []string{"import-01.zip original application/zip", "import-02.txt original text/plain",
		"import-03.jpg original image/jpeg", "messages.json derived application/json"}
	if !slices.Equal(got, want) {
		t.Fatalf("artifacts %q", got)
	}
	if !bytes.Equal(sink.bytes["import-02.txt"], []byte(iosChat)) || !bytes.Equal(sink.bytes["import-03.jpg"], photo) {
		t.Error("what the ZIP holds is not exact")
	}
	m := listed(t, res, sink)
	wantMessages := []whatsapp.Message{
		{Line: 1, Time: "05/01/2024, 14:03:22", Notice: true, Named: "Ann \u202a+32 470 00 00 00\u202c", Text: "\u200eMessages and calls are end-to-end encrypted."},
		{Line: 2, Time: "05/01/2024, 14:03:40", Sender: "Ann", Text: "first line\nsecond line: with a colon"},
		{Line: 4, Time: "05/01/2024, 14:04:00", Sender: "Tom", Text: "\u200e<attached: 00000003-PHOTO-2024-01-05-14-04-00.jpg>",
			Media: &whatsapp.Media{Name: "00000003-PHOTO-2024-01-05-14-04-00.jpg", Artifact: "import-03.jpg"}},
		{Line: 5, Time: "05/01/2024, 14:05:00", Sender: "Tom", Text: "look \u200e<pièce jointe : 00000004-VIDEO-2024-01-05.mp4>",
			Media: &whatsapp.Media{Name: "00000004-VIDEO-2024-01-05.mp4"}},
		{Line: 6, Time: "06/01/2024, 00:00:01", Text: "You added Tom", Notice: true},
	}
	if !reflect.DeepEqual(m.Messages, wantMessages) {
		t.Errorf("messages %+v", m.Messages)
	}
	wantFacts(t, res, map[string]string{intake.FactMessages: "5", intake.FactSenders: "2", intake.FactNotices: "2", intake.FactFirst: "05/01/2024, 14:03:22",
		intake.FactLast: "06/01/2024, 00:00:01", intake.FactMediaMissing: "1", intake.FactEntries: "2", intake.FactChat: ""})
	if got := facts(res, intake.FactOriginalName); !slices.Equal(got, []string{"WhatsApp Chat - Ann.zip", "_chat.txt", "00000003-PHOTO-2024-01-05-14-04-00.jpg"}) {
		t.Errorf("names %q", got)
	}
	wantProblems(t, res, intake.ProblemChatMedia)
}

func TestChatExportOfAndroid(t *testing.T) {
	chat := "05/01/2024 à 14:03 - Les messages sont chiffrés de bout en bout.\n" +
		"05/01/2024 à 14:03 - Ann: \u200eIMG-20240105-WA0000.jpg (fichier joint)\ncaption\n" +
		"05/01/2024 à 14:04 - Tom: PTT-20240105-WA0001.opus (fichier joint)\n" +
		"05/01/2024 à 14:05 - Tom: see plan.pdf (old one)\n" +
		"05/01/2024 à 14:06 - Tom:\n"
	b := zipFile(t, entry{"Discussion WhatsApp avec Tom.txt", []byte(chat)}, entry{"IMG-20240105-WA0000.jpg", jpegFile(t, nil)})
	res, sink := onDisk(t, "export.zip", b, intake.Options{First: 4})
	m := listed(t, res, sink)
	if len(m.Messages) != 5 || m.Messages[0].Sender != "" || m.Messages[1].Text != "\u200eIMG-20240105-WA0000.jpg (fichier joint)\ncaption" ||
		m.Messages[1].Media.Artifact != "import-06.jpg" || *m.Messages[2].Media != (whatsapp.Media{Name: "PTT-20240105-WA0001.opus"}) ||
		m.Messages[3].Media != nil || m.Messages[4].Sender != "Tom" || m.Messages[4].Text != "" {
		t.Errorf("messages %+v", m.Messages)
	}
	wantFacts(t, res, map[string]string{intake.FactChat: "Discussion WhatsApp avec Tom", intake.FactMediaMissing: "1"})
	if last := res.Artifacts[len(res.Artifacts)-1].Name; last != "messages-04.json" || res.Next != 7 {
		t.Errorf("list %s, next %d", last, res.Next)
	}
}

func TestTimesOfManyLocalesAreKeptAsWritten(t *testing.T) {
	for _, stamp := range []string{
		"[05/01/24, 14:03:22]", "[05.01.24, 14:03:22]", "[2024-01-05, 14:03:22]", "[05-01-2024 14:03:22]", "[1/5/24, 2:03:22\u202fPM]",
		"[05/01/2024 à 14:03:22]", "[05/01/2024 14:03:22]", "[2024/1/5 下午2:03:22]", "[5.1.2024 klo 14.03.22]", "[05.01.24 um 14:03:22]",
		"[\u200f٥/١/٢٠٢٤, ٢:٠٣:٢٢ م]", "[5. 1. 2024, 14:03:22]", "[5/1/24, 2:03:22 p.\u00a0m.]",
		"1/5/24, 14:03 -", "1/5/24, 2:03 PM -", "05/01/2024, 14:03 -", "05.01.24, 14:03 -", "05-01-2024 14:03 -", "05/01/2024 à 14:03 -",
		"2024-01-05 14:03 -", "5/1/24 2:03 p. m. -", "5/1/24, 2:03 p.\u00a0m. -", "05.01.24, 14:03 Uhr -", "2024/01/05 14:03 -",
		"05/01/2024, 2:03 am -", "2024. 1. 5. 오후 2:03 -", "05.01.2024 kl. 14.03 -", "5.1.2024 klo 14.03 -",
	} {
		chat := "\u200e" + stamp + " Ann: hello\n" + stamp + " Tom: yes\n"
		res, sink := onDisk(t, "WhatsApp Chat with Ann.txt", []byte(chat), intake.Options{})
		if res.Kind != intake.WhatsApp {
			t.Errorf("%q is not recognised", stamp)
			continue
		}
		want := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(stamp, "["), "]"), " -")
		m := listed(t, res, sink)
		if len(m.Messages) != 2 || m.Messages[0].Time != want || m.Messages[1].Time != want || m.Messages[0].Sender != "Ann" || m.Messages[1].Text != "yes" {
			t.Errorf("%q: %+v", stamp, m.Messages)
		}
	}
}

func TestTextThatOnlyLooksLikeAChatIsText(t *testing.T) {
	for name, text := range map[string]string{
		"server.log":             "[05/01/2024, 14:03:22] kernel: up\n", // no name of WhatsApp's
		"about WhatsApp.txt":     "It is a messenger.\n",
		"whatsapp prices.txt":    "1/5/24 - 14 euro\n",
		"whatsapp and times.txt": "at 14:03 - Ann said: no\n",
	} {
		res, _ := onDisk(t, name, []byte(text), intake.Options{})
		if res.Kind != intake.Text || len(res.Artifacts) != 1 {
			t.Errorf("%s: %s, %d artifacts", name, res.Kind, len(res.Artifacts))
		}
	}
}

func TestTextBeforeTheFirstMessageAndLongOnes(t *testing.T) {
	long := strings.Repeat("x", 1<<20+5)
	chat := "exported by a phone\n[05/01/2024, 14:03:22] Ann: " + long + "\nmore\n[05/01/2024, 14:03:23] Ann: bad \xff byte"
	res, sink := onDisk(t, "_chat.txt", []byte(chat), intake.Options{})
	m := listed(t, res, sink)
	if len(m.Messages) != 3 || m.Messages[0].Time != "" || m.Messages[0].Text != "exported by a phone" ||
		!m.Messages[1].Cut || len(m.Messages[1].Text) > 1<<20 || m.Messages[2].Line != 4 || m.Messages[2].Text != "bad \uFFFD byte" {
		t.Errorf("%d messages, %+v", len(m.Messages), m.Messages[len(m.Messages)-1])
	}
	wantFacts(t, res, map[string]string{intake.FactMessages: "2"})
	wantProblems(t, res, intake.ProblemChatText)
}

// rawZIP writes entries whose headers say what the test wants them to say.
func rawZIP(t testing.TB, entries ...zip.FileHeader) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range entries {
		data := []byte(h.Comment)
		h.Comment = ""
		h.CompressedSize64 = uint64(len(data))
		if h.UncompressedSize64 == 0 {
			h.UncompressedSize64 = uint64(len(data))
		}
		w, err := z.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const oneLine = "[05/01/2024, 14:03:22] Ann: hello\n"

func TestNamesInAZIPAreNeverPaths(t *testing.T) {
	names := []string{"../../escape.jpg", "/etc/passwd", `..\..\windows.jpg`, "C:/x.jpg", "a/./b.jpg", "same.jpg", "same.jpg", "gpj\u202e.jpg", "CON", "bad\xff.jpg", strings.Repeat("n", 5000)}
	entries := []entry{{"_chat.txt", []byte(oneLine)}, {"folder/", nil}}
	for _, n := range names {
		entries = append(entries, entry{n, jpegFile(t, nil)})
	}
	res, sink := onDisk(t, "a.zip", zipFile(t, entries...), intake.Options{})
	if len(res.Artifacts) != len(names)+3 {
		t.Errorf("%d artifacts", len(res.Artifacts))
	}
	wantProblems(t, res, intake.ProblemZIPName, intake.ProblemZIPDouble, intake.ProblemHiddenName, intake.ProblemFactCut)
	got := facts(res, intake.FactOriginalName)[2:]
	for i, n := range names[:8] {
		if got[i] != n {
			t.Errorf("name %q kept as %q", n, got[i])
		}
	}
	if m := listed(t, res, sink); len(m.Files) != len(names)+1 {
		t.Errorf("%d files in the list", len(m.Files))
	}
}

func TestDamagedEntriesStayInTheZIP(t *testing.T) {
	wrongSum := zip.FileHeader{Name: "sum.jpg", Comment: "data", CRC32: 1}
	tooLong := zip.FileHeader{Name: "long.jpg", Comment: "data", UncompressedSize64: 2}
	link := zip.FileHeader{Name: "link.jpg", Comment: "/etc/passwd"}
	link.SetMode(os.ModeSymlink | 0o777)
	chat := zip.FileHeader{Name: "_chat.txt", Comment: oneLine, CRC32: 0}
	chat.CRC32 = crc(oneLine)
	res, _ := onDisk(t, "a.zip", rawZIP(t, chat, wrongSum, tooLong, link, zip.FileHeader{Name: "method.jpg", Method: 99, Comment: "x"},
		zip.FileHeader{Name: "secret.jpg", Flags: 1, Comment: "x"}), intake.Options{})
	if len(res.Artifacts) != 3 || res.Next != 3 {
		t.Errorf("artifacts %+v", res.Artifacts)
	}
	wantProblems(t, res, intake.ProblemZIPEntry, intake.ProblemZIPEncrypted)
	if len(res.Problems) != 5 {
		t.Errorf("problems %+v", res.Problems)
	}
}

func TestBombsAreNotUnpacked(t *testing.T) {
	zeros := make([]byte, 20<<20)
	inner := zipFile(t, entry{"_chat.txt", zeros[:1<<20]})
	bomb := zipFile(t, entry{"_chat.txt", []byte(oneLine)}, entry{"bomb.jpg", zeros}, entry{"inner.zip", inner})
	res, sink := onDisk(t, "a.zip", bomb, intake.Options{})
	if len(res.Artifacts) != 4 || !bytes.Equal(sink.bytes["import-03.zip"], inner) {
		t.Errorf("artifacts %+v", res.Artifacts)
	}
	wantProblems(t, res, intake.ProblemZIPLimit)

	var many []entry
	for i := range 50 {
		many = append(many, entry{fmt.Sprintf("%d.txt", i), []byte("x")})
	}
	many = append(many, entry{"_chat.txt", []byte(oneLine)})
	res, _ = onDisk(t, "a.zip", zipFile(t, many...), intake.Options{MaxEntries: 10})
	if len(res.Artifacts) != 12 || res.Problems[0].Detail != "import-01.zip: 41 entries beyond 10" {
		t.Errorf("%d artifacts, %+v", len(res.Artifacts), res.Problems)
	}

	noise := bytes.Repeat([]byte("0123456789abcdef"), 40_000) // below the size from which the ratio counts
	total := zipFile(t, entry{"_chat.txt", []byte(oneLine)}, entry{"1", noise}, entry{"2", noise}, entry{"3", noise})
	res, _ = onDisk(t, "a.zip", total, intake.Options{MaxSize: 1_400_000})
	if len(res.Artifacts) != 5 || res.Problems[0].Detail != "import-01.zip: 1 entries beyond 1400000 bytes" {
		t.Errorf("%d artifacts, %+v", len(res.Artifacts), res.Problems)
	}
}

func TestOverlappingEntriesAreRefused(t *testing.T) {
	b := zipFile(t, entry{"_chat.txt", []byte(oneLine)}, entry{"a.jpg", bytes.Repeat([]byte("abcdefgh"), 10)})
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	copy(b[at+20:], le32(len(b)-10)) // the second entry's packed size
	res, _ := onDisk(t, "a.zip", b, intake.Options{})
	if res.Kind != intake.Other {
		t.Errorf("kind %s", res.Kind)
	}
	wantProblems(t, res, intake.ProblemZIP)
}

// A list of more than 8 MiB is not taken into memory, whatever the end record says.
func TestEndlessListOfAZIPIsNotRead(t *testing.T) {
	entries := make([]zip.FileHeader, 150)
	for i := range entries {
		entries[i].Name = fmt.Sprintf("%060000d", i)
	}
	res, _ := onDisk(t, "a.zip", rawZIP(t, entries...), intake.Options{})
	wantProblems(t, res, intake.ProblemZIP)
}

// 7-Zip makes what other programs make: an encrypted ZIP, and one of the
// ordinary kind, which we must not be the only ones to read.
func TestZIPsOf7Zip(t *testing.T) {
	dir := t.TempDir()
	for name, b := range map[string][]byte{"_chat.txt": []byte(iosChat), "00000003-PHOTO-2024-01-05-14-04-00.jpg": jpegFile(t, nil)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), "7z", append([]string{"a", "-tzip", name, "_chat.txt", "00000003-PHOTO-2024-01-05-14-04-00.jpg"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	res, sink := onDisk(t, "a.zip", run("plain.zip"), intake.Options{})
	if m := listed(t, res, sink); len(m.Messages) != 5 || len(m.Files) != 2 || m.Files[0].Modified == "" {
		t.Errorf("%+v", m)
	}
	wantProblems(t, res, intake.ProblemChatMedia)
	for _, method := range []string{"AES256", "ZipCrypto"} {
		res, _ = onDisk(t, "a.zip", run(method+".zip", "-psecret", "-mem="+method), intake.Options{})
		if res.Kind != intake.Other || len(res.Artifacts) != 1 {
			t.Errorf("%s: %s, %+v", method, res.Kind, res.Artifacts)
		}
		wantProblems(t, res, intake.ProblemZIPEncrypted)
	}
}
