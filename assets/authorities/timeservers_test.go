package authorities

import (
	"net/url"
	"testing"
	"time"
)

func TestTimeServers(t *testing.T) {
	list, err := TimeServers()
	if err != nil || len(list) == 0 {
		t.Fatalf("%d servers, %v", len(list), err)
	}
	seen := map[string]bool{}
	for _, s := range list {
		u, err := url.Parse("ntp://" + s.Address)
		if err != nil || u.Hostname() == "" || u.Path != "" || seen[s.Address] {
			t.Errorf("address %q: %v", s.Address, err)
		}
		seen[s.Address] = true
		if _, err := time.Parse("2006-01-02", s.VerifiedOn); err != nil || s.Operator == "" || s.Source == "" || !country.MatchString(s.Country) {
			t.Errorf("%s: %+v, %v", s.Address, s, err)
		}
	}
}
