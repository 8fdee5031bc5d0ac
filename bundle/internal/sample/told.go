package sample

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// Messages is the length of the chat in the imported exhibit.
const Messages = 214

// Suspect is a name that stands in a suspicion and nowhere else.
const Suspect = "Dominique Exemple-Soupçonné"

// discordMessage is an address whose id carries a time: 2016-04-30T11:18:25.796Z,
// the example of Discord's own documentation.
const discordMessage = "https://discord.com/channels/81384788765712384/81384788765712384/175928847299117063"

// facts are what the person told, with what breaks careless programs.
var facts = map[string]map[string]string{
	"E-001": {
		"platform": "Exemple", "date-shown": "il y a 2 jours", "account-handle": "@compte_x \u202e😀",
		"suspected-person": Suspect, "suspicion-reason": "Seule cette personne avait la photo.\r\nElle me l'a dit le 12 novembre.",
		"intent-quotes": strings.Repeat("« Paie, sinon tout le monde la voit » ", 12) + "FIN-DE-CITATION",
		"witnesses":     "مرحبا بالعالم, une amie", "priority": "la première",
	},
	"E-002": {
		"steps-taken":        "Signalé à la plateforme le 23 novembre,\nréférence 4471-A.",
		"intent-quotes":      "Demande d'argent le 20 novembre, message 187",
		"of-a-later-version": "kept all the same",
	},
}

// claims are what the imported files say of themselves.
var claims = []evidence.Claim{
	{Artifact: "conversation.png", Name: "original-name", Value: "Capture d'écran <2026> \u202egnp.exe", Source: "file-system"},
	{Artifact: "conversation.png", Name: "orientation", Value: "6", Source: "exif"},
	{Artifact: "conversation.png", Name: "taken", Value: "2026:11:20 21:05:13", Source: "exif"},
	{Artifact: "chat.txt", Name: "messages", Value: fmt.Sprint(Messages), Source: "whatsapp"},
	{Artifact: "chat.txt", Name: "x-new-claim", Value: strings.Repeat("long ", 400), Source: "x-new-source"},
}

// messages is messages.json as package intake writes it.
func messages(chat []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(
		&b,
		"{\"format\":\"constat-messages/1\",\n\"text\":{\"artifact\":\"chat.txt\",\"sha256\":%q},\n\"files\":[]\n,\"messages\":[",
		evidence.Sum(chat),
	)
	for i := range Messages {
		text, _ := json.Marshal(fmt.Sprintf("message-%03d bonjour %s", i+1, strings.Repeat("é", i*3)))
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n{\"line\":%d,\"time\":\"05/01/2024 14:03\",\"sender\":\"Ann\",\"text\":%s}", i+1, text)
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

// closed notes an exhibit that will be in no bundle.
func (c *Case) closed(because string) {
	id := evidence.ExhibitID(len(c.Exhibits) + 1)
	c.append(evidence.Entry{Action: evidence.ActCaptured, Time: Start, Exhibit: id, Digest: evidence.Sum([]byte(id))})
	mark := evidence.Entry{Action: evidence.ActMarkedMinor, Time: Start, Exhibit: id}
	if because != "" {
		mark.Detail = map[string]string{"because": because}
	}
	c.append(mark)
}

// SignHead signs the head of the log with a key that is always the same.
func (c *Case) SignHead() *report.SignedHead {
	c.t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		c.t.Fatal(err)
	}
	head := c.chain.Head()
	statement := fmt.Appendf(nil, "constat-custody-head/1\n%s\n%d\n%s\n", c.Case.ID, head.Seq, head.SHA256)
	return &report.SignedHead{Statement: statement, Signature: ed25519.Sign(key, statement),
		PublicKeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), KeyFingerprint: evidence.Sum(der)}
}

// renew makes the n-th renewal of an exhibit's timestamps.
func (c *Case) renew(e *report.Exhibit, n int) {
	c.t.Helper()
	h := renewal.History{Manifest: renewal.File{Name: evidence.ManifestName, Data: e.ManifestBytes}}
	add := func(generation int, list []byte, stamps []report.Stamp, records []report.File) {
		var g renewal.Generation
		if generation > 0 {
			g.List = renewal.File{Name: renewal.ListName(generation), Data: list}
		}
		for _, s := range stamps {
			g.Tokens = append(g.Tokens, renewal.File{Name: renewal.TokenName(generation, s.Authority.Name), Data: s.Reply})
		}
		for _, r := range records {
			g.Revocation = append(g.Revocation, renewal.File(r))
		}
		h.Generations = append(h.Generations, g)
	}
	add(0, nil, e.Stamps, e.Revocation)
	for i, r := range e.Renewals {
		add(i+1, r.List, r.Stamps, r.Revocation)
	}
	list, err := renewal.Build(h)
	if err != nil {
		c.t.Fatal(err)
	}
	r := report.Renewal{ListName: renewal.ListName(n), List: list, Stamps: c.Stamp(c.t.Context(), evidence.Sum(list))}
	if len(e.Revocation) > 0 {
		r.Revocation = c.records(n, r.Stamps)
	}
	e.Renewals = append(e.Renewals, r)
}

// records fetches what says whether the certificates of some tokens were revoked.
func (c *Case) records(generation int, stamps []report.Stamp) []report.File {
	c.t.Helper()
	var out []report.File
	for _, s := range stamps {
		var client tsa.Client
		records, problems := client.FetchRevocation(c.t.Context(), s.Verified)
		if len(records) == 0 || len(problems) > 0 {
			c.t.Fatalf("%d revocation records, %v", len(records), problems)
		}
		for i, r := range records {
			out = append(out, report.File{Name: renewal.RevocationName(generation, s.Authority.Name, i+1, r.Kind), Data: r.Raw})
		}
	}
	return out
}

// Exporting adds the line with which an export begins.
func (c *Case) Exporting(s evidence.Share) {
	c.t.Helper()
	c.append(evidence.Entry{Action: evidence.ActExporting, Time: Start.Add(2 * time.Hour), Detail: s.Detail("fr")})
}

// Take leaves in the case only what is named; the log stays whole.
func (c *Case) Take(ids ...string) {
	c.Exhibits = slices.DeleteFunc(slices.Clone(c.Exhibits), func(e report.Exhibit) bool { return !slices.Contains(ids, e.Manifest.Exhibit) })
}
