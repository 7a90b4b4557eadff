import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("The live board", .timeLimit(.minutes(4)))
struct LiveBoardTests {
    private let clock = ManualClock()
    private let workspace: WorkspaceID
    private let board: LiveBoard

    init() {
        workspace = .make(at: clock.now())
        board = LiveBoard(clock: clock)
    }

    private func request() -> LiveRequest {
        LiveRequest(
            id: .make(at: clock.now()), at: clock.now(), workspace: workspace, key: .make(at: clock.now()), keyName: "k",
            operation: "messages")
    }

    @Test("shows seconds in which nothing happened as what they are, and at most the last sixty")
    func gaps() {
        board.closed(request())
        clock.advance(by: .seconds(3))
        board.closed(request())
        clock.advance(by: .seconds(1))
        #expect(board.view(of: workspace).past.map(\.requests) == [1, 0, 0, 1])
        clock.advance(by: .seconds(1_000_000))
        let past = board.view(of: workspace).past
        #expect(past.count == LiveBoard.seconds && past.allSatisfy { $0.requests == 0 })
        #expect(zip(past, past.dropFirst()).allSatisfy { $0.at + .seconds(1) == $1.at })
    }

    @Test("counts what runs, and forgets what has ended")
    func open() {
        let requests = (0..<3).map { _ in request() }
        for request in requests { board.opened(request) }
        #expect(board.openRequests == 3 && board.view(of: workspace).open.count == 3)
        for request in requests { board.closed(request) }
        #expect(board.openRequests == 0)
    }

    @Test("tells a viewer at most fifty events a second, and then how many were left out")
    func flood() async {
        let events = board.view(of: workspace).events
        for _ in 0..<80 { board.opened(request()) }
        clock.advance(by: .seconds(1))
        board.tick()
        var (opened, skipped) = (0, 0)
        for await event in events {
            if case .opened = event { opened += 1 }
            if case .skipped(let count) = event { skipped += count }
            if case .second = event { break }
        }
        #expect(opened == 50 && skipped == 30)
    }

    @Test("tells a viewer of fifty changes a second, and of the rest in the next one, as far as they still run")
    func changes() async {
        let events = board.view(of: workspace).events
        let requests = (0..<120).map { _ in request() }
        for one in requests { board.opened(one) }
        for var one in requests {
            (one.attempts, one.nodeName) = (1, "north")
            board.changed(one)
        }
        for one in requests.suffix(30) { board.closed(one) }
        clock.advance(by: .seconds(1))
        board.tick()
        var (before, after, second) = (0, 0, 0)
        for await event in events {
            if case .changed(let one) = event {
                #expect(one.nodeName == "north")
                if second == 0 { before += 1 } else { after += 1 }
            }
            if case .second = event { second += 1 }
            if second == 1, after == 40 { break }
        }
        #expect(before == 50 && after == 40, "thirty had ended")
    }

    @Test("tells every second once, also those that a late ticker has missed")
    func missed() async {
        let events = board.view(of: workspace).events
        board.closed(request())
        clock.advance(by: .seconds(3))
        board.closed(request())
        for _ in 0..<3 { board.tick() }
        clock.advance(by: .seconds(1))
        board.tick()
        var told: [(Timestamp, Int)] = []
        for await event in events {
            guard case .second(let second, _, _, _) = event else { continue }
            told.append((second.at, second.requests))
            if told.count == 4 { break }
        }
        #expect(told.map(\.1) == [1, 0, 0, 1])
        #expect(zip(told, told.dropFirst()).allSatisfy { $0.0 + .seconds(1) == $1.0 })
    }

    @Test("knows the seconds since it began, and nothing of those before")
    func since() {
        let started = clock.now()
        clock.advance(by: .seconds(5))
        let view = board.view(of: workspace)
        #expect(view.since == started && view.past.map(\.at) == (0..<5).map { started + .seconds($0) })
        #expect(view.past.allSatisfy { $0.requests == 0 })
        board.closed(request())
        clock.advance(by: .seconds(58))
        #expect(board.view(of: workspace).past.count == LiveBoard.seconds)
        #expect(board.view(of: .make(at: clock.now())).past.count == LiveBoard.seconds)
    }

    @Test("forgets viewers who have gone, and rooms in which nothing is left")
    func viewers() async {
        var viewer: Task<Void, Never>?
        do {
            let events = board.view(of: workspace).events
            viewer = Task { for await _ in events {} }
        }
        board.opened(request())
        viewer?.cancel()
        await viewer?.value
        board.nodeChanged(.make(at: clock.now()), in: workspace)
        let again = board.view(of: workspace)
        #expect(again.open.count == 1)
    }
}
