import Synchronization
import Testing
import Vocabulary

@testable import Doctor

struct ReportTests {
    private func report(_ findings: Finding...) -> Report {
        let checks = findings.enumerated().map {
            Report.Entry(Check("X-00\($0.offset)", "something", .fail) { _ in .well() }, $0.element, ms: 1)
        }
        return Report(version: "1", host: "h", dataDirectory: "/d", at: Timestamp(milliseconds: 0), ms: 2, checks: checks)
    }

    @Test("the exit code is that of the worst")
    func codes() {
        #expect(report(.well(), .skip("no")).exitCode == 0)
        #expect(report(.well(), .unknown("no")).exitCode == 5)
        #expect(report(.unknown("no"), .warn("w", [])).exitCode == 3)
        #expect(report(.warn("w", []), .fail("f", [])).exitCode == 4)
    }

    @Test("people see what is wrong first, with what to do")
    func text() {
        let text = report(.well(), .warn("it leaks", [Finding.Remedy("mend it", risk: "wet hands")], ["drops": "3"]), .fail("it broke", []))
            .text(isLong: false)
        #expect(
            text == """
                FAIL X-002  something: it broke
                WARN X-001  something: it leaks
                     seen: drops=3
                     do:   mend it   (wet hands)

                3 checks of /d in 2 ms: 1 failed, 1 warnings, 1 well.
                """)
    }

    @Test("ids are stable and said once; what can fail can be helped")
    func ids() {
        let ids = Check.all.map(\.id)
        #expect(ids.count >= 40 && Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[A-Z]+-\d{3}/) != nil })
    }
}
