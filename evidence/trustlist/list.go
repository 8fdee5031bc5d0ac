package trustlist

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"constat/evidence"
)

// Identifiers of ETSI TS 119 612 V2.2.1.
const (
	qualifiedTime = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST" // clause 5.5.1.1

	statusPrefix = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
	xmlType      = "application/vnd.etsi.tsl+xml"
)

// List is what is kept of a signed list: who is on it as a qualified time
// service, and where other lists are.
type List struct {
	Territory string          `json:"territory"` // ISO 3166-1 alpha-2; EU for the list of lists
	Sequence  int             `json:"sequence"`
	Issued    time.Time       `json:"issued"`
	Next      time.Time       `json:"next_update"`   // zero if the list is the last one
	SHA256    evidence.Digest `json:"sha256"`        // of the file as it was signed
	Signer    evidence.Digest `json:"signer_sha256"` // of the certificate
	Services  []Service       `json:"services,omitempty"`
	Pointers  []Pointer       `json:"pointers,omitempty"`
}

// Service is one qualified time service, with everything that the list says of
// its past.
type Service struct {
	Provider     string            `json:"provider"`
	Name         string            `json:"name"`
	Certificates []evidence.Digest `json:"certificates_sha256"` // of the service or of its authority
	Keys         []evidence.Digest `json:"keys_sha256"`         // of their SubjectPublicKeyInfo
	History      []Status          `json:"history"`             // newest first
}

// Status is one from a time on.
type Status struct {
	Status string    `json:"status"` // the last part of the identifier: granted, withdrawn, undersupervision …
	Since  time.Time `json:"since"`
}

// Pointer says where another list is, and who may sign it.
type Pointer struct {
	Territory string            `json:"territory"`
	Location  string            `json:"location"`
	Signers   []evidence.Digest `json:"signers_sha256"`
}

