package host

import (
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/policy/trust"
	"lixianban/worker/office"
)

// DemoOffice is the id of the demo's office.
const DemoOffice = "demo"

// Demo is what a demonstration needs: a root of its own and one office.
type Demo struct {
	// Root is the signed root document: phones are built with it (their anchor).
	Root    []byte
	Publish trust.Signer
	Office  envelope.OfficeSecret
	// OfficeFile is where the office's key line is, for "lixianban office -key".
	OfficeFile string
}

// The demo's lifetimes. Its root outlives any demonstration; the rest is signed anew
// at each start and daily.
const (
	demoYears    = 10
	directoryFor = 90 * 24 * time.Hour
	indexFor     = 90 * 24 * time.Hour
	stampFor     = 30 * 24 * time.Hour
)

// Demo returns the demo's keys, making what is absent. The root is made once: phones
// that were built with it stay able to verify.
func (f Folder) Demo(now time.Time) (Demo, error) {
	d := Demo{OfficeFile: f.path("demo/office.key")}
	var err error
	if d.Publish, err = f.demoPublisher(); err != nil {
		return Demo{}, err
	}
	if d.Office, err = f.demoOffice(); err != nil {
		return Demo{}, err
	}
	root, err := f.keep("documents/root", func() (string, error) {
		signed, err := trust.DemoRoot(d.Publish.Public(), now, now.AddDate(demoYears, 0, 0)).Sign(d.Publish)
		return strings.TrimSuffix(string(signed), "\n"), err
	})
	if err != nil {
		return Demo{}, err
	}
	d.Root = []byte(root)
	_, err = trust.NewVerifier(d.Root, trust.State{})
	return d, f.explain("documents/root", err)
}

func (f Folder) demoPublisher() (trust.Signer, error) {
	line, err := f.keep("demo/publish.key", func() (string, error) {
		s, err := trust.GenerateKey(f.Rand, "demo")
		return s.Secret(), err
	})
	if err != nil {
		return trust.Signer{}, err
	}
	s, err := trust.ParseSigner(strings.TrimSpace(line))
	return s, f.explain("demo/publish.key", err)
}

func (f Folder) demoOffice() (envelope.OfficeSecret, error) {
	line, err := f.keep("demo/office.key", func() (string, error) {
		s, err := envelope.NewOfficeSecret(envelope.KEMHybrid, f.Rand)
		if err != nil {
			return "", err
		}
		return strings.TrimSpace(office.KeyFile{Office: DemoOffice, Secret: s}.Encode()), nil
	})
	if err != nil {
		return envelope.OfficeSecret{}, err
	}
	k, err := office.ParseKeyFile(line)
	return k.Secret, f.explain("demo/office.key", err)
}

// directory lists the demo's office, which takes every form from everywhere.
func (d Demo) directory(now time.Time, service envelope.ServiceKey, forms []string) envelope.Directory {
	since := now.AddDate(0, 0, -1) // a phone's clock may be behind
	return envelope.Directory{
		Version: uint64(now.Unix()), Issued: envelope.Timestamp(now), Expires: envelope.Timestamp(now.Add(directoryFor)), Demo: true,
		Offices: []envelope.Office{{ID: DemoOffice, Name: "演示办事窗口（不是真的医保局）", NameEN: "Demo counter (not a real bureau)",
			Regions: []string{""}, Phone: "12393", Hours: "演示", Forms: forms,
			Keys: []envelope.OfficeKey{d.Office.Key(since, now.AddDate(demoYears, 0, 0))}}},
		Services: []envelope.ServiceKey{service},
	}
}
