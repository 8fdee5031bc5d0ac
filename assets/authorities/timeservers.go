package authorities

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed time-servers.json
var timeServers []byte

// TimeServer is a public time server (NTP) that a person can have asked during a capture. None of
// them is asked by default.
type TimeServer struct {
	Address    string `json:"address"`     // host, or host:port
	Operator   string `json:"operator"`    // who runs it: an office that keeps a country's time
	Country    string `json:"country"`     // of the operator, ISO 3166-1 alpha-2
	Source     string `json:"source"`      // where the address was read
	VerifiedOn string `json:"verified_on"` // date of that source, YYYY-MM-DD
}

// TimeServers returns the built-in time servers.
func TimeServers() ([]TimeServer, error) {
	var l []TimeServer
	if err := json.Unmarshal(timeServers, &l); err != nil {
		return nil, fmt.Errorf("built-in time servers: %w", err)
	}
	return l, nil
}
