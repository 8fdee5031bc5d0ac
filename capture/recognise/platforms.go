package recognise

import (
	"cmp"
	"slices"
	"sync"

	records "constat/assets/platforms"
)

// phrase is one line that a page shows.
type phrase struct {
	Language string // BCP 47
	Text     string // the whole line, without the mark at its end
	Source   string
}

// platform is what is known of a platform whose pages are judged.
type platform struct {
	name  string
	hosts []string
	// signIn are addresses of its sign-in pages: a path, or a host with or without a path.
	signIn []string
	gone   []phrase // in place of content that is gone, or never was
	wall   []phrase // in place of content for which one must be signed in
	// withoutPassword: the wall has no field for a password.
	withoutPassword bool
}

// platforms are those records of assets/platforms that say what pages show, in the order of the manual.
func platforms() []platform { return judged() }

// judged reads the records once: they are constant data.
var judged = sync.OnceValue(func() []platform {
	all, err := records.All()
	if err != nil {
		panic(err) // they are embedded, and tests read them: what cannot be read cannot be built
	}
	place := func(r records.Record) int {
		if r.Manual == nil {
			return len(all)
		}
		return r.Manual.Place
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b records.Record) int { return cmp.Compare(place(a), place(b)) })
	var list []platform
	for _, r := range all {
		p := platform{name: r.ShortName(), gone: phrases(r.Gone), wall: phrases(r.Wall), withoutPassword: r.WallWithoutPassword != nil}
		for _, h := range r.Hosts() {
			if h.Pages {
				p.hosts = append(p.hosts, h.Name)
			}
		}
		for _, s := range r.SignIn {
			p.signIn = append(p.signIn, s.At)
		}
		if len(p.hosts) > 0 {
			p.hosts = append(p.hosts, r.SignInHosts()...)
			list = append(list, p)
		}
	}
	return list
})

func phrases(of []records.Phrase) []phrase {
	var list []phrase
	for _, p := range of {
		list = append(list, phrase{p.Language, p.Text, p.Source})
	}
	return list
}
