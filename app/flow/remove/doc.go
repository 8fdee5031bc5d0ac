// Package remove is the family of use cases about having something taken down: steps for the
// platform that an address is of, letters, and the log of reports.
//
// # How to use it
//
// [ForAddress] needs no vault: the steps of the platform, with what the address itself says filled
// in. A [Remover] belongs to an open vault: [Remover.Guide] fills in from an exhibit, and says
// whether the page is kept; [Remover.Notice] fills in a letter; [Remover.Report] and
// [Remover.Reports] are the log of reports, which lives in the custody log.
//
// # What it promises
//
// What is filled in has passed the check of its form, and says where it comes from; what is not
// known is 'missing', with how to find it. Nothing is sent: texts are shown, copied and saved. An
// exhibit that was closed as under 18 has no letter.
//
// # What it does not do
//
// It loads nothing and knows no exhibit's pictures. Steps and letters are data: assets/guide.
package remove
