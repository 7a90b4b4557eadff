import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// Lists find their rows by spans of half a minute: whatever is asked, the answer is what a look at every row would give.
@Suite struct RequestListTests {
    private struct Row {
        var id: ULID
        var workspace: WorkspaceID
        var key: KeyID
        var node: NodeID?
        var model: String
        var status: RequestStatus
    }

    @Test("Any filter, in pages of any size, gives the rows that it means, newest first, each once", arguments: 1...30)
    func oracle(seed: Int) async throws {
        let world = try await LedgerWorld(limits: .init(segment: 1 << 20))
        var random = SeededRandom(seed: UInt64(seed))
        let run = try await world.start()
        var held: [LedgerEntry] = []
        var rows: [Row] = []
        for _ in 0..<250 {
            // Within a span, at its border, and over many of them.
            world.clock.advance(by: .milliseconds([0, 1, 900, 32_768, 400_000].randomElement(using: &random) ?? 0))
            rows.append(try Self.book(world, run, &random, held: &held))
            if Int.random(in: 0..<20, using: &random) == 0 { try await run.move() }
        }
        try await run.move()
        for _ in 0..<40 {
            let filter = Self.filter(world, rows, &random)
            let workspace = Int.random(in: 0..<5, using: &random) == 0 ? world.anvil : world.lantern
            let expected = rows.filter { Self.fits($0, filter, workspace) }.map(\.id).sorted(by: >)
            let found = try await Self.pages(world, filter, workspace, size: .random(in: 1...60, using: &random))
            #expect(found == expected, "\(filter)")
        }
        withExtendedLifetime(held) {}
    }

    private static func book(
        _ world: LedgerWorld, _ run: LedgerRun, _ random: inout SeededRandom, held: inout [LedgerEntry]
    ) throws -> Row {
        let opening = world.opening(
            ["sonnet", "haiku", "rare"].randomElement(using: &random) ?? "", by: .random(using: &random) ? world.ada : world.bo,
            in: Int.random(in: 0..<6, using: &random) == 0 ? world.anvil : world.lantern)
        var row = Row(
            id: opening.id, workspace: opening.workspace, key: opening.key ?? world.ada, node: nil, model: opening.model, status: .open)
        if Int.random(in: 0..<10, using: &random) == 0 {
            row.status = .refused
            // A key of its own each: beyond ten of a kind there is no row.
            row.key = .make(at: world.clock.now())
            run.ledger.refuse(
                RequestRefusal(
                    id: row.id, workspace: row.workspace, key: row.key, operation: "messages", model: row.model, httpStatus: 429, code: "c")
            )
            return row
        }
        let entry = try run.ledger.openRequest(opening)
        guard let status = [RequestStatus.completed, .completed, .failed, .cancelled, nil].randomElement(using: &random) ?? nil else {
            held.append(entry)
            return row
        }
        row.status = status
        row.node = Bool.random(using: &random) ? (Bool.random(using: &random) ? world.north : world.south) : nil
        entry.close(RequestClosing(status: status, httpStatus: 200, attempts: 0, durationMilliseconds: 5, node: row.node))
        return row
    }

    private static func filter(_ world: LedgerWorld, _ rows: [Row], _ random: inout SeededRandom) -> RequestFilter {
        let isAsked = { (random: inout SeededRandom) in Int.random(in: 0..<3, using: &random) == 0 }
        var filter = RequestFilter()
        if isAsked(&random) { filter.key = rows.randomElement(using: &random)?.key }
        if isAsked(&random) { filter.node = .random(using: &random) ? world.north : world.south }
        if isAsked(&random) { filter.model = ["sonnet", "haiku", "rare", "none"].randomElement(using: &random) }
        if isAsked(&random) { filter.status = RequestStatus.allCases.randomElement(using: &random) }
        if isAsked(&random) { filter.from = rows.randomElement(using: &random)?.id.time }
        if isAsked(&random) { filter.to = rows.randomElement(using: &random)?.id.time }
        if Int.random(in: 0..<8, using: &random) == 0 { filter.id = rows.randomElement(using: &random)?.id }
        return filter
    }

    private static func fits(_ row: Row, _ filter: RequestFilter, _ workspace: WorkspaceID) -> Bool {
        row.workspace == workspace && filter.id.map { $0 == row.id } ?? true && filter.key.map { $0 == row.key } ?? true
            && filter.node.map { $0 == row.node } ?? true && filter.model.map { $0 == row.model } ?? true
            && filter.status.map { $0 == row.status } ?? true && filter.from.map { $0 <= row.id.time } ?? true
            && filter.to.map { $0 > row.id.time } ?? true
    }

    private static func pages(_ world: LedgerWorld, _ filter: RequestFilter, _ workspace: WorkspaceID, size: Int) async throws -> [ULID] {
        var found: [ULID] = []
        var cursor: Cursor?
        repeat {
            let page = try await world.usage.requests(filter, after: cursor, limit: size, in: workspace)
            found += page.items.map(\.id)
            cursor = page.next
        } while cursor != nil
        return found
    }

    @Test(
        "A span is 32.768 s, and its name is how the ids of its requests begin",
        arguments: [0, 1, 32_767, 32_768, 1_795_248_000_000, 1 << 48 - 1])
    func spans(milliseconds: Int64) {
        let id = ULID.make(at: Timestamp(milliseconds: milliseconds))
        let (workspace, key) = (WorkspaceID.make(at: Timestamp(milliseconds: 1)), KeyID.make(at: Timestamp(milliseconds: 1)))
        var spans = RequestSpans()
        for _ in 0..<2 { spans.add(RequestOpening(id: id, workspace: workspace, key: key, operation: "messages", model: "m"), nil) }
        #expect(Set(spans.all.map(\.value)) == [.all, .key(key.ulid), .model("m")] && spans.all.count == 3)
        #expect(spans.all.allSatisfy { id.description.hasPrefix($0.text) && $0.text.utf8.count == RequestSpan.length })
        let first = ULID.first(at: Timestamp(milliseconds: milliseconds / 32_768 * 32_768))
        #expect(first.description == (spans.all.first?.text ?? "") + "0000000000000000000")
    }
}
