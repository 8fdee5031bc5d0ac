// Command hands uses a window as a person does who sees only the screen: what it shows is read with tesseract, and
// mouse and keys go through xdotool. So an installed program is driven that knows nothing of tests, also
// under Wine.
//
//	hands [--display :1] [--lang en] see KEY…      waits until one of the texts is there, and says which
//	hands … press KEY                              presses what bears a text, the lowest of several
//	hands … type TEXT | key NAME | picture FILE
//
// A KEY is one of the catalogue's (constat/assets/words); with '=' in front it is the text itself. What is
// not seen is scrolled for. Reading may take a letter for another, so texts are compared by their first
// words, letter by letter, with one mistake in six. It fails when --patience is over, and then says what
// it read.
package main
