package command

import (
	"fmt"
	"io"
	"strings"

	"lixianban/app/policy"
)

var columnWords = map[string]string{"stop": "现在就停", "lapse": "到期不再交", "switch": "换一种参保"}

var rowWords = map[string]string{"cover-end": "能报到哪天", "wait": "回来要等多久", "first-day": "再能报的头一天", "money": "钱", "years": "缴费年头", "reward": "大病奖励", "law": "法律怎么说"}

// printChoices is the table that compares stopping now, not paying again and other cover.
func printChoices(w io.Writer, fs []policy.Finding) {
	head := "\n【三种做法比一比】\n"
	for _, row := range policy.Rows {
		title := rowWords[row] + "\n"
		for _, column := range policy.Columns {
			for i := range fs {
				if f := &fs[i]; f.Row == row && f.Column == column {
					fmt.Fprint(w, head, title)
					head, title = "", ""
					printCell(w, f)
				}
			}
		}
	}
}

func printCell(w io.Writer, f *policy.Finding) {
	mark := "·"
	if f.State == "depends" {
		mark = "?"
	}
	fmt.Fprintf(w, "  %s %s：%s%s\n", mark, columnWords[f.Column], f.Say.ZH, f.More.ZH)
	ids := make([]string, 0, len(f.Cites))
	for _, c := range f.Cites {
		ids = append(ids, strings.TrimSpace(c.Title.ZH+" "+c.DocNo+c.Article))
	}
	fmt.Fprintf(w, "      依据 [%s] %s\n", f.Confidence, strings.Join(ids, "；"))
}

// printLeads shows what an answer asks back and where an answer or a myth goes on.
func printLeads(w io.Writer, p *policy.Pack, f *policy.Finding) {
	if f.Ask.ZH != "" {
		fmt.Fprintf(w, "    接着问：%s\n", f.Ask.ZH)
	}
	for _, id := range f.Opens {
		if s, ok := p.Service(id); ok {
			fmt.Fprintf(w, "    去这里：%s（%s）\n", s.Title.ZH, id)
		}
	}
}
