package words

// Settings.
var settingsRows = []row{
	{"settings.region", "医保参在哪个省", "Province where you are insured"},
	{"settings.city", "哪个市或县", "City or county"},
	{"settings.city-hint", "这里列的是有单独规定的。没有你那里，就选第一个。", "Those listed have rules of their own. If yours is not here, choose the first."},
	{"settings.elsewhere", "不在下面，或不确定", "None of these, or not sure"},
	{"settings.region-hint", "各省有些规定不一样。", "Some rules differ between provinces."},
	{"settings.pick", "请选", "Choose"},
	{"settings.place", "{province}{place}", "{place}, {province}"},
	{"settings.county", "乡、村，记给自己看（可以不填）", "Town and village, a note for yourself (may stay empty)"},
	{"settings.county-hint", "打电话时好说清楚。", "To say it on the telephone."},
	{"settings.size", "字大小", "Text size"},
	{"settings.size.18", "大（18）", "Large (18)"},
	{"settings.size.22", "更大（22）", "Larger (22)"},
	{"settings.size.26", "很大（26）", "Very large (26)"},
	{"settings.size.30", "最大（30）", "Largest (30)"},
	{"settings.theme", "颜色", "Colours"},
	{"settings.theme.auto", "跟手机一样", "As the phone"},
	{"settings.theme.light", "白天的", "Light"},
	{"settings.theme.dark", "晚上的", "Dark"},
	{"settings.density", "排得松还是紧", "Spacing"},
	{"settings.density.auto", "松一点（长辈版）", "Roomy (easier to press)"},
	{"settings.density.compact", "紧凑版", "Compact"},
	{"settings.lang", "语言", "Language"},
}

// What this is, and what happens with what is written.
var aboutRows = []row{
	{"about.1", "离线办是独立做的小工具，不属于任何医保局、银行或公司的平台。", "Lixianban is an independent tool; it belongs to no bureau, bank or company platform."},
	{"about.2", "它把公开的规定整理成大白话，每一句都带出处和把握有多大。", "It puts published rules into plain words, each with its source and how sure it is."},
	{"about.3", "能不能办、什么时候生效，都由医保窗口决定。", "Whether and when is for the insurance office to decide."},
	{"about.4", "没有网也能用：看、问、填、封。只有送出要用网。", "Reading, asking, filling in and sealing work with no network. Only sending needs one."},
	{"about.5", "没有广告，不收钱，不刷脸，不要密码和验证码。", "No adverts, no fees, no face scan, no passwords or codes."},
	{"about.sure", "每句话后面的标记是什么意思", "What the mark behind each sentence means"},
	{"about.sure-line", "从最有把握到最没把握：", "From the surest to the least sure:"},
	{"about.pack", "现在用的规定：{name}（{version}），{date}查过。", "Rules in use: {name} ({version}), checked {date}."},
	{"privacy.1", "你填的、选的，先都只存在这部手机上。", "What you write and choose stays on this phone at first."},
	{"privacy.2", "点“封好，排队送出”以后，申请在手机上就封好，只有收件的医保窗口打得开。", "After “Seal it and queue it” the application is sealed on the phone; only the receiving office can open it."},
	{"privacy.3", "中间的服务器只看得到：封好的一团、多大、什么时候到、哪个窗口收。看不到名字、号码和内容。", "The server between sees only a sealed parcel, its size, when it came and for which office. No name, number or content."},
	{"privacy.4", "不记你是谁，没有账号，没有统计脚本，不连别的网站。", "There is no account, no tracking script and no other website."},
	{"privacy.5", "手机别人也用的话，办完记得看看“我的申请”里还留着什么。", "If others use this phone, look at what is left in “My applications” when you are done."},
	{"privacy.form", "{service}的申请里有什么", "What the application “{service}” holds"},
	{"notfound.line", "可能是地址旧了，或者少打了一个字。填过的东西都还在。", "The address may be old or mistyped. What you filled in is still there."},
}
