package trust_test

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"lixianban/app/policy/trust"
)

// seed is a reader of one repeated byte: keys of examples and tests never change.
func seed(b byte) *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte{b}, 32)) }

func ExampleGenerateKey() {
	s, _ := trust.GenerateKey(seed(7), "rules.example/2026")
	fmt.Println(s.Public())
	fmt.Println(s.Secret())
	fmt.Println(s) // printing a signer never shows the secret
	// Output:
	// rules.example/2026+f30ad16f+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
	// PRIVATE+KEY+rules.example/2026+f30ad16f+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
	// rules.example/2026+f30ad16f+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
}

func ExampleSign() {
	s, _ := trust.GenerateKey(seed(7), "rules.example/2026")
	signed, _ := trust.Sign(trust.KindDirectory, []byte(`{"version":1}`), s)
	fmt.Printf("%s", signed)

	payload, err := trust.Open(trust.KindDirectory, signed, trust.Role{Threshold: 1, Keys: []string{s.Public()}})
	fmt.Printf("%s %v\n", payload, err)

	signed[30] = '2'
	_, err = trust.Open(trust.KindDirectory, signed, trust.Role{Threshold: 1, Keys: []string{s.Public()}})
	fmt.Println(errors.Is(err, trust.Refused(trust.BadSig)), err)
	// Output:
	// lixianban/directory/v1
	// {"version":1}
	//
	// — rules.example/2026 8wrRb6f5CgCragouOLQ5gNoVmzhD/VUQP2YlTFW0VXXXB6jCOWi5Htiwc7KFswcqWkQbKphJu7Oji2Q8Xge5y1qB8wg=
	// {"version":1} <nil>
	// true trust: directory has a signature by rules.example/2026+f30ad16f that doesn't hold; fetch it again and keep what is in use
}

// A demo publishes with one key and a phone takes it; an older index is refused.
func Example() {
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	key, _ := trust.GenerateKey(seed(1), "demo")
	anchor, _ := trust.DemoRoot(key.Public(), day, day.AddDate(1, 0, 0)).Sign(key)

	pack := []byte("the national rules, version 3")
	publish := func(version uint64) trust.Bundle {
		pin := trust.Pin(version, pack)
		index, _ := trust.Index{
			Version: version, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(0, 6, 0)),
			Packs: []trust.Pack{{ID: "national", Version: version, Size: pin.Size, SHA256: pin.SHA256, MinEngine: 1}},
		}.Sign(key)
		stamp, _ := trust.Stamp{
			Version: version, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(0, 0, 30)),
			Index: trust.Pin(version, index),
		}.Sign(key)
		return trust.Bundle{Timestamp: stamp, Index: index}
	}

	v, _ := trust.NewVerifier(anchor, trust.State{})
	got, err := v.Verify(day, publish(3))
	fmt.Println("version", got.Index.Version, "demo", got.Root.Demo, err)
	_, err = got.CheckPack("national", pack, 1)
	fmt.Println("pack", err)
	_, err = v.Verify(day, publish(2))
	fmt.Println(err)

	got, _ = v.Verify(day.AddDate(2, 0, 0), publish(3))
	since, stale := got.Stale()
	fmt.Println("stale", stale, since.Format(time.DateOnly))
	// Output:
	// version 3 demo true <nil>
	// pack <nil>
	// trust: timestamp is older than the newest seen; keep the newer one in use
	// stale true 2027-05-21
}
