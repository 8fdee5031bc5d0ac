package keep

import (
	"context"
	"errors"
	"slices"
	"strings"

	"constat/app/flow/look"
	"constat/assets/guide"
	"constat/evidence"
	"constat/evidence/platform"
)

// How much of a piece is kept.
const (
	PieceKept    = "kept"     // in full, as far as the record says
	PiecePartial = "partial"  // something of it is missing
	PieceFailed  = "not-kept" // something came, but not what was asked for
	PieceNoted   = "noted"    // the address alone
	PieceNotYet  = "not-yet"
)

// Where it is known from that an exhibit shows a piece.
const (
	FromAddress = "from-address"
	FromPerson  = "from-person"
)

// Piece is something that a complaint needs, with what there is of it. Nothing of it is required.
type Piece struct {
	ID       string   `json:"id"` // also a value of the fact "shows"
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	How      string   `json:"how"`
	Way      string   `json:"way"` // "page", "window" or "files"
	State    string   `json:"state"`
	Exhibits []string `json:"exhibits"`          // that show it, the best first
	Basis    string   `json:"basis,omitempty"`   // where that is known from
	Address  string   `json:"address,omitempty"` // where it can be kept, if that is known
	Account  string   `json:"account,omitempty"` // whose profile it is, from an address
	Sources  []string `json:"sources"`
}

// Place is what a complaint needs of one platform, or of a site that is none.
type Place struct {
	Platform string   `json:"platform"`
	Name     string   `json:"name"` // empty: a site that is no platform
	Pieces   []Piece  `json:"pieces"`
	Untold   []string `json:"untold"` // exhibits of which neither address nor person says what they show
}

// Marked are the exhibits that the person marked: the first, the latest, the worst.
type Marked struct {
	Mark     string   `json:"mark"`
	Exhibits []string `json:"exhibits"`
}

// More is what else can be kept for a case: the place of the newest exhibit first.
type More struct {
	Places  []Place        `json:"places"`
	Marks   []Marked       `json:"marks"`
	Sources []guide.Source `json:"sources"`
}

// Marks are the values of the fact "priority", as they are offered.
var Marks = []string{"first", "latest", "worst"}

// More says what else a complaint needs, ticked from the exhibits that there are.
func (k *Keeper) More(ctx context.Context, caseID, lang string) (More, error) {
	list, err := k.look.Exhibits(ctx, caseID)
	if err != nil {
		return More{}, err
	}
	return MoreOf(list, lang), nil
}

// MoreOf is the same for exhibits that were listed, oldest first.
func MoreOf(list []look.Exhibit, lang string) More {
	m := More{Places: []Place{}, Marks: []Marked{}}
	for _, mark := range Marks {
		x := Marked{Mark: mark, Exhibits: []string{}}
		for _, e := range list {
			if e.Facts["priority"] == mark && !e.Closed {
				x.Exhibits = append(x.Exhibits, e.Exhibit)
			}
		}
		m.Marks = append(m.Marks, x)
	}
	var used, at, searched []string
	for _, e := range slices.Backward(list) {
		switch id := placeOf(e); {
		case e.Closed || e.Recheck != nil || slices.Contains(at, id):
		case searches(id):
			searched = append(searched, id)
		default:
			at = append(at, id)
		}
	}
	if len(at) == 0 && len(searched) > 0 {
		at = searched[:1]
	}
	for _, id := range at {
		p := placed(list, id, lang)
		for _, piece := range p.Pieces {
			used = append(used, piece.Sources...)
		}
		m.Places = append(m.Places, p)
	}
	m.Sources = guide.SourcesOf(used...)
	return m
}

// searches reports whether it is where one searches: what is found there belongs to where it is.
func searches(id string) bool {
	return id == string(platform.Google) || id == string(platform.Bing)
}

// placeOf is the id of the platform that an exhibit is of, by its address or as the person told.
func placeOf(e look.Exhibit) string {
	if e.Platform != nil {
		return string(e.Platform.Platform)
	}
	told := strings.TrimSpace(e.Facts["platform"])
	for _, p := range platform.Platforms() {
		if told != "" && (strings.EqualFold(told, p.Name()) || strings.EqualFold(told, string(p))) {
			return string(p)
		}
	}
	return guide.Site
}

