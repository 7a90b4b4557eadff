import Testing
import Vocabulary

@testable import Gateway

struct NodeTimelineTests {
    /// 2026-11-21T08:10:00Z: ten minutes of the last cell are over.
    private let now = Timestamp(milliseconds: 1_795_248_600_000)
    private var last: Timestamp { now.floored(to: NodeTimeline.cell) }

    private func minutes(_ minutes: Int) -> Timestamp { Timestamp(milliseconds: last.milliseconds + Int64(minutes) * 60_000) }

    @Test("48 cells of half an hour, the last of them the one that runs; nothing known is nothing told")
    func empty() {
        let cells = NodeTimeline().cells(at: now)
        #expect(cells.count == 48 && cells.last?.at == last && cells.first?.at == minutes(-47 * 30))
        #expect(cells.allSatisfy { $0.state == .none })
    }

    @Test(
        "an hour's traffic colours both its halves",
        arguments: [
            (100, 0, TimelineCell.State.healthy), (100, 1, .healthy), (100, 2, .troubled), (100, 99, .troubled), (3, 3, .down),
        ])
    func traffic(tries: Int64, faults: Int64, state: TimelineCell.State) {
        var line = NodeTimeline()
        line.hours[minutes(-60)] = (tries, faults)
        let cells = line.cells(at: now)
        #expect(cells.suffix(4).map(\.state) == [.none, state, state, .none].map { $0 })
    }

    @Test("a failed check troubles its cell alone")
    func checks() {
        var line = NodeTimeline()
        line.records = [minutes(-60): (6, 0), minutes(-30): (6, 1), minutes(0): (2, 0)]
        #expect(line.cells(at: now).suffix(4).map(\.state) == [.none, .healthy, .troubled, .healthy])
    }

    @Test("half of the time out is down, less is trouble")
    func out() {
        var line = NodeTimeline()
        line.records = [minutes(-60): (6, 0), minutes(-30): (6, 0), minutes(0): (2, 0)]
        line.turns = [
            .init(at: minutes(-50), from: "healthy", to: "cooling"), .init(at: minutes(-34), from: "cooling", to: "healthy"),
            .init(at: minutes(-5), from: "healthy", to: "cooling"), .init(at: minutes(4), from: "cooling", to: "healthy"),
        ]
        #expect(line.cells(at: now).suffix(3).map(\.state) == [.down, .troubled, .troubled])
    }

    @Test("who is dead is down, whether somebody looks or not; what cools is not told without a sign")
    func dead() {
        var line = NodeTimeline()
        line.turns = [.init(at: minutes(-40), from: "healthy", to: "dead")]
        line.records = [minutes(-60): (1, 1)]
        line.state = "dead"
        #expect(line.cells(at: now).suffix(4).map(\.state) == [.none, .troubled, .down, .down])
        line.turns = [.init(at: minutes(-40), from: "healthy", to: "cooling")]
        line.state = "cooling"
        #expect(line.cells(at: now).suffix(3).map(\.state) == [.troubled, .none, .none])
    }
}
