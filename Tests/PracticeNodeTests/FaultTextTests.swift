import Testing

@testable import PracticeNode

struct FaultTextTests {
    @Test(arguments: [
        "ok", "refuse:7", "black-hole", "slow:250", "drip:3:20", "reset-before-head", "reset-after-head", "reset-after-start",
        "reset-mid-content",
        "close-before-head", "close-mid-content", "hang-after-head", "hang-after-start", "hang-mid-content", "400", "529", "429:3",
        "spend-limit",
        "usage-limit", "error-early:api_error", "error-late:overloaded_error", "garbage", "malformed-events", "not-http", "truncated",
        "oversized-header:100", "length-too-long", "length-too-short", "redirect:http://127.0.0.1:1/x:y", "gzip", "huge:2", "crlf",
        "bytewise", "cut-utf8",
        "paced:5:7", "late-content:1500", "early-hints",
    ])
    func `a fault is read as it is written`(_ text: String) throws {
        #expect(try Fault(text).description == text)
    }

    @Test func `every fault that the help names can be written, with its arguments left out`() throws {
        for usage in Fault.usages where usage != "400…599" {
            let name = usage.prefix { $0 != "[" }
            #expect(throws: Never.self, "\(usage)") { try Fault(String(name)) }
        }
    }

    @Test(arguments: [
        "", "nonsense", "399", "600", "529:x", "ok:1", "slow:-1", "slow:1:2", "drip:0:1", "paced:1:1000000", "huge:99999", "429:-1",
        "refuse:99999", ":",
        "slow:99999999999999999999",
    ])
    func `what is no fault is refused by name`(_ text: String) {
        #expect(throws: PracticeNodeError.fault(text)) { try Fault(text) }
    }
}
