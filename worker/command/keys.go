package command

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"time"

	"lixianban/app/envelope"
)

var keysCommand = Command{
	Name:  "keys",
	Usage: "keys demo|service|epoch [-data DIR]",
	Short: "make the keys of a server or of a demo, or start a new epoch after a restore",
	Run:   keys,
}

func keys(_ context.Context, env Env) error {
	fs := hostFlags(env, "keys")
	data := fs.String("data", "data", "folder of the keys; made if absent")
	if err := parse(fs, env.Args, 1); err != nil {
		return err
	}
	if err := os.MkdirAll(*data, 0o700); err != nil {
		return err
	}
	switch fs.Arg(0) {
	case "demo":
		return demoKeys(env, *data)
	case "service":
		return serviceKey(env, *data)
	case "epoch":
		return newEpoch(env, *data)
	}
	return ErrUsage
}

// demoKeys prints the anchor alone on standard output, for the build that pins it.
func demoKeys(env Env, data string) error {
	if _, err := folder(data).Service(); err != nil {
		return err
	}
	d, err := folder(data).Demo(time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stderr, "the demo's keys are in %s; build the phone's program with the line below as its anchor\n", data)
	fmt.Fprintln(env.Stdout, base64.StdEncoding.EncodeToString(d.Root))
	return nil
}

func serviceKey(env Env, data string) error {
	k, err := folder(data).Service()
	if err != nil {
		return err
	}
	pub := envelope.ServiceKeyOf(k)
	fmt.Fprintf(env.Stdout, "{\"id\":%q,\"key\":%q}\n", pub.ID, pub.Key)
	return nil
}

func newEpoch(env Env, data string) error {
	epoch, err := folder(data).NewEpoch()
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "the epoch is now %s; start the server and the phones will ask again\n", epoch)
	return nil
}
