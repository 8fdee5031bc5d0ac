package recognise

// phrase is one line that a page shows.
type phrase struct {
	Language string // BCP 47
	Text     string // the whole line, without the mark at its end
	Source   string // one of the source… constants
}

// Where a phrase comes from. A wording that was not seen in use can only miss.
const (
	// sourceQuoted: public programs that check this platform quote the line.
	sourceQuoted = "quoted by public checkers of the platform (code search, November 2026)"
	// sourceWording: the platform's wording as known or translated; not found quoted.
	sourceWording = "wording or translation, not found quoted; November 2026"
)

// platform is what is known of one of the platforms of the manual.
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

func quoted(language, text string) phrase { return phrase{language, text, sourceQuoted} }
func worded(language, text string) phrase { return phrase{language, text, sourceWording} }

func platforms() []platform {
	// Facebook and Messenger share their pages.
	metaGone := []phrase{
		quoted("en", "This content isn't available right now"),
		worded("en", "This content isn't available at the moment"),
		quoted("en", "This page isn't available"),
		quoted("fr", "Ce contenu n'est pas disponible pour le moment"),
		worded("fr", "Cette page n'est pas disponible"),
		worded("nl", "Deze inhoud is momenteel niet beschikbaar"),
		worded("nl", "Deze content is momenteel niet beschikbaar"),
		worded("nl", "Deze pagina is niet beschikbaar"),
		quoted("de", "Dieser Inhalt ist momentan nicht verfügbar"),
		worded("de", "Dieser Inhalt ist derzeit nicht verfügbar"),
		worded("de", "Diese Seite ist nicht verfügbar"),
		worded("es", "Este contenido no está disponible en este momento"),
		worded("it", "Questo contenuto non è al momento disponibile"),
	}
	metaWall := []phrase{
		worded("en", "You must log in to continue"), worded("en", "Log in to Facebook"), worded("en", "Log into Facebook"),
		worded("fr", "Vous devez vous connecter pour continuer"), worded("fr", "Se connecter à Facebook"),
		worded("nl", "Je moet je aanmelden om door te gaan"), worded("nl", "Aanmelden bij Facebook"),
		worded("de", "Du musst dich anmelden, um fortzufahren"), worded("de", "Bei Facebook anmelden"),
	}
	return []platform{
		{
			name: "Facebook", hosts: []string{"facebook.com", "fb.com", "fb.watch"},
			signIn: []string{"/login", "/login.php", "/checkpoint"}, gone: metaGone, wall: metaWall,
		},
		{
			name: "Messenger", hosts: []string{"messenger.com", "m.me"},
			signIn: []string{"/login"}, gone: metaGone, wall: metaWall,
		},
		{
			name: "Instagram", hosts: []string{"instagram.com"},
			signIn: []string{"/accounts/login", "/challenge"},
			gone: []phrase{
				quoted("en", "Sorry, this page isn't available"), worded("en", "Profile isn't available"),
				worded("en", "Post isn't available"),
				quoted("fr", "Cette page n'est malheureusement pas disponible"), worded("fr", "Ce profil n'est pas disponible"),
				worded("fr", "Cette publication n'est pas disponible"),
				worded("nl", "Deze pagina is helaas niet beschikbaar"), worded("nl", "Sorry, deze pagina is niet beschikbaar"),
				worded("nl", "Profiel is niet beschikbaar"), worded("nl", "Bericht is niet beschikbaar"),
				quoted("de", "Diese Seite ist leider nicht verfügbar"), worded("de", "Profil ist nicht verfügbar"),
				worded("de", "Beitrag ist nicht verfügbar"),
				worded("es", "Esta página no está disponible"), worded("it", "Spiacenti, questa pagina non è disponibile"),
			},
			wall: []phrase{
				worded("en", "Log into Instagram"), worded("en", "Log in to see photos and videos from friends"),
				worded("fr", "Se connecter à Instagram"), worded("nl", "Aanmelden bij Instagram"), worded("de", "Bei Instagram anmelden"),
			},
		},
		{
			name: "Snapchat", hosts: []string{"snapchat.com"},
			signIn: []string{"accounts.snapchat.com"},
			gone: []phrase{
				worded("en", "This content was not found"), worded("en", "Sorry! We couldn't find this content"),
				worded("fr", "Ce contenu est introuvable"), worded("fr", "Désolé ! Nous n'avons pas pu trouver ce contenu"),
				worded("nl", "Deze content is niet gevonden"), worded("nl", "Sorry! We konden deze content niet vinden"),
				worded("de", "Dieser Inhalt wurde nicht gefunden"), worded("de", "Sorry! Wir konnten diesen Inhalt nicht finden"),
			},
			wall: []phrase{
				worded("en", "Log in to Snapchat"), worded("fr", "Connexion à Snapchat"),
				worded("nl", "Inloggen bij Snapchat"), worded("de", "Bei Snapchat anmelden"),
			},
		},
		{
			name: "YouTube", hosts: []string{"youtube.com", "youtu.be", "accounts.google.com"},
			signIn: []string{"accounts.google.com"},
			gone: []phrase{
				worded("en", "This video isn't available anymore"), quoted("en", "Video unavailable"), worded("en", "This channel does not exist"),
				worded("en", "This video has been removed by the uploader"),
				worded("fr", "Cette vidéo n'est plus disponible"), worded("fr", "Vidéo non disponible"), worded("fr", "Cette chaîne n'existe pas"),
				worded("fr", "Cette vidéo a été supprimée par l'utilisateur qui l'a mise en ligne"),
				worded("nl", "Deze video is niet meer beschikbaar"), worded("nl", "Video niet beschikbaar"), worded("nl", "Dit kanaal bestaat niet"),
				worded("nl", "Deze video is verwijderd door de uploader"),
				quoted("de", "Dieses Video ist nicht mehr verfügbar"), worded("de", "Video nicht verfügbar"), worded("de", "Dieser Kanal existiert nicht"),
				worded("de", "Dieses Video wurde vom Uploader entfernt"),
			},
		},
		{
			name: "TikTok", hosts: []string{"tiktok.com"},
			signIn: []string{"/login"},
			gone: []phrase{
				quoted("en", "Couldn't find this account"), worded("en", "Video currently unavailable"),
				quoted("fr", "Impossible de trouver ce compte"), worded("fr", "Vidéo actuellement indisponible"),
				quoted("nl", "Kan dit account niet vinden"), worded("nl", "Video momenteel niet beschikbaar"),
				worded("de", "Dieses Konto konnte nicht gefunden werden"), worded("de", "Video derzeit nicht verfügbar"),
			},
			wall: []phrase{
				worded("en", "Log in to TikTok"), worded("fr", "Se connecter à TikTok"),
				worded("nl", "Inloggen bij TikTok"), worded("de", "Bei TikTok anmelden"),
			},
			withoutPassword: true,
		},
		{
			name: "X", hosts: []string{"x.com", "twitter.com"},
			signIn: []string{"/login", "/i/flow/login", "/i/jf/onboarding/web"},
			gone: []phrase{
				quoted("en", "This account doesn't exist"), worded("en", "Account suspended"),
				worded("en", "Hmm...this page doesn't exist. Try searching for something else"),
				worded("en", "This Post was deleted by the Post author"), worded("en", "This Post is from an account that no longer exists"),
				worded("fr", "Ce compte n'existe pas"), worded("fr", "Compte suspendu"),
				worded("fr", "Hmm... cette page n'existe pas. Essayez de faire une autre recherche"),
				worded("fr", "Ce post a été supprimé par son auteur"), worded("fr", "Ce post provient d'un compte qui n'existe plus"),
				worded("nl", "Dit account bestaat niet"), worded("nl", "Account geschorst"),
				worded("nl", "Hmm... deze pagina bestaat niet. Probeer iets anders te zoeken"),
				worded("nl", "Deze post is verwijderd door de auteur"), worded("nl", "Deze post komt van een account dat niet meer bestaat"),
				worded("de", "Dieser Account existiert nicht"), worded("de", "Account gesperrt"),
				worded("de", "Hmm... diese Seite existiert nicht. Versuche, nach etwas anderem zu suchen"),
				worded("de", "Dieser Post wurde vom Verfasser gelöscht"), worded("de", "Dieser Post stammt von einem Account, der nicht mehr existiert"),
			},
			wall: []phrase{
				worded("en", "Sign in to X"), worded("fr", "Connectez-vous à X"), worded("nl", "Inloggen bij X"), worded("de", "Melde dich bei X an"),
			},
			withoutPassword: true,
		},
		{
			name: "WhatsApp", hosts: []string{"whatsapp.com", "wa.me"},
			gone: []phrase{
				worded("en", "This invite link has been revoked"), worded("en", "You can't view this group's invite link because it was reset"),
				worded("fr", "Ce lien d'invitation a été révoqué"),
				worded("fr", "Vous ne pouvez pas voir le lien d'invitation de ce groupe, car il a été réinitialisé"),
				worded("nl", "Deze uitnodigingslink is ingetrokken"),
				worded("nl", "Je kunt de uitnodigingslink van deze groep niet bekijken, omdat deze opnieuw is ingesteld"),
				worded("de", "Dieser Einladungslink wurde widerrufen"),
				worded("de", "Du kannst den Einladungslink dieser Gruppe nicht sehen, da er zurückgesetzt wurde"),
			},
			wall: []phrase{
				worded("en", "Log into WhatsApp Web"), worded("en", "Steps to log in"), worded("en", "Scan to log in"),
				worded("fr", "Se connecter à WhatsApp Web"), worded("fr", "Étapes pour se connecter"),
				worded("nl", "Inloggen bij WhatsApp Web"), worded("nl", "Stappen om in te loggen"),
				worded("de", "Bei WhatsApp Web anmelden"), worded("de", "Schritte zum Anmelden"),
			},
			withoutPassword: true,
		},
		{
			name: "Discord", hosts: []string{"discord.com", "discord.gg", "discordapp.com"},
			signIn: []string{"/login"},
			gone: []phrase{
				worded("en", "Invite Invalid"), worded("en", "This invite may be expired, or you might not have permission to join"),
				worded("fr", "Invitation invalide"),
				worded("fr", "Cette invitation a peut-être expiré, ou vous n'avez pas la permission de la rejoindre"),
				worded("nl", "Uitnodiging ongeldig"),
				worded("nl", "Deze uitnodiging is misschien verlopen, of je hebt geen toestemming om lid te worden"),
				worded("de", "Einladung ungültig"),
				worded("de", "Diese Einladung ist vielleicht abgelaufen, oder du hast keine Berechtigung beizutreten"),
			},
			wall: []phrase{
				worded("en", "Welcome back"), worded("fr", "Ha, te revoilà"), worded("nl", "Welkom terug"), worded("de", "Willkommen zurück"),
			},
		},
	}
}
