package command

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"strings"

	"lixianban/app/finder"
)

// askCommand names the intents that a question in everyday words may mean.
var askCommand = Command{
	Name:  "ask",
	Usage: `ask [-json] [-lang zh|en] "俺的医保想停掉咋弄"`,
	Short: "the five best intents for a question in a person's own words",
	Run:   runAsk,
}

// askResult is one line of the answer. Score is the intent's share of 1.
type askResult struct {
	Intent  string  `json:"intent"`
	Score   float64 `json:"score"`
	Title   string  `json:"title"`
	Service string  `json:"service,omitempty"`
}

func runAsk(_ context.Context, env Env) error {
	fs := flag.NewFlagSet("ask", flag.ContinueOnError)
	fs.SetOutput(env.Stderr)
	asJSON := fs.Bool("json", false, "print JSON")
	lang := fs.String("lang", "zh", "language of the titles: zh or en")
	if fs.Parse(env.Args) != nil || fs.NArg() == 0 || *lang != "zh" && *lang != "en" {
		return ErrUsage
	}
	f, err := finder.New()
	if err != nil {
		return err
	}
	return printAsk(env, askResults(f.Ask(strings.Join(fs.Args(), " "), 5), *lang), *asJSON)
}

func askResults(ms []finder.Match, lang string) []askResult {
	out := []askResult{}
	for _, m := range ms {
		in, _ := finder.ByID(m.Intent)
		title := in.ZH
		if lang == "en" {
			title = in.EN
		}
		out = append(out, askResult{m.Intent, math.Round(m.Score*1000) / 1000, title, in.Service})
	}
	return out
}

func printAsk(env Env, rs []askResult, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(env.Stdout).Encode(rs)
	}
	if len(rs) == 0 {
		_, err := fmt.Fprintln(env.Stdout, "没听懂。换个说法，或者打 12393 问人工。")
		return err
	}
	for _, r := range rs {
		fmt.Fprintf(env.Stdout, "%3.0f%%  %-22s %s\n", r.Score*100, r.Intent, r.Title)
	}
	return nil
}
