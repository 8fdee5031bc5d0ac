package pdf

import "fmt"

const (
	maxFiles = 100_000   // that a document may hold
	maxHeld  = 512 << 20 // bytes of all of them, unpacked: many names may lead to one stream
)

// Files calls fn with each file that lies in a document, each under a name of its own; none if there
// are none.
func Files(b []byte, fn func(name string, data []byte)) error {
	f, err := open(b)
	if err != nil {
		return err
	}
	root, err := f.dict(f.trailer["Root"])
	if err != nil || root["Names"] == nil {
		return err
	}
	names, err := f.dict(root["Names"])
	if err != nil || names["EmbeddedFiles"] == nil {
		return err
	}
	tree, err := f.dict(names["EmbeddedFiles"])
	if err != nil {
		return err
	}
	o, err := f.object(tree["Names"])
	all, ok := o.(list)
	if err != nil || !ok || len(all)%2 != 0 || len(all) > 2*maxFiles || tree["Kids"] != nil {
		return fmt.Errorf("%w: files within", errSyntax)
	}
	seen, left := map[string]bool{}, maxHeld
	for i := 0; i < len(all); i += 2 {
		key, _ := all[i].(string)
		if seen[key] {
			return fmt.Errorf("%w: two files within have one name", errSyntax)
		}
		seen[key] = true
		spec, err := f.dict(all[i+1])
		if err != nil {
			return err
		}
		held, err := f.dict(spec["EF"])
		if err != nil {
			return err
		}
		// A reader may take either name and either content: so there is one.
		if spec["F"] != key || spec["UF"] != key || held["F"] != held["UF"] {
			return fmt.Errorf("%w: a file within has two names", errSyntax)
		}
		o, err := f.object(held["F"])
		s, ok := o.(stream)
		if err != nil || !ok {
			return fmt.Errorf("%w: %.100q within", errSyntax, key)
		}
		data, err := s.content()
		if err != nil {
			return err
		}
		if left -= len(data); left < 0 {
			return fmt.Errorf("%w: the files within are too large", errSyntax)
		}
		fn(key, data)
	}
	return nil
}
