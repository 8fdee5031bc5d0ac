// Package place asks where a copy of the vault lies: a folder, a WebDAV server or an S3 store.
//
// # How to use it
//
// A screen holds a [Form], draws its objects and asks it for the [copies.Place].
//
// # What it promises
//
// What is typed stays in the form until the screen drops it or clears it. Name, password and days are
// given only for kinds of places that know them.
//
// # What it does not do
//
// It looks at no place: package copies does, when it is asked to.
package place
