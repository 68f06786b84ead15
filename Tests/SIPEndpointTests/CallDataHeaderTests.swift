import CallControl
import Testing

@testable import SIPEndpoint

struct CallDataHeaderTests {
    static func data(_ pairs: [(String, String)]) -> CallData {
        var data = CallData()
        for (name, value) in pairs { _ = data.set(name, to: value) }
        return data
    }

    @Test("data is written as one line of plain ASCII")
    func encoding() {
        let data = CallDataHeaderTests.data([("customer", "Blue Heron; Books"), ("level", "gold"), ("city", "Köln")])
        #expect(CallDataHeader.encode(data) == "customer=Blue%20Heron%3B%20Books;level=gold;city=K%C3%B6ln")
    }

    @Test("empty data needs no header field")
    func emptyData() {
        #expect(CallDataHeader.encode(CallData()) == nil)
    }

    @Test(
        "any value comes back as it went",
        arguments: [
            "", "plain", "a=b;c=d", "100%", "line\r\nbreak", "\u{0}\u{7F}", "日本語 🕯️", "\"quoted\" <x>", String(repeating: "é", count: 500),
        ])
    func roundTrip(value: String) throws {
        let data = CallDataHeaderTests.data([("before", "1"), ("it", value), ("after", "2")])
        let header = try #require(CallDataHeader.encode(data))
        #expect(header.utf8.allSatisfy { $0 > 32 && $0 < 127 })
        #expect(CallDataHeader.decode(header) == data)
    }

    @Test("blanks around names and values mean nothing")
    func blanks() {
        #expect(CallDataHeader.decode(" a = 1 ; b=2 ") == CallDataHeaderTests.data([("a", "1"), ("b", "2")]))
    }

    @Test(
        "a malformed entry is left out and the others stay",
        arguments: [
            "a=1;b=%;c=3", "a=1;b=%4;c=3", "a=1;b=%zz;c=3", "a=1;b=%FF;c=3", "a=1;;c=3", "a=1;b;c=3", "a=1;=x;c=3", "a=1;b d!=x;c=3",
        ])
    func malformedEntry(header: String) {
        #expect(CallDataHeader.decode(header) == CallDataHeaderTests.data([("a", "1"), ("c", "3")]))
    }

    @Test("no more is read than a call may carry")
    func limits() {
        let many = (0..<1000).map { "n\($0)=x" }.joined(separator: ";")
        #expect(CallDataHeader.decode(many).entries.count == CallData.maximumEntries)
        #expect(CallDataHeader.decode("a=\(String(repeating: "x", count: 5000));b=2") == CallDataHeaderTests.data([("b", "2")]))
    }
}
