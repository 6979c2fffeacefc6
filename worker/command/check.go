package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"lixianban/app/policy"
)

var checkCommand = Command{
	Name:  "check",
	Usage: "check [-json] [-packs DIR] CASE.json (- for stdin; the format is in app/policy's documentation)",
	Short: "what holds for a case: verdict, dates, papers, sources, what is still to ask",
	Run:   runCheck,
}

func runCheck(_ context.Context, env Env) error {
	f := hostFlags(env, "check")
	asJSON := f.Bool("json", false, "print the outcome as JSON")
	dir := f.String("packs", "", "folder of pack sources; default: those in this program")
	if err := parse(f, env.Args, 1); err != nil {
		return err
	}
	data, err := readInput(env, f.Arg(0), 1<<18)
	if err != nil {
		return err
	}
	p, err := compilePack(*dir)
	if err != nil {
		return err
	}
	o, err := checkCase(p, data)
	switch {
	case err != nil:
		return err
	case *asJSON:
		return printJSON(env.Stdout, o)
	}
	printOutcome(env.Stdout, p, o)
	return nil
}

func checkCase(p *policy.Pack, data []byte) (*policy.Outcome, error) {
	c, err := policy.ParseCase(p, data)
	if err != nil {
		return nil, err
	}
	return p.Evaluate(c)
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printOutcome is the result page as plain text.
func printOutcome(w io.Writer, p *policy.Pack, o *policy.Outcome) {
	svc, _ := p.Service(o.Service)
	fmt.Fprintf(w, "%s · %s", svc.Title.ZH, o.At)
	if o.Region != "" {
		fmt.Fprintf(w, " · 地区 %s", o.Region)
	}
	fmt.Fprintf(w, " · 规则包 %s 第 %d 版，核对于 %s\n", o.Pack.ID, o.Pack.Version, o.Pack.Checked)
	if o.Pack.Stale {
		fmt.Fprintln(w, "注意：规则核对已过期，办理前请打 12393 核实。")
	}
	if svc.Verdictless() {
		fmt.Fprintln(w, "\n这一项只供阅读，不下结论。")
	} else {
		printVerdict(w, o)
	}
	for i := range o.Findings {
		if f := &o.Findings[i]; f.Kind != policy.KindChoice {
			printFinding(w, f)
			printLeads(w, p, f)
		}
	}
	printChoices(w, o.Findings)
	printPapers(w, o.Papers)
	printOpen(w, p, o)
}

func printVerdict(w io.Writer, o *policy.Outcome) {
	switch {
	case o.Verdict != nil:
		fmt.Fprintln(w, "\n【结论】")
		printFinding(w, o.Verdict)
	case len(o.Conflict) > 0:
		fmt.Fprintf(w, "\n【结论】规则互相矛盾（%v），请打 12393。\n", o.Conflict)
	case o.Settled:
		fmt.Fprintln(w, "\n【结论】没有适用的规则，请打 12393。")
	default:
		fmt.Fprintln(w, "\n【结论】还没有定，可能是：")
		for i := range o.Candidates {
			fmt.Fprintf(w, "  ? %s\n", o.Candidates[i].Say.ZH)
		}
	}
}

var kindWords = map[policy.Kind]string{policy.KindVerdict: "结论", policy.KindConsequence: "后果", policy.KindWarning: "注意",
	policy.KindStep: "步骤", policy.KindRight: "权利", policy.KindOption: "另一种办法", policy.KindNote: "说明",
	policy.KindChannel: "去哪里办", policy.KindAnswer: "答", policy.KindMyth: "实情"}

func printFinding(w io.Writer, f *policy.Finding) {
	mark := "·"
	if f.State == "depends" {
		mark = "?"
	}
	if f.Claim.ZH != "" {
		fmt.Fprintf(w, "\n✗ 网上说：%s", f.Claim.ZH)
	}
	fmt.Fprintf(w, "\n%s [%s] %s\n", mark, kindWords[f.Kind], f.Say.ZH)
	if f.More.ZH != "" {
		fmt.Fprintf(w, "    %s\n", f.More.ZH)
	}
	for _, b := range f.Because {
		fmt.Fprintf(w, "    因为 %s\n", b.Say.ZH)
	}
	for _, b := range f.WouldFlip {
		fmt.Fprintf(w, "    如果改成 %s，结果会变\n", b.Say.ZH)
	}
	if f.National != nil {
		fmt.Fprintf(w, "    全国规则：%s\n", f.National.Say.ZH)
	}
	printCites(w, f.Cites)
}

func printCites(w io.Writer, cites []policy.Cite) {
	for _, c := range cites {
		fmt.Fprintf(w, "    依据 [%s] %s %s%s\n", c.Confidence, c.Title.ZH, c.DocNo, c.Article)
	}
}

var needWords = map[policy.Need]string{policy.Must: "必带", policy.If: "有这种情况才带", policy.Maybe: "当地可能要"}

func printPapers(w io.Writer, papers []policy.Paper) {
	if len(papers) > 0 {
		fmt.Fprintln(w, "\n【材料】")
	}
	for _, p := range papers {
		mark := "□"
		if p.State == "depends" {
			mark = "?"
		}
		fmt.Fprintf(w, "%s %s：%s %s\n", mark, needWords[p.Need], p.Say.ZH, p.Note.ZH)
	}
}

func printOpen(w io.Writer, p *policy.Pack, o *policy.Outcome) {
	for i, id := range o.Ask {
		if i == 0 {
			fmt.Fprintf(w, "\n【还要问】最多还有 %d 题\n", o.Left)
		}
		f, _ := p.Fact(id)
		fmt.Fprintf(w, "  %s：%s\n", id, f.Ask.ZH)
	}
	for _, id := range o.DependsOn {
		f, _ := p.Fact(id)
		fmt.Fprintf(w, "取决于（没回答）：%s\n", f.Label.ZH)
	}
	for _, it := range o.Office {
		fmt.Fprintf(w, "问 12393：%s\n", it.Say.ZH)
	}
}
