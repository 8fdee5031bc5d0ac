package recognise

// Where a line that any site may show comes from. A wording that was not seen in use can only miss.
const (
	// sourceQuoted: public programs that check for it quote the line.
	sourceQuoted = "quoted by public checkers (code search, November 2026)"
	// sourceWording: the wording as known or translated; not found quoted.
	sourceWording = "wording or translation, not found quoted; November 2026"
)

func quoted(language, text string) phrase { return phrase{language, text, sourceQuoted} }
func worded(language, text string) phrase { return phrase{language, text, sourceWording} }

// humanPhrases are lines of pages that want proof that a human is there, of any site.
func humanPhrases() []phrase {
	return []phrase{
		quoted("en", "Just a moment..."),
		worded("en", "Verify you are human"),
		worded("en", "Checking your browser before accessing"),
		worded("en", "Verifying you are human. This may take a few seconds"),
		worded("en", "Performing security verification"),
		worded("en", "Please verify you are a human"),
		worded("en", "Sign in to confirm you're not a bot"),
		worded("en", "Our systems have detected unusual traffic from your computer network"),
		worded("en", "Let's confirm you are human"),
		worded(
			"fr",
			"Un instant...",
		),
		worded("fr", "Vérifiez que vous êtes humain"),
		worded("fr", "Connectez-vous pour confirmer que vous n'êtes pas un robot"),
		worded("fr", "Vérification de sécurité en cours"),
		worded(
			"nl",
			"Een ogenblik geduld...",
		),
		worded("nl", "Verifieer dat u een mens bent"),
		worded("nl", "Log in om te bevestigen dat je geen bot bent"),
		worded("nl", "Beveiligingsverificatie uitvoeren"),
		worded("de", "Nur einen Moment..."),
		worded("de", "Bestätigen Sie, dass Sie ein Mensch sind"),
		worded("de", "Melde dich an, um zu bestätigen, dass du kein Bot bist"),
		worded("de", "Sicherheitsüberprüfung wird durchgeführt"),
		worded("es", "Un momento..."),
		worded("it", "Ci siamo quasi..."),
	}
}

// challengeHosts serve the frames in which a human is asked for. They also stand
// beside ordinary forms, so that alone they tell something only on an empty page.
func challengeHosts() []string {
	return []string{
		"challenges.cloudflare.com",
		"captcha-delivery.com",
		"hcaptcha.com",
		"arkoselabs.com",
		"funcaptcha.com",
		"perimeterx.net",
	}
}

// signInWords are parts of a path that stand for signing in.
func signInWords() []string {
	return []string{"login", "log-in", "signin", "sign-in", "logon", "sso", "connexion", "se-connecter", "identification",
		"inloggen", "aanmelden", "anmelden", "anmeldung", "einloggen"}
}

// signInTitles are titles of sign-in pages of any site.
func signInTitles() []phrase {
	return []phrase{
		worded("en", "Log in"), worded("en", "Login"), worded("en", "Sign in"),
		worded("fr", "Connexion"), worded("fr", "Se connecter"), worded("fr", "Identification"),
		worded("nl", "Inloggen"), worded("nl", "Aanmelden"), worded("de", "Anmelden"), worded("de", "Anmeldung"), worded("de", "Einloggen"),
	}
}
