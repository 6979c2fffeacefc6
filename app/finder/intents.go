package finder

// Intent is one thing people come to ask. Service is the interview that answers
// it; empty when a page of information does.
type Intent struct {
	ID, ZH, EN, Service string
}

// Intents lists all intents, in the order of the guide.
var Intents = []Intent{
	{"stop-generic", "想停掉医保", "I want to stop my medical insurance", "resident-stop"},
	{"stop-resident", "停居民医保（新农合）", "Stop the resident scheme", "resident-stop"},
	{"stop-flexible", "停灵活就业医保", "Stop flexible-employment insurance", "flexible-stop"},
	{"stop-employee", "停职工医保", "Stop employee insurance", "employee-stop"},
	{"online-channel", "在哪个手机应用或网站办", "Which app or website to use", "status"},
	{"documents", "要带哪些材料", "Which papers to bring", "resident-stop"},
	{"proxy", "替家人办，或请人代办", "Doing it for someone else", "resident-stop"},
	{"duplicate", "医保交重了（重复参保）", "Enrolled twice", "duplicate"},
	{"switch-to-employee", "找到工作，换成职工医保", "New job: move to employee insurance", "switch"},
	{"consequences", "停了会怎样", "What happens after stopping", "resident-stop"},
	{"waiting-period", "断了再交，要等几个月", "How long the waiting period is", "resume"},
	{"resume", "停了想恢复", "Resume or undo a stop", "resume"},
	{"back-payment", "断的那段能不能补交", "Paying for a gap", "resume"},
	{"refund", "交的钱能不能退", "Getting money back", "refund"},
	{"not-paying", "不交费行不行", "Is it enough just not to pay", "resident-stop"},
	{"death", "家人去世了，医保怎么办", "The insured person has died", "death"},
	{"move-region", "搬家、换地方，医保怎么转", "Moving to another place", "transfer"},
	{"student", "大学生和毕业生的医保", "Students and graduates", "leaving"},
	{"child", "孩子的医保", "A child's insurance", "newborn-child"},
	{"employer-not-removing", "原单位不给停医保", "A former employer won't end the cover", "employee-stop"},
	{"status-paused", "显示「暂停参保」是什么意思", "What a paused status means", "status"},
	{"progress", "办到哪一步了，什么时候生效", "Progress and when it takes effect", "status"},
	{"failed-entry", "找不到入口，或者办不成", "Can't find the entry, or it fails", "status"},
	{"unlink-qinqing", "解绑亲情账户", "Remove a family display account", "unlink-qinqing"},
	{"unlink-gongji", "解除家庭共济", "End family mutual aid", "unlink-gongji"},
	{"unlink-bank", "取消银行、微信自动扣款", "Stop bank or app deductions", "unlink-bank"},
	{"unlink-ecode", "解绑医保码、换手机号", "Unlink the insurance code or phone number", "unlink-qinqing"},
	{"hotline", "打哪个电话，找哪个部门", "Which number or office", "status"},
	{"scheme-difference", "我是哪种医保，有什么区别", "Which scheme do I have", "status"},
	{"employee-to-resident", "职工医保断了，换成居民医保", "From employee to resident insurance", "switch"},
}

// ByID finds an intent.
func ByID(id string) (Intent, bool) {
	for _, in := range Intents {
		if in.ID == id {
			return in, true
		}
	}
	return Intent{}, false
}
