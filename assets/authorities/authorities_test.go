package authorities_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"constat/assets/authorities"
)

func load(t *testing.T) []authorities.Authority {
	t.Helper()
	l, err := authorities.List()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestList(t *testing.T) {
	l := load(t)
	rest := false
	groups := map[string]bool{}
	qualified := false
	for _, a := range l {
		if rest && a.Recommended {
			t.Errorf("%s is recommended and comes after one that is not", a.Name)
		}
		rest = rest || !a.Recommended
		if a.Pause() < 15*time.Second {
			t.Errorf("%s: pause %v", a.Name, a.Pause())
		}
		if len(a.Roots) == 0 && a.Recommended {
			t.Errorf("%s is recommended though its root is not known", a.Name)
		}
		if a.Recommended {
			groups[a.Group] = true
			qualified = qualified || a.Label != authorities.NotQualified
		}
	}
	if len(groups) < 2 {
		t.Errorf("recommended groups: %v", groups)
	}
	if !qualified {
		t.Error("no recommended authority claims to be qualified")
	}
}

// Every rule of the list refuses a list that breaks that rule alone.
func TestCheckRefuses(t *testing.T) {
	if err := authorities.Check(load(t)); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(l []authorities.Authority) []authorities.Authority{
		"(\"digicert\"): name is there twice": func(l []authorities.Authority) []authorities.Authority {
			l[2].Name = l[1].Name
			return l
		},
		"address is there twice": func(l []authorities.Authority) []authorities.Authority {
			l[3].URL = "https://" + strings.ToUpper(strings.TrimPrefix(l[1].URL, "http://")) + "/"
			return l
		},
		"verified_on": func(l []authorities.Authority) []authorities.Authority {
			l[0].VerifiedOn = "2026-02-30"
			return l
		},
		"pause of 14s": func(l []authorities.Authority) []authorities.Authority {
			l[0].PauseSecs = 14
			return l
		},
		"not independent of \"bosa-be\"": func(l []authorities.Authority) []authorities.Authority {
			l[1].Group = strings.ToLower(l[0].Group)
			return l
		},
		"not independent of \"digicert\"": func(l []authorities.Authority) []authorities.Authority {
			l[2].Roots = append(l[2].Roots, l[1].Roots...)
			return l
		},
		"1 recommended": func(l []authorities.Authority) []authorities.Authority {
			for i := range l {
				l[i].Recommended = i == 0
			}
			return l
		},
		"address \"file": func(l []authorities.Authority) []authorities.Authority {
			l[0].URL = "file:///etc/passwd"
			return l
		},
		"address \"http://u:p@": func(l []authorities.Authority) []authorities.Authority {
			l[0].URL = "http://u:p@example.org/"
			return l
		},
		"label \"qualified\"": func(l []authorities.Authority) []authorities.Authority {
			l[0].Label = "qualified"
			return l
		},
		"listed_on:": func(l []authorities.Authority) []authorities.Authority {
			l[1].Label = authorities.OnTrustedList
			return l
		},
		"listed_on with label": func(l []authorities.Authority) []authorities.Authority {
			l[1].ListedOn = "2026-01-01"
			return l
		},
		"root \"CN=Belgium Root CA6": func(l []authorities.Authority) []authorities.Authority {
			l[0].Roots[0].SHA256 = strings.ToUpper(l[0].Roots[0].SHA256)
			return l
		},
		"no roots_why": func(l []authorities.Authority) []authorities.Authority {
			l[0].RootsWhy = " "
			return l
		},
		"country": func(l []authorities.Authority) []authorities.Authority {
			l[0].Country = "Spain"
			return l
		},
		"): name": func(l []authorities.Authority) []authorities.Authority {
			l[0].Name = "../accv"
			return l
		},
	} {
		err := authorities.Check(spoil(load(t)))
		if err == nil || !strings.Contains(err.Error(), what) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", what, err)
		}
	}
	l := load(t)
	l[0].Label, l[0].ListedOn = authorities.OnTrustedList, "2026-09-01"
	if err := authorities.Check(l); err != nil {
		t.Errorf("on the trusted list, with a date: %v", err)
	}
}

// Every authority has a certificate to be judged by that no list of web roots
// can take away.
func TestAnchors(t *testing.T) {
	for _, a := range load(t) {
		if len(a.Anchors) == 0 || strings.Count(a.AnchorsPEM(), "BEGIN CERTIFICATE") != len(a.Anchors) {
			t.Errorf("%s: %d anchors", a.Name, len(a.Anchors))
		}
		for _, r := range a.Roots {
			if !slices.ContainsFunc(a.Anchors, func(x authorities.Anchor) bool { return x.SHA256 == r.SHA256 }) {
				t.Errorf("%s: the root %s is known and not kept", a.Name, r.Subject)
			}
		}
	}
	for what, spoil := range map[string]func(a *authorities.Anchor){
		"is not one certificate":  func(a *authorities.Anchor) { a.PEM += a.PEM },
		"has another fingerprint": func(a *authorities.Anchor) { a.SHA256 = strings.Repeat("0", 64) },
		" is CN=":                 func(a *authorities.Anchor) { a.Subject = "CN=Another" },
		"one source or none":      func(a *authorities.Anchor) { a.Sources = a.Sources[:1] },
		"source":                  func(a *authorities.Anchor) { a.Sources[1].Read = "yesterday" },
	} {
		l := load(t)
		spoil(&l[0].Anchors[0])
		if err := authorities.Check(l); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
