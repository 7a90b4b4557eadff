import BlackBox
import Supervision
import Testing

@Suite("Optional parts that kill workers")
struct PartSuspectsTests {
    /// A death: when, and what was at work, the one that began last first.
    struct Death: Sendable {
        let at: Int64
        let parts: [OptionalPart]

        init(_ at: Int64, _ parts: OptionalPart...) {
            (self.at, self.parts) = (at, parts)
        }
    }

    /// A history of deaths, and what was switched off at each.
    struct History: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let deaths: [Death]
        let named: [OptionalPart?]
    }

    static let histories: [History] =
        OptionalPart.allCases.map { part in
            History(
                testDescription: "\(part.rawValue) in three deaths in a row", deaths: [Death(0, part), Death(1, part), Death(2, part)],
                named: [nil, nil, part])
        } + [
            History(
                testDescription: "nothing was at work", deaths: [Death(0), Death(1), Death(2), Death(3)], named: [nil, nil, nil, nil]),
            History(
                testDescription: "twice is a coincidence", deaths: [Death(0, .metrics), Death(1, .metrics)], named: [nil, nil]),
            History(
                testDescription: "a death without it clears it",
                deaths: [Death(0, .metrics), Death(1, .metrics), Death(2), Death(3, .metrics), Death(4, .metrics)],
                named: [nil, nil, nil, nil, nil]),
            History(
                testDescription: "the only one that all three share",
                deaths: [Death(0, .backups, .metrics), Death(1, .metrics, .compression), Death(2, .backups, .metrics)],
                named: [nil, nil, .metrics]),
            History(
                testDescription: "several share all three: the one that began last, then the next",
                deaths: [
                    Death(0, .backups, .healthChecks), Death(1, .healthChecks, .backups), Death(2, .backups, .healthChecks),
                    Death(3, .healthChecks), Death(4, .healthChecks), Death(5, .healthChecks),
                ], named: [nil, nil, .backups, nil, nil, .healthChecks]),
            History(
                testDescription: "ten minutes between two of them",
                deaths: [Death(0, .backups), Death(1, .backups), Death(600_002, .backups)], named: [nil, nil, nil]),
            History(
                testDescription: "almost ten minutes between each",
                deaths: [Death(0, .backups), Death(600_000, .backups), Death(1_200_000, .backups)], named: [nil, nil, .backups]),
            History(
                testDescription: "one that is off already is not named again",
                deaths: [0, 1, 2, 3, 4, 5].map { Death($0, .compression) }, named: [nil, nil, .compression, nil, nil, nil]),
        ]

    @Test("a history of deaths names the one that did it, and no other", arguments: histories)
    func decide(history: History) {
        var suspects = PartSuspects()
        let named = history.deaths.map { suspects.died(with: $0.parts, at: $0.at) }
        #expect(named == history.named)
        #expect(suspects.off == history.named.compactMap(\.self))
    }

    @Test("everything is on again when somebody says so, and can be found again")
    func release() {
        var suspects = PartSuspects()
        for time: Int64 in 0..<3 { _ = suspects.died(with: [.metrics], at: time) }
        suspects.release()
        #expect(suspects.off == [])
        let named = (Int64(3)..<6).map { suspects.died(with: [.metrics], at: $0) }
        #expect(named == [nil, nil, .metrics])
    }
}
