package words

// The front page and the counts of the queue.
var homeRows = []row{
	{"home.offline", "没有网也能用", "Works with no network"},
	{"home.offline-waiting", "没有网也能用；{n} 份等着送出", "Works with no network; {n} {n:application waits|applications wait} to be sent"},
	{"home.tiles", "想办什么", "What do you need"},
	{"home.ask-sub", "先看停了会怎样，答几个问题就知道", "See first what it costs: a few questions"},
	{"home.guide", "{service}：规定和要带的东西", "{service}: rules and what to bring"},
	{"home.guide-sub", "不用答题，直接看", "No questions, just read"},
	{"home.other", "别的医保的事，打电话问", "Something else: ask by telephone"},
	{"home.other-sub", "哪个电话管什么", "Which number is for what"},
	{"home.mine", "看我的申请", "See my applications"},
	{"home.region", "医保参在哪里", "Where you are insured"},
	{"home.no-region", "还没选，先按国家规定说", "Not chosen yet: national rules only"},
	{"home.install", "放到桌面", "Put it on the home screen"},
	{"home.install-why", "下次点图标就能打开，没有网也行。", "Next time one tap opens it, with no network."},
	{"home.install-do", "放到桌面", "Add to home screen"},
	{"home.honest", "离线办是独立做的小工具，不是医保局的。它把规定讲明白，把申请封好送出去；能不能办，由医保窗口决定。不刷脸，不要密码，不要验证码。", "Lixianban is an independent tool, not the bureau’s. It explains the rules and delivers your sealed application; the insurance office decides. It never asks for a face scan, a password or a code."},
	{"home.count-drafts", "{n} 份草稿，还没有交", "{n} {n:draft|drafts}, not handed in"},
	{"home.count-waiting", "{n} 份等着送出", "{n} waiting to be sent"},
	{"home.count-needs", "{n} 份要补材料", "{n} {n:needs|need} more papers"},
	{"home.count-delivered", "{n} 份已送到，等窗口答复", "{n} delivered, waiting for the office"},
	{"home.count-decided", "{n} 份有结果了", "{n} answered"},
	{"home.count-damaged", "有 {n} 份读不出来。没有删，还在手机上。请打 12393，或者重新填一份。", "{n} can’t be read. Nothing was deleted; call 12393 or fill in a new one."},
}

// The porch of a service, and the telephone page.
var guideRows = []row{
	{"guide.ask", "回答几个问题，看你的情况", "Answer a few questions about your case"},
	{"guide.fixed", "对谁都一样的规定", "What holds for everyone"},
	{"guide.answers", "结果会是这几种里的一种", "The answer will be one of these"},
	{"guide.answers-line", "是哪一种，要看你的情况。答几个问题就知道。", "Which one depends on your case. A few questions tell."},
	{"guide.open", "还有 {n} 条，要看你的情况", "{n} more that depend on your case"},
	{"guide.print", "打印申请表，去窗口办", "Print the form for the counter"},
	{"phones.intro", "没有网也能打电话。问外地的事，前面加那边的区号。", "A call needs no data network. For another city, dial its area code first."},
	{"phones.12393", "医保服务热线：查参保、问政策、投诉", "Medical-insurance line: enrolment, rules, complaints"},
	{"phones.12393.more", "先打这个。人工多在工作日上班时间，各地不同。", "Call this first. Staffed mostly in office hours; it varies."},
	{"phones.12366", "税务热线：扣款、退款、缴费失败", "Tax line: deductions, refunds, failed payments"},
	{"phones.12366.more", "钱从哪里扣的、怎么退，问这个。", "Where money was taken from and how it comes back."},
	{"phones.12333", "人社热线：社保卡、劳动关系、养老", "Labour line: social-security card, employment, pensions"},
	{"phones.12333.more", "单位不给开解除证明、社保卡有问题，问这个。医保的事请打 12393。", "When the employer gives no leaving certificate, or the card fails. For medical insurance call 12393."},
	{"phones.12345", "政务热线：别的都打不通时", "Government line: when the others don’t answer"},
	{"phones.12345.more", "24 小时有人接，会转给该管的单位。", "Answered day and night; they pass it on to whoever is in charge."},
}
