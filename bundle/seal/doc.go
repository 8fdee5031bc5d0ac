// Package seal writes ZIP archives that 7-Zip and WinZip open with a password:
// AES-256 in the form AE-2 of WinZip's specification, since no obtainable Go
// library writes it.
//
// # How to use it
//
// [NewWriter] wraps an io.Writer; [Writer.Add] streams one entry after the
// other, and [Writer.Create] begins one that is written piece by piece, such as an archive in
// the archive, which hides its names; [Writer.Close] writes the directory. An empty password makes a plain ZIP.
//
// # What it promises
//
// Contents are compressed and encrypted while they are copied; nothing is kept
// on disk and no entry is held in memory. Each entry has its own random salt
// (16 bytes), keys from PBKDF2-HMAC-SHA1 with 1,000 rounds, as the format
// fixes, and an HMAC-SHA1-80 over the encrypted bytes. Names are UTF-8.
//
// # What it does not do
//
// The format leaves names, sizes and the number of entries readable, and its
// key derivation is cheap to attack: a password should be generated and hold
// at least 80 bits. Info-ZIP's unzip and Windows' own viewer do not open it.
// It does not read; package bundle/verify does, with code of its own.
package seal
