// Package page serves the page that captures are measured with: forty
// pictures like photographs, about 2 MB together, some 13,000 pixels tall at a
// width of 1,280. The pictures are computed from a fixed seed, so that every
// run sees the same bytes.
//
// It serves nothing else and is not part of the product.
package page

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
)

// Pictures is how many pictures the page holds.
const Pictures = 40

const (
	width, height = 1100, 260
	quality       = 72
)

// Handler computes the pictures and returns what serves the page at "/".
func Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	var body strings.Builder
	body.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Forty pictures</title>
<style>body{margin:0 auto;width:1100px;font:16px/1.5 sans-serif}figure{margin:0;height:325px}img{display:block}</style>`)
	for n := range Pictures {
		b, err := picture(uint64(n))
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("/%02d.jpg", n)
		fmt.Fprintf(&body, `<figure><img src="%s" width="%d" height="%d" alt="">
<figcaption>Picture %d: a line of text under it, as pages have them, with some words more.</figcaption></figure>`,
			name, width, height, n+1)
		mux.HandleFunc(name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "image/jpeg")
			w.Write(b)
		})
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, body.String())
	})
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux, nil
}

// picture draws soft shapes with a little noise, like a photograph.
func picture(seed uint64) ([]byte, error) {
	rnd := rand.New(rand.NewPCG(seed, 41))
	var waves [9][4]float64
	for i := range waves {
		scale := 1 / (40 + 260*rnd.Float64())
		if i > 5 {
			scale *= 12
		}
		waves[i] = [4]float64{rnd.NormFloat64() * scale, rnd.NormFloat64() * scale, rnd.Float64() * 6, 14 + 26*rnd.Float64()}
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			var c [3]float64
			for i, w := range waves {
				c[i%3] += w[3] * math.Sin(float64(x)*w[0]*6+float64(y)*w[1]*6+w[2])
			}
			grain := rnd.NormFloat64() * 1.2
			at := func(v float64) uint8 { return uint8(min(max(128+v+grain, 0), 255)) }
			img.SetRGBA(x, y, color.RGBA{at(c[0]), at(c[1] + c[0]/2), at(c[2] + c[1]/2), 255})
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}
