package platform

import (
	"strings"

	"constat/assets/platforms"
)

// sites is every host known here, from the records in assets/platforms. Those for one first segment
// alone come first; the rules of a host are tried in order.
var sites = sitesOf(records())

// records are embedded, and tests read them: what cannot be read cannot be built.
func records() []platforms.Record {
	all, err := platforms.All()
	if err != nil {
		panic(err)
	}
	return all
}

func sitesOf(records []platforms.Record) []site {
	var narrow, wide []site
	first := map[string][]string{}
	for _, r := range records {
		if len(r.Sites) > 0 {
			first[r.ID] = namesOf(r.Sites[0])
		}
	}
	for _, r := range records {
		for _, from := range r.Sites {
			s := site{
				platform: Platform(r.ID), hosts: namesOf(from), locales: from.Locales, named: from.Named,
				under: from.Under, numbers: from.Numbers, reserved: strings.Fields(from.Reserved),
				notIDs: strings.Fields(from.NotIDs), below: from.RulesBelow,
			}
			if r.CountryDomains != nil {
				s.countries = strings.Fields(r.CountryDomains.Names)
			}
			for _, h := range from.Hosts {
				if h.Below {
					s.family = append(s.family, family{h.Name, h.First})
				}
			}
			if len(from.Fields) > 0 {
				s.fields = map[Field]string{}
			}
			for f, form := range from.Fields {
				s.fields[Field(f)] = form
			}
			for _, one := range from.Rules {
				s.rules = append(s.rules, rule{one.Address, Kind(one.Kind), one.Link})
			}
			for _, one := range from.Extras {
				x := extra{param: one.Parameter, field: Field(one.Field), form: one.Form, kind: Kind(one.Kind)}
				for _, k := range one.On {
					x.over = append(x.over, Kind(k))
				}
				s.extras = append(s.extras, x)
			}
			if s.under == "" {
				wide = append(wide, s)
				continue
			}
			s.hosts = first[from.Within]
			narrow = append(narrow, s)
		}
	}
	return append(narrow, wide...)
}

// ProfileOf is the address of the account that an item names, on its own platform; empty if the
// address of a profile cannot be made of what it names.
func ProfileOf(it Item) string {
	if it.IDs[FieldAccount] == "" && it.IDs[FieldAccountID] == "" {
		return ""
	}
	for _, s := range sites {
		if s.platform != it.Platform {
			continue
		}
		for _, r := range s.rules {
			if r.kind != KindProfile && r.kind != KindHandle || strings.Contains(r.link, "{_") {
				continue
			}
			if link := fill(r.link, it.IDs); link != "" {
				return link
			}
		}
	}
	return ""
}

func namesOf(s platforms.Site) []string {
	var all []string
	for _, h := range s.Hosts {
		if h.First != "" {
			continue
		}
		all = append(all, h.Name)
	}
	return all
}
