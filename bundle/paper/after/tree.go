package after

import (
	"bytes"
	"fmt"
	"strings"
)

// Element is a piece of the document as it is read, one in another (PDF 1.7, 14.7.2 and 14.8.4). Its
// kinds are the standard ones of 14.8.4: none needs a role map.
type Element struct {
	Kind  string     // "P", "H1", "Table", "Figure" …
	Alt   string     // instead of what is seen, of a figure
	Scope string     // of a TH: "Row" or "Column"
	Box   [4]float64 // of a figure, in points from the lower left: left, bottom, right, top; zero: not said
	kids  []kid
}

// kid is an element, a piece of a page, or a link on it.
type kid struct {
	element *Element
	page    int // counted from 1
	mark    int // number of the marked content on the page
	link    int // number of the link on the page, plus one; 0: none
}

// Add puts an element behind what is there.
func (e *Element) Add(child *Element) { e.kids = append(e.kids, kid{element: child}) }

// Last is the last element in it, if nothing is behind that.
func (e *Element) Last() *Element {
	if len(e.kids) == 0 {
		return nil
	}
	return e.kids[len(e.kids)-1].element
}

// Mark says that a piece of a page's content is a part of the element.
func (e *Element) Mark(page, number int) {
	e.kids = append(e.kids, kid{page: page, mark: number})
}

// Link says that the number-th link of a page, counted from 0, is a part of the element.
func (e *Element) Link(page, number int) {
	e.kids = append(e.kids, kid{page: page, link: number + 1})
}

// empty tells elements in which nothing was drawn. A cell without words keeps its place.
func (e *Element) empty() bool {
	if e.Kind == "TD" || e.Kind == "TH" {
		return false
	}
	for _, k := range e.kids {
		if k.element == nil || !k.element.empty() {
			return false
		}
	}
	return true
}

// tree writes the elements and what leads from pages to them.
type tree struct {
	*file
	pages   []int         // object of each page
	links   [][]int       // objects of its links
	parents []map[int]int // of each page: element by number of its marked content
	linked  map[int]int   // element by object of a link
}

func (t *tree) element(e *Element, number, parent int) error {
	var kids bytes.Buffer
	page := 0
	for _, k := range e.kids {
		if k.element == nil && page == 0 {
			page = k.page
		}
	}
	for _, k := range e.kids {
		if k.element != nil {
			if k.element.empty() {
				continue
			}
			n := t.number()
			fmt.Fprintf(&kids, "%d 0 R ", n)
			if err := t.element(k.element, n, number); err != nil {
				return err
			}
			continue
		}
		if k.page < 1 || k.page > len(t.pages) || k.link > len(t.links[k.page-1]) {
			return fmt.Errorf("%w: a tag of page %d", ErrForm, k.page)
		}
		switch {
		case k.link > 0:
			o := t.links[k.page-1][k.link-1]
			t.linked[o] = number
			fmt.Fprintf(&kids, "<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>> ", o, t.pages[k.page-1])
		case k.page == page:
			t.parents[k.page-1][k.mark] = number
			fmt.Fprintf(&kids, "%d ", k.mark)
		default:
			t.parents[k.page-1][k.mark] = number
			fmt.Fprintf(&kids, "<</Type/MCR/Pg %d 0 R/MCID %d>> ", t.pages[k.page-1], k.mark)
		}
	}
	s := fmt.Sprintf("<</S/%s/P %d 0 R", e.Kind, parent)
	if page > 0 {
		s += fmt.Sprintf("/Pg %d 0 R", t.pages[page-1])
	}
	if e.Alt != "" {
		s += "/Alt " + textString(e.Alt)
	}
	switch {
	case e.Scope != "":
		s += "/A<</O/Table/Scope/" + e.Scope + ">>"
	case e.Box != [4]float64{}:
		s += fmt.Sprintf("/A<</O/Layout/Placement/Block/BBox[%.1f %.1f %.1f %.1f]>>", e.Box[0], e.Box[1], e.Box[2], e.Box[3])
	}
	t.added[number] = s + "/K[" + strings.TrimSuffix(kids.String(), " ") + "]>>"
	return nil
}

// number is that of a new object, which is said later.
func (f *file) number() int {
	n := f.size
	f.size++
	return n
}

// textString is any text in the form of 7.9.2.2: as it is where ASCII will do, else UTF-16.
func textString(s string) string {
	plain := true
	for _, r := range s {
		plain = plain && r >= ' ' && r < 0x7f
	}
	if plain {
		return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
	}
	return fmt.Sprintf("<%X>", utf16BOM(s))
}

// tag puts the tree into the file: elements, what leads from pages and links to them, and its root.
func (f *file) tag(root *Element, pages []int, links [][]int) error {
	t := &tree{file: f, pages: pages, links: links, linked: map[int]int{}}
	for range pages {
		t.parents = append(t.parents, map[int]int{})
	}
	top, document, parentTree := f.number(), f.number(), f.number()
	if err := t.element(root, document, top); err != nil {
		return err
	}
	var nums bytes.Buffer
	for i, of := range t.parents {
		list := make([]string, 0, len(of))
		for n := range len(of) {
			o, ok := of[n]
			if !ok {
				return fmt.Errorf("%w: marked content of page %d", ErrForm, i+1)
			}
			list = append(list, fmt.Sprintf("%d 0 R", o))
		}
		fmt.Fprintf(&nums, "%d[%s]", i, strings.Join(list, " "))
		if err := f.extend(pages[i], fmt.Sprintf("/StructParents %d\n/Tabs /S\n", i)); err != nil {
			return err
		}
	}
	next := len(pages)
	for _, of := range links {
		for _, o := range of {
			element, ok := t.linked[o]
			if !ok {
				return fmt.Errorf("%w: a link without a tag", ErrForm)
			}
			fmt.Fprintf(&nums, "%d %d 0 R ", next, element)
			if err := f.extend(o, fmt.Sprintf("/StructParent %d", next)); err != nil {
				return err
			}
			next++
		}
	}
	// In a part of its own, so that an update adds another one.
	part := f.add(fmt.Sprintf("<</Limits[0 %d]/Nums[%s]>>", max(next-1, 0), strings.TrimSuffix(nums.String(), " ")))
	f.added[parentTree] = fmt.Sprintf("<</Kids [%d 0 R]>>", part)
	f.added[top] = fmt.Sprintf("<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", document, parentTree, next)
	return f.extend(f.root, fmt.Sprintf("/MarkInfo <</Marked true>>\n/StructTreeRoot %d 0 R\n", top))
}
