package author

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"lixianban/app/policy"
)

// function is one name of the profile: how CEL types it, and what it computes (for
// CEL's own evaluation, which the tests use as oracle).
type function struct {
	name   string
	args   []*cel.Type
	result *cel.Type
	many   bool // two to eight arguments of the first type
	run    func(cal []policy.Year, args []int64) (int64, bool)
}

var (
	celInt  = cel.IntType
	int1    = []*cel.Type{celInt}
	int2    = []*cel.Type{celInt, celInt}
	int3    = []*cel.Type{celInt, celInt, celInt}
	textArg = []*cel.Type{cel.StringType}
)

var functions = []function{
	{name: "date", args: textArg, result: celInt},
	{name: "money", args: textArg, result: celInt},
	{name: "money", args: int1, result: celInt, run: func(_ []policy.Year, a []int64) (int64, bool) { return a[0] * 100, true }},
	{name: "addMonths", args: int2, result: celInt, run: onDay(func(d policy.Day, n int64) (policy.Day, bool) {
		return policy.AddMonths(d, int(n)), n >= -4800 && n <= 4800
	})},
	{name: "addDays", args: int2, result: celInt, run: onDay(func(d policy.Day, n int64) (policy.Day, bool) {
		return d + policy.Day(n), n >= -200000 && n <= 200000
	})},
	{name: "addWorkdays", args: int2, result: celInt, run: func(cal []policy.Year, a []int64) (int64, bool) {
		low, high, ok := policy.AddWorkdays(cal, policy.Day(a[0]), int(a[1]))
		return int64(low), ok && low == high
	}},
	{name: "ymd", args: int3, result: celInt, run: func(_ []policy.Year, a []int64) (int64, bool) {
		if a[0] < 1900 || a[0] > 2199 || a[1] < 1 || a[1] > 12 || a[2] < 1 || a[2] > 31 {
			return 0, false
		}
		first := policy.DayOf(int(a[0]), int(a[1]), 1)
		last := policy.AddMonths(first, 1) - 1
		return int64(min(first+policy.Day(a[2])-1, last)), true
	}},
	{name: "year", args: int1, result: celInt, run: civil(func(y, _ int) int { return y })},
	{name: "month", args: int1, result: celInt, run: civil(func(_, m int) int { return m })},
	{name: "monthsBetween", args: int2, result: celInt, run: func(_ []policy.Year, a []int64) (int64, bool) {
		return int64(policy.MonthsBetween(policy.Day(a[0]), policy.Day(a[1]))), true
	}},
	{name: "daysBetween", args: int2, result: celInt, run: func(_ []policy.Year, a []int64) (int64, bool) { return a[1] - a[0], true }},
	{name: "min", args: int1, result: celInt, many: true, run: fold(func(a, b int64) int64 { return min(a, b) })},
	{name: "max", args: int1, result: celInt, many: true, run: fold(func(a, b int64) int64 { return max(a, b) })},
	{name: "low", args: int1, result: celInt, run: itself},
	{name: "high", args: int1, result: celInt, run: itself},
}

func itself(_ []policy.Year, a []int64) (int64, bool) { return a[0], true }

func onDay(f func(policy.Day, int64) (policy.Day, bool)) func([]policy.Year, []int64) (int64, bool) {
	return func(_ []policy.Year, a []int64) (int64, bool) {
		d, ok := f(policy.Day(a[0]), a[1])
		return int64(d), ok && d >= policy.MinDay && d <= policy.MaxDay
	}
}

func civil(f func(y, m int) int) func([]policy.Year, []int64) (int64, bool) {
	return func(_ []policy.Year, a []int64) (int64, bool) {
		y, m, _ := policy.Day(a[0]).Civil()
		return int64(f(y, m)), true
	}
}

func fold(f func(a, b int64) int64) func([]policy.Year, []int64) (int64, bool) {
	return func(_ []policy.Year, a []int64) (int64, bool) {
		out := a[0]
		for _, x := range a[1:] {
			out = f(out, x)
		}
		return out, true
	}
}

const maxMany = 8

// options are the profile as CEL sees it.
func celOptions(cal []policy.Year) []cel.EnvOption {
	opts := []cel.EnvOption{cel.ClearMacros(), cel.ParserExpressionSizeLimit(4096), cel.ParserRecursionLimit(64)}
	for _, f := range functions {
		for n := len(f.args); n <= maxMany; n++ {
			args := append([]*cel.Type(nil), f.args...)
			for len(args) < n {
				args = append(args, f.args[0])
			}
			if f.many && n < 2 {
				continue
			}
			id := f.name + strings.Repeat("_"+f.args[0].String(), n)
			opts = append(opts, cel.Function(f.name, cel.Overload(id, args, f.result, binding(f, cal))))
			if !f.many {
				break
			}
		}
	}
	return opts
}

func binding(f function, cal []policy.Year) cel.OverloadOpt {
	return cel.FunctionBinding(func(vals ...ref.Val) ref.Val {
		if f.run == nil {
			return literalFunction(f.name, string(vals[0].(types.String)))
		}
		args := make([]int64, len(vals))
		for i, v := range vals {
			args[i] = int64(v.(types.Int))
		}
		n, ok := f.run(cal, args)
		if !ok {
			return types.NewErr("%s has no value", f.name)
		}
		return types.Int(n)
	})
}

func literalFunction(name, text string) ref.Val {
	if name == "date" {
		if d, err := policy.ParseDay(text); err == nil {
			return types.Int(d)
		}
	} else if n, ok := policy.ParseYuan(text); ok {
		return types.Int(n)
	}
	return types.NewErr("%s(%q) has no value", name, text)
}

func celType(u policy.Unit) *cel.Type {
	switch u {
	case policy.Bool:
		return cel.BoolType
	case policy.Enum:
		return cel.StringType
	}
	return cel.IntType
}
