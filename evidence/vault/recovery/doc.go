// Package recovery makes and reads recovery codes, which are printed and typed.
//
// [New] makes one, [Parse] reads what somebody typed. A code with a character that is wrong,
// missing or swapped is refused with [ErrCode]. Nothing here is kept, and no file is touched.
package recovery
