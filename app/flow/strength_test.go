package flow

import (
	"regexp"
	"strings"
	"testing"

	"constat/assets/guessed"
)

// TestWordAndYearIsWeak: what people think of first, in four languages, with the numbers and signs
// that they add.
func TestWordAndYearIsWeak(t *testing.T) {
	weak := []string{
		"voetbal2010", "sinterklaas12", "weihnachten1", "Marieke2008", "SINTERKLAAS", "Weihnachten2024!", "!Geburtstag1987", "Bruxelles1000",
		"motdepasse2024", "M0tdepasse1", "Anniversaire12", "Joyeux-Noël-2023", "jetaimemarie", "Chocolat123!", "doudou2015!!", "princesse75",
		"Standard1898", "ClubBrugge1891", "feyenoord1908", "Ajax-Amsterdam-020", "verjaardag25", "wachtwoord!1", "Welkom2024!",
		"Schatzi2001!", "Fußball2006", "Passwort123!", "Frühling2025", "Sommer2024!", "Bayern München 1900", "liverpool1892", "sunshine2020",
		"Christmas-2019", "iloveyou1234", "password123", "p@ssw0rd2023", "Katharina 1999", "Mohammed2003", "Jean Pierre 1961", "Marieke Janssens 2008",
		"20081224Marie", "lucas+emma2019", "hallo-hallo-12", "konijn  konijn 1",
	}
	for _, p := range weak {
		if got := RatePassphrase(p); got > Weak {
			t.Errorf("%q is %d", p, got)
		}
	}
	for _, w := range guessed.Words() {
		for _, more := range []string{"2010", "1999!", " 1985", "123456"} {
			if got := RatePassphrase(strings.ToUpper(w[:1]) + w[1:] + more); got > Weak {
				t.Errorf("%q is %d", w+more, got)
			}
		}
	}
}

// TestFourWordsPass: what the program advises is not refused.
func TestFourWordsPass(t *testing.T) {
	for _, p := range []string{
		"quatre mots sans lien: tulipe", "brume lanterne pivot cerise", "cinq autres mots: violette gris", "gare velours tambour mouette",
		"fiets wolk lepel trommel", "regen tegel viool kapper", "Lampe Rhabarber Gleis Kapitän", "ofen wolke zirkel amsel",
		"correct horse battery staple", "ladder walnut comet thimble", "tulipe-marteau-nuage-sardine", "kapstok.merel.vijver.zolder",
		"kQ7!vRz2pXw9", "x8Vd-2pLq-Zr7T", "ontbijtspekzwempakfluitketel",
	} {
		if got := RatePassphrase(p); got < Enough {
			t.Errorf("%q is %d", p, got)
		}
	}
}

// TestTheSecretOfADemoIsNeverRefused with random texts, of which each alone is taken for two words.
func TestTheSecretOfADemoIsNeverRefused(t *testing.T) {
	texts := []string{"PAXHILHSUBEDM7WFARHNFRYCYR", "JZOBAELHAKXSYQWVO2FEGCUURM", "4YPPYEVNHNNBUHSF2HJLSMUYK5", "GIFPNUYZUIR2KMTRIRAOHKTMWQ"}
	for _, first := range texts {
		if RatePassphrase(first) >= Enough {
			t.Errorf("%q shows nothing here: it passes alone", first)
		}
		for _, second := range texts {
			next := []string{first, second}
			p := demoSecret(func() string { s := next[0]; next = next[1:]; return s })
			if got := RatePassphrase(p); got < Enough {
				t.Errorf("%q is %d", p, got)
			}
		}
	}
}

func TestGuessedIsAList(t *testing.T) {
	list := guessed.Words()
	if len(list) < 900 {
		t.Errorf("%d words", len(list))
	}
	word := regexp.MustCompile(`^[a-z]{2,}$`)
	for _, w := range list {
		if !word.MatchString(w) {
			t.Errorf("%q", w)
		}
	}
}

func FuzzRatePassphrase(f *testing.F) {
	f.Add("voetbal2010")
	f.Add("Été\xff\u0301 1")
	f.Fuzz(func(t *testing.T, p string) {
		if s := RatePassphrase(p); s < TooShort || s > Good {
			t.Error(s)
		}
	})
}
