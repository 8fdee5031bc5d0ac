package evidence

import "slices"

// Action is what was done.
type Action string

const (
	ActCaseCreated    Action = "case-created"
	ActCaptured       Action = "captured"
	ActCaptureFailed  Action = "capture-failed"
	ActImported       Action = "imported"
	ActRecorded       Action = "recorded"
	ActRechecked      Action = "rechecked"
	ActListMade       Action = "list-made" // digest of a constat-list/1 file, which stays in the vault
	ActStamped        Action = "stamped"
	ActStampFailed    Action = "stamp-failed"
	ActViewed         Action = "viewed"
	ActExtracted      Action = "extracted"
	ActExporting      Action = "exporting"
	ActExported       Action = "exported"
	ActFactsEdited    Action = "facts-edited"    // detail: the fields that changed, in the person's words
	ActAccountEdited  Action = "account-edited"  // detail: the fields of the account that changed, in the person's words
	ActReported       Action = "reported"        // detail: an entry of the log of reports, or what changed in one
	ActMarkedMinor    Action = "marked-minor"    // display and export are closed from here on
	ActRevocationKept Action = "revocation-kept" // digest of a CRL or an OCSP answer
	ActRenewalListed  Action = "renewal-listed"  // digest of a constat-renewal/1 list
	ActRenewalStamped Action = "renewal-stamped" // digest of a reply over such a list
	ActUnlockFailed   Action = "unlock-failed"
	ActChecked        Action = "checked"

	// What concerns the whole vault stands in the log of each case.
	ActRecipientAdded    Action = "recipient-added"
	ActRecipientRemoved  Action = "recipient-removed"
	ActRecipientsReset   Action = "recipients-reset" // the list was damaged, and begins anew
	ActPassphraseChanged Action = "passphrase-changed"
	ActRecoveryReissued  Action = "recovery-code-reissued"
	ActVaultMigrated     Action = "vault-migrated" // the lines before it prove nothing of who wrote them; it pins them

	ActEntriesLost Action = "entries-lost" // the log went further once than it does here
)

// Subject is what the digest of an entry is of.
type Subject string

const (
	OfNothing     Subject = "" // there is none
	OfManifest    Subject = "manifest"
	OfReply       Subject = "timestamp reply"
	OfList        Subject = "list"
	OfRevocation  Subject = "revocation answer"
	OfFingerprint Subject = "bundle fingerprint"
)

// Rule is what holds for the entries of one action. The zero value is that of an action that is not
// known.
type Rule struct {
	Action Action
	Digest Subject
	// Exhibit: the entry names the exhibit that it is about.
	Exhibit bool
	// Makes: the entry makes the exhibit that it names, of the manifest that its digest is of.
	Makes bool
	// Keeps: the entry keeps a small file beside the exhibit that it names, which is no part of its
	// manifest.
	Keeps bool
	// Vault: it concerns the whole vault, and stands in the log of each case.
	Vault bool
	// Alone: an entry of it carries no bytes, and whoever has done something may write it. Any other is
	// written by what does it: the vault.
	Alone bool
}

// Actions is the one table of custody actions, in the order of docs/formats.md. An action that is
// added needs its constant, its row, its row there, and its words in the catalogues under
// "action.<action>".
func Actions() []Rule {
	return []Rule{
		{Action: ActCaseCreated}, // always and only line 1
		{Action: ActCaptured, Digest: OfManifest, Exhibit: true, Makes: true},
		{Action: ActCaptureFailed, Alone: true},
		{Action: ActImported, Digest: OfManifest, Exhibit: true, Makes: true},
		{Action: ActRecorded, Digest: OfManifest, Exhibit: true, Makes: true},
		{Action: ActRechecked, Digest: OfManifest, Exhibit: true, Makes: true},
		{Action: ActListMade, Digest: OfList},
		{Action: ActStamped, Digest: OfReply, Exhibit: true},
		{Action: ActStampFailed, Digest: OfManifest, Exhibit: true, Alone: true},
		{Action: ActViewed, Digest: OfManifest, Exhibit: true, Alone: true},
		{Action: ActExtracted, Digest: OfManifest, Exhibit: true, Alone: true},
		{Action: ActExporting, Alone: true},
		{Action: ActExported, Digest: OfFingerprint, Alone: true},
		{Action: ActRevocationKept, Digest: OfRevocation, Exhibit: true, Keeps: true},
		{Action: ActRenewalListed, Digest: OfList, Exhibit: true, Keeps: true},
		{Action: ActRenewalStamped, Digest: OfReply, Exhibit: true, Keeps: true},
		{Action: ActPassphraseChanged, Vault: true},
		{Action: ActRecoveryReissued, Vault: true},
		{Action: ActRecipientAdded, Vault: true},
		{Action: ActRecipientRemoved, Vault: true},
		{Action: ActRecipientsReset, Vault: true},
		{Action: ActVaultMigrated, Vault: true},
		{Action: ActEntriesLost},
		{Action: ActUnlockFailed, Vault: true, Alone: true},
		{Action: ActChecked, Vault: true, Alone: true},
		{Action: ActFactsEdited, Exhibit: true, Alone: true},
		{Action: ActMarkedMinor, Exhibit: true, Alone: true},
		{Action: ActAccountEdited, Alone: true},
		{Action: ActReported, Alone: true},
	}
}

// Rule is what holds for entries of the action; nothing, if it is not known.
func (a Action) Rule() Rule {
	all := Actions()
	if i := slices.IndexFunc(all, func(r Rule) bool { return r.Action == a }); i >= 0 {
		return all[i]
	}
	return Rule{}
}