func placed(list []look.Exhibit, id, lang string) Place {
	p := Place{Platform: id, Pieces: []Piece{}, Untold: []string{}}
	if id != guide.Site {
		p.Name = platform.Platform(id).Name()
	}
	account, profile := accountAt(list, id)
	shown := map[string]bool{}
	for _, g := range guide.For(id).Pieces() {
		x := Piece{ID: g.ID, Title: g.Title.In(lang), Text: g.Text.In(lang), How: g.How.In(lang), Way: g.Way,
			State: PieceNotYet, Exhibits: []string{}, Sources: g.Sources}
		if g.ID == "profile" {
			x.Account, x.Address = account, profile
		}
		best := 0
		for _, e := range list {
			basis := showsPiece(e, id, g)
			if basis == "" || e.Closed || e.Recheck != nil {
				continue
			}
			shown[e.Exhibit] = true
			if g.ID == "profile" && account != "" && basis == FromAddress && !strings.EqualFold(accountOf(e), account) {
				continue // somebody else's
			}
			if n := worth(e); n > best {
				best, x.State, x.Basis = n, stateOf(e), basis
				x.Exhibits = append([]string{e.Exhibit}, x.Exhibits...)
			} else {
				x.Exhibits = append(x.Exhibits, e.Exhibit)
			}
		}
		p.Pieces = append(p.Pieces, x)
	}
	// Comments stand where the post does.
	at := slices.IndexFunc(p.Pieces, func(x Piece) bool { return x.ID == "post" && len(x.Exhibits) > 0 })
	for i := range p.Pieces {
		if at >= 0 && p.Pieces[i].ID == "comments" {
			p.Pieces[i].Address = addressIn(list, p.Pieces[at].Exhibits[0])
		}
	}
	for _, e := range list {
		if placeOf(e) == id && !shown[e.Exhibit] && !e.Closed && e.Recheck == nil {
			p.Untold = append(p.Untold, e.Exhibit)
		}
	}
	return p
}

// showsPiece says where it is known from that an exhibit shows a piece at a place; empty: it does not,
// or nobody says so.
func showsPiece(e look.Exhibit, id string, g guide.Piece) string {
	at := placeOf(e)
	if told := e.Facts[evidence.FactShows]; told != "" {
		if told == g.ID && (at == id || g.ID == "search" && searches(at)) {
			return FromPerson
		}
		return ""
	}
	if e.Platform == nil {
		// A page of a site that is no platform is the page where it stands.
		if id == guide.Site && at == id && g.ID == "post" && e.Kind != evidence.Import {
			return FromAddress
		}
		return ""
	}
	if at != id && !(g.ID == "search" && searches(at)) || !slices.Contains(g.Kinds, string(e.Platform.Kind)) {
		return ""
	}
	return FromAddress
}

// accountAt is the account that the exhibits of a platform name first, and the address of its profile.
func accountAt(list []look.Exhibit, id string) (account, profile string) {
	for _, e := range list {
		if e.Platform == nil || placeOf(e) != id || e.Closed || e.Recheck != nil {
			continue
		}
		if a := accountOf(e); a != "" {
			return a, platform.ProfileOf(*e.Platform)
		}
	}
	return "", ""
}

func addressIn(list []look.Exhibit, exhibit string) string {
	i := slices.IndexFunc(list, func(e look.Exhibit) bool { return e.Exhibit == exhibit })
	if e := list[i]; e.Platform != nil && e.Platform.Permalink != "" {
		return e.Platform.Permalink
	}
	return list[i].Address
}

func accountOf(e look.Exhibit) string {
	if e.Platform == nil {
		return ""
	}
	for _, f := range []platform.Field{platform.FieldAccount, platform.FieldAccountID, platform.FieldPhone} {
		if v := e.Platform.IDs[f]; v != "" {
			return v
		}
	}
	return ""
}

// worth puts exhibits in order: what is kept whole before what is not.
func worth(e look.Exhibit) int {
	switch stateOf(e) {
	case PieceKept:
		return 4
	case PiecePartial:
		return 3
	case PieceNoted:
		return 2
	}
	return 1
}

func stateOf(e look.Exhibit) string {
	switch {
	case e.Damage != "":
		return PieceFailed
	case e.Kind == evidence.AddressOnly:
		return PieceNoted
	case e.Outcome == evidence.Complete:
		return PieceKept
	case e.Outcome == evidence.Partial:
		return PiecePartial
	}
	return PieceFailed
}

// Meant is what the person wants to keep, where they chose it by its name.
type Meant struct {
	Piece    string // id of a piece; empty: not said
	Platform string // on which it is
}

// ErrPiece: there is no piece of that name.
var ErrPiece = errors.New("nothing of that name is to be kept")

// PieceIDs are the ids of all pieces, in the order in which people keep them.
func PieceIDs() (ids []string) {
	for _, p := range guide.AllPieces() {
		ids = append(ids, p.ID)
	}
	return ids
}

// Helpful are all pieces, in that order, where nothing is kept yet: what each is, and what it is good for.
func Helpful(lang string) (list []Piece) {
	for _, p := range guide.AllPieces() {
		list = append(list, Piece{ID: p.ID, Title: p.Title.In(lang), Text: p.Text.In(lang), State: PieceNotYet})
	}
	return list
}

func (m Meant) check() error {
	if m.Piece != "" && !slices.Contains(PieceIDs(), m.Piece) {
		return ErrPiece
	}
	return nil
}

// tell says of what was just kept which piece it is to show: the person asked for it by that name.
// The platform is told with it only of files, of which no address names one.
func (k *Keeper) tell(ctx context.Context, e look.Exhibit, m Meant) look.Exhibit {
	if m.Piece == "" {
		return e
	}
	facts := map[string]string{evidence.FactShows: m.Piece}
	if m.Platform != "" && m.Platform != guide.Site && e.Kind == evidence.Import {
		facts["platform"] = platform.Platform(m.Platform).Name()
	}
	told, err := k.SaveFacts(ctx, e.Case, e.Exhibit, facts)
	if err != nil { // it is kept all the same, and can be told again
		return e
	}
	return told
}