// Open verifies a list and reads it. Nobody but the holders of the given
// certificates may have signed it; their own validity and revocation are the
// matter of who names them, which is the list of lists.
func Open(raw []byte, may []evidence.Digest) (List, error) {
	content, cert, err := signed(raw, may)
	if err != nil {
		return List{}, err
	}
	var d document
	if err := xml.Unmarshal(content, &d); err != nil {
		return List{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	l := List{Territory: strings.TrimSpace(d.Territory), Sequence: d.Sequence, SHA256: evidence.Sum(raw), Signer: evidence.Sum(cert.Raw)}
	if l.Issued, err = instant(d.Issued); err != nil {
		return List{}, err
	}
	if d.Next != "" {
		if l.Next, err = instant(d.Next); err != nil {
			return List{}, err
		}
	}
	if len(l.Territory) != 2 || l.Issued.Before(cert.NotBefore) || l.Issued.After(cert.NotAfter) {
		return List{}, fmt.Errorf("%w: territory %.10q, issued %s under a certificate of %s to %s", ErrForm, l.Territory,
			l.Issued.Format(time.DateOnly), cert.NotBefore.Format(time.DateOnly), cert.NotAfter.Format(time.DateOnly))
	}
	for _, p := range d.Pointers {
		if p.Mime != xmlType {
			continue
		}
		q := Pointer{Territory: p.Territory, Location: strings.TrimSpace(p.Location)}
		for _, c := range p.Certificates {
			cert, err := certificate(c)
			if err != nil {
				return List{}, err
			}
			q.Signers = append(q.Signers, evidence.Sum(cert.Raw))
		}
		l.Pointers = append(l.Pointers, q)
	}
	for _, p := range d.Providers {
		for _, s := range p.Services {
			if s.Type != qualifiedTime {
				continue
			}
			service, err := s.read(english(p.Names))
			if err != nil {
				return List{}, err
			}
			l.Services = append(l.Services, service)
		}
	}
	return l, nil
}

// document is the part of a list that is read.
type document struct {
	XMLName   xml.Name           `xml:"http://uri.etsi.org/02231/v2# TrustServiceStatusList"`
	Sequence  int                `xml:"SchemeInformation>TSLSequenceNumber"`
	Territory string             `xml:"SchemeInformation>SchemeTerritory"`
	Issued    string             `xml:"SchemeInformation>ListIssueDateTime"`
	Next      string             `xml:"SchemeInformation>NextUpdate>dateTime"`
	Pointers  []documentPointer  `xml:"SchemeInformation>PointersToOtherTSL>OtherTSLPointer"`
	Providers []documentProvider `xml:"TrustServiceProviderList>TrustServiceProvider"`
}

type documentPointer struct {
	Certificates []string `xml:"ServiceDigitalIdentities>ServiceDigitalIdentity>DigitalId>X509Certificate"`
	Location     string   `xml:"TSLLocation"`
	Territory    string   `xml:"-"`
	Mime         string   `xml:"-"`
	Information  []struct {
		Territory string `xml:"SchemeTerritory"`
		Mime      string `xml:"MimeType"`
	} `xml:"AdditionalInformation>OtherInformation"`
}

// UnmarshalXML picks what stands in one of many elements of one name.
func (p *documentPointer) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	type plain documentPointer
	if err := d.DecodeElement((*plain)(p), &start); err != nil {
		return err
	}
	for _, i := range p.Information {
		if i.Territory != "" {
			p.Territory = strings.TrimSpace(i.Territory)
		}
		if i.Mime != "" {
			p.Mime = strings.TrimSpace(i.Mime)
		}
	}
	return nil
}

type documentProvider struct {
	Names    []documentName    `xml:"TSPInformation>TSPName>Name"`
	Services []documentService `xml:"TSPServices>TSPService"`
}

type documentName struct {
	Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Text string `xml:",chardata"`
}

type documentService struct {
	Type         string         `xml:"ServiceInformation>ServiceTypeIdentifier"`
	Names        []documentName `xml:"ServiceInformation>ServiceName>Name"`
	Certificates []string       `xml:"ServiceInformation>ServiceDigitalIdentity>DigitalId>X509Certificate"`
	Status       string         `xml:"ServiceInformation>ServiceStatus"`
	Since        string         `xml:"ServiceInformation>StatusStartingTime"`
	History      []struct {
		Type   string `xml:"ServiceTypeIdentifier"`
		Status string `xml:"ServiceStatus"`
		Since  string `xml:"StatusStartingTime"`
	} `xml:"ServiceHistory>ServiceHistoryInstance"`
}

func (s documentService) read(provider string) (Service, error) {
	out := Service{Provider: provider, Name: english(s.Names)}
	for _, c := range s.Certificates {
		cert, err := certificate(c)
		if err != nil {
			return Service{}, err
		}
		out.Certificates = append(out.Certificates, evidence.Sum(cert.Raw))
		out.Keys = append(out.Keys, evidence.Sum(cert.RawSubjectPublicKeyInfo))
	}
	add := func(status, since string) error {
		at, err := instant(since)
		if err != nil {
			return err
		}
		if n := len(out.History); n > 0 && at.After(out.History[n-1].Since) {
			return fmt.Errorf("%w: history of %.60q is out of order", ErrForm, out.Name)
		}
		out.History = append(out.History, Status{Status: strings.TrimPrefix(status, statusPrefix), Since: at})
		return nil
	}
	if err := add(strings.TrimSpace(s.Status), s.Since); err != nil {
		return Service{}, err
	}
	for _, h := range s.History {
		// What was another kind of service before was not a qualified one.
		status := strings.TrimSpace(h.Status)
		if strings.TrimSpace(h.Type) != qualifiedTime {
			status = "another-service"
		}
		if err := add(status, h.Since); err != nil {
			return Service{}, err
		}
	}
	return out, nil
}

// english is the name in English, or else the first one.
func english(names []documentName) string {
	for _, n := range names {
		if n.Lang == "en" {
			return evidence.Shorten(strings.TrimSpace(n.Text), 200)
		}
	}
	if len(names) > 0 {
		return evidence.Shorten(strings.TrimSpace(names[0].Text), 200)
	}
	return ""
}

func certificate(text string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, fmt.Errorf("%w: certificate: %w", ErrForm, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: certificate: %w", ErrForm, err)
	}
	return cert, nil
}

func instant(s string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(s))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: time %.40q", ErrForm, s)
	}
	return at.UTC(), nil
}
