package screen

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// A phone that was never told which offices there are must not say that there is none.
func TestNotKnowingOfAnOfficeIsNotHavingNone(t *testing.T) {
	d := mustDeps(t)
	for name, c := range map[string]struct {
		unheard       func() bool
		says, unsaids string
	}{
		"never told":     {func() bool { return true }, "要连一次网", "还没有在这里收申请"},
		"told":           {func() bool { return false }, "还没有在这里收申请", "要连一次网"},
		"a host's pages": {nil, "还没有在这里收申请", "要连一次网"},
	} {
		bare := &Deps{Pack: d.Pack, Now: d.Now, Unheard: c.unheard}
		page := app.HTMLString(&apply{frame: at(bare, "zh-CN", "apply", "resident-stop"), read: true, form: residentForm(t)})
		if !strings.Contains(page, c.says) || strings.Contains(page, c.unsaids) {
			t.Errorf("%s: the form's page says\n%s", name, page)
		}
	}
}

func TestTheFrontPagePromisesNoMoreThanIsKept(t *testing.T) {
	d := mustDeps(t)
	for r, says := range map[readiness]string{coming: "连着网再开一会儿", ready: "没有网也能用", online: "要有网才能打开"} {
		page := app.HTMLString(&home{frame: at(d, "zh-CN", "home", ""), ready: r})
		for _, s := range []string{"连着网再开一会儿", "没有网也能用", "要有网才能打开"} {
			if strings.Contains(page, s) != (s == says) {
				t.Errorf("readiness %d: %q on the page: %v", r, s, s != says)
			}
		}
	}
}
