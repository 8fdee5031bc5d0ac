package bundle_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// No PowerShell can be had here, so the rules that the script keeps are read from it:
// it fails closed, works in Constrained Language, takes names as they are, lets no
// program's bytes through a pipe, and has no two variables that PowerShell takes for one.
func TestTheScriptForWindowsKeepsItsRules(t *testing.T) {
	b, err := os.ReadFile("scripts/verify.ps1")
	if err != nil {
		t.Fatal(err)
	}
	var code []string
	for _, line := range strings.Split(string(b), "\n") {
		if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "#") {
			code = append(code, line)
		}
	}
	if !strings.HasPrefix(code[0], "param(") || code[1] != "$ErrorActionPreference = 'Stop'" || !strings.HasPrefix(code[3], "trap {") {
		t.Errorf("it does not begin by failing closed: %q", code[:4])
	}
	static := regexp.MustCompile(`\[[A-Za-z.]+\]::`)
	paths := regexp.MustCompile(`\b(Get-ChildItem|Get-Content|Get-FileHash|Select-String|Test-Path|Resolve-Path|Set-Content|Remove-Item)\b`)
	variable := regexp.MustCompile(`\$(?:script:)?([A-Za-z][A-Za-z0-9]*)`)
	spelt := map[string]string{}
	for _, line := range code {
		if static.MatchString(line) || regexp.MustCompile(`New-Object|Add-Type|Invoke-Expression|\.GetType`).MatchString(line) {
			t.Errorf("not in Constrained Language: %s", line)
		}
		if n := len(paths.FindAllString(line, -1)); n != strings.Count(line, "-LiteralPath") {
			t.Errorf("a name is taken for a pattern: %s", line)
		}
		for _, m := range variable.FindAllStringSubmatch(line, -1) {
			key := strings.ToLower(m[1])
			if was, ok := spelt[key]; ok && was != m[1] {
				t.Errorf("$%s and $%s are one variable: %s", was, m[1], line)
			}
			spelt[key] = m[1]
		}
		if strings.Contains(line, "& openssl") && line != "    $script:said = @(& openssl @args 2> $null)" {
			t.Errorf("openssl is called in another way: %s", line)
		}
	}
	for _, want := range []string{"'could-not-check'", "'consistent, time not proven'", "'not-valid'", "'valid'"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("it never says %s", want)
		}
	}
	// What is said of a bundle's parts is what the other script says.
	sh, err := os.ReadFile("scripts/verify.sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"does not follow from the one before", "is no good timestamp over", "its root is not among those that were given",
		"no root that was given confirms it", "is no time in UTC", "the log does not name it", "bag-info.txt names two days", "and the bundle does not say so",
		"its own account, before", "is the report of another bundle", "of this computer, not of the bundle"} {
		if !strings.Contains(string(b), said) || !strings.Contains(string(sh), said) {
			t.Errorf("only one of the scripts says: %s", said)
		}
	}
}
