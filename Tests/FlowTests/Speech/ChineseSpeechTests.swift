import Flow
import Testing

@Suite struct ChineseSpeechTests {
    @Test(arguments: [
        ("0", "零"), ("2", "二"), ("10", "十"), ("12", "十二"), ("20", "二十"), ("22", "二十二"), ("100", "一百"), ("101", "一百零一"),
        ("110", "一百一十"), ("200", "两百"), ("222", "两百二十二"), ("1000", "一千"), ("1001", "一千零一"), ("1010", "一千零一十"),
        ("2000", "两千"), ("2200", "两千二百"), ("10000", "一万"), ("10001", "一万零一"), ("20000", "两万"), ("20010", "两万零一十"),
        ("22222", "两万两千二百二十二"), ("100000", "十万"), ("100200", "十万零二百"), ("120000", "十二万"), ("123456", "十二万三千四百五十六"),
        ("1000000", "一百万"), ("100000000", "一亿"), ("200000000", "两亿"), ("100002000", "一亿零两千"), ("120030004", "一亿两千零三万零四"),
        ("1000000000000", "一万亿"), ("-3", "负三"), ("3.14", "三点一四"),
    ])
    func `numbers in groups of four digits`(text: String, words: String) { #expect(spoken(.number, text, "zh-CN") == words) }

    @Test(arguments: [
        ("2 CNY", "两元"), ("12.50 CNY", "十二元五角"), ("12.05 CNY", "十二元零五分"), ("12.55元", "十二元五角五分"), ("0.20 CNY", "两角"),
        ("0.02 CNY", "两分"), ("2 USD", "两美元"), ("22.50 EUR", "二十二欧元五十欧分"), ("0 CNY", "零元"), ("2000 JPY", "两千日元"),
    ])
    func `money`(text: String, words: String) { #expect(spoken(.money, text, "zh-CN") == words) }

    @Test func `days`() {
        #expect(spoken(.date, "2026-12-25", "zh-CN") == "二零二六年十二月二十五日")
        #expect(spoken(.date, "2005-02-02", "zh-CN") == "二零零五年二月二日")
    }

    @Test(arguments: [
        ("17:30", "下午五点半", "十七点三十分"), ("02:05", "凌晨两点零五分", "两点零五分"), ("12:00", "中午十二点", "十二点"),
        ("22:22", "晚上十点二十二分", "二十二点二十二分"), ("00:00", "凌晨十二点", "零点"),
    ])
    func `times by either clock`(text: String, twelve: String, twentyFour: String) {
        #expect(spoken(.time, text, "zh-CN") == twelve)
        #expect(spoken(.time, text, "zh-CN", .twentyFour) == twentyFour)
    }

    @Test func `digits and letters`() {
        #expect(spoken(.digits, "1202", "zh-CN") == "一二零二")
    }
}
