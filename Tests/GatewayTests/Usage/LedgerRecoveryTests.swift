import Foundation
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// The process dies: whatever was in the journal is booked, once, and what was open is interrupted.
@Suite struct LedgerRecoveryTests {
    @Test("Killed at any border of any record, with any part of it moved: each request is booked once, with what was written of it")
    func everyBorder() async throws {
        let world = try await LedgerWorld()
        let script = try Script(world)
        let (image, borders) = try script.image()
        #expect(borders.count == script.records.count + 1)
        for moved in [0, 3, 8] {
            for (count, border) in borders.enumerated() where count >= moved {
                try await script.check(image, written: count, cut: border, moved: moved, movedTo: borders[moved])
            }
        }
    }

    @Test("Killed in the middle of a record: it is as if it had not been written")
    func insideRecords() async throws {
        let world = try await LedgerWorld()
        let script = try Script(world)
        let (image, borders) = try script.image()
        for (count, border) in borders.dropLast().enumerated() {
            let length = borders[count + 1] - border
            // Behind the last byte that isn't zero the record is whole.
            let whole = image[border..<border + length].lastIndex { $0 != 0 }.map { $0 + 1 - border } ?? length
            for part in [1, 8, 24, length / 2, whole - 1] where part < whole {
                try await script.check(image, written: count, cut: border + part, moved: min(count, 2), movedTo: borders[min(count, 2)])
            }
        }
    }

    @Test("Starting again and again without an end in between interrupts once and forgets nothing")
    func manyStarts() async throws {
        let world = try await LedgerWorld()
        var held: [LedgerEntry] = []
        for start in 1...4 {
            let run = try await world.start()
            try world.completed(run)
            let entry = try run.ledger.openRequest(world.opening())
            try entry.openAttempt(AttemptOpening(number: 1, node: world.north, mappedModel: "sonnet"))
            held.append(entry)
            // Every second run dies before its first move.
            if start % 2 == 0 { try await run.move() }
        }
        let last = try await world.start()
        try await last.move()
        try await last.move()
        let sums = try await world.sums()
        #expect(sums.statuses == ["completed": 4, "interrupted": 4])
        #expect(sums.hours.requests == 8 && sums.hours.failures == 4 && sums.hours.attempts == 8)
        #expect(last.ledger.lag.records == 0)
        let detail = try await world.usage.request(held[0].id, in: world.lantern)
        #expect(detail.summary.durationMilliseconds == nil && detail.summary.code == "gateway.interrupted")
        #expect(detail.tries.map(\.isChargeSuspected) == [true])
        withExtendedLifetime(held) {}
    }

    @Test("Hundreds of requests that were open are interrupted in pieces, also when the start is cut off between two of them")
    func manyOpen() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 4 << 20))
        let run = try await world.start()
        let held = try (0..<650).map { _ in try run.ledger.openRequest(world.opening()) }
        try await run.move()
        let next = try await world.start()
        let flaky = FlakyDatabase(world.database)
        let first = LedgerMover(
            ledger: next.ledger, database: CutDatabase(world.database, after: 2), pricing: world.prices, logger: .silent)
        await #expect(throws: StorageError.self) { try await first.move() }
        #expect(try await world.sums().statuses["open"] ?? 0 > 0)
        let second = LedgerMover(ledger: next.ledger, database: flaky, pricing: world.prices, logger: .silent)
        try await second.move()
        let sums = try await world.sums()
        #expect(sums.statuses == ["interrupted": 650])
        #expect(sums.hours.requests == 650)
        withExtendedLifetime(held) {}
    }

    @Test("Old segments go when they are booked; files that are none are set aside and named")
    func leftovers() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        try world.completed(run)
        try world.journals.write([UInt8](repeating: 0x5A, count: 70_000), to: "ledger/00000007.journal")
        try world.journals.write([], to: "ledger/00000008.journal")
        try world.journals.write("notes of somebody", to: "ledger/notes.txt")
        let log = CapturedLog()
        let next = try await world.start(logger: log.logger())
        #expect(next.ledger.journal.firstSegment == 9)
        try await next.move()
        await next.ledger.journal.sync()
        #expect(
            world.journals.names(in: "ledger") == [
                "00000007.journal.damaged", "00000008.journal.damaged", "00000009.journal", "00000010.journal", "notes.txt",
            ])
        #expect(log.lines.filter { $0.contains("ledger.not_a_segment") }.count == 2)
        #expect(try await world.sums().statuses == ["completed": 1])
    }

    @Test("A block that the disk lost costs what was in it, is named, and never traps", arguments: 1...40)
    func damage(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let world = try await LedgerWorld()
        let run = try await world.start()
        for _ in 0..<60 { try world.completed(run) }
        await run.ledger.journal.sync()
        let name = "ledger/00000001.journal"
        var bytes = try world.journals.bytes(of: name)
        let end = run.ledger.journal.end.offset
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 32..<end, using: &random)
            let isZero = Bool.random(using: &random)
            for place in start..<min(end, start + Int.random(in: 1...600, using: &random)) {
                bytes[place] = isZero ? 0 : UInt8.random(in: 0...255, using: &random)
            }
        }
        try world.journals.write(bytes, to: name)
        let log = CapturedLog()
        let next = try await world.start(logger: log.logger())
        try await next.move()
        let sums = try await world.sums()
        let booked = sums.statuses.values.reduce(0, +)
        #expect((30...60).contains(booked))
        #expect(sums.statuses["open"] == nil)
        #expect(sums.hours.requests == booked)
        #expect(log.lines.contains { $0.contains("ledger.gap") || $0.contains("ledger.torn_tail") || $0.contains("ledger.orphan") })
    }

    @Test("A model name that holds the bytes of a record is never taken for one, not even where the disk lost what was before it")
    func forgery() async throws {
        let world = try await LedgerWorld()
        let run = try await world.start()
        let id = ULID.make(at: world.clock.now())
        let forged = JournalRecordTests.bytes(
            of: .refusals(RefusalCount(workspace: nil, key: nil, code: "x", minute: world.clock.now(), count: 1_000_000)))
        // With the salt of another segment, as somebody who doesn't know this one's has to guess it.
        var bytes = [UInt8](repeating: 0, count: JournalFrame.size(of: forged.count))
        bytes.withUnsafeMutableBytes { room in
            forged.withUnsafeBytes {
                JournalFrame(kind: 6, sequence: 2, length: forged.count).write($0, hash: XXH64.hash($0), salt: 12, to: room)
            }
        }
        let closing = RequestClosing(status: .completed, httpStatus: 200, attempts: 0, durationMilliseconds: 1)
        _ = try run.ledger.openRequest(world.opening())
        try run.ledger.journal.append(.closed(id, closing), .goesOn)
        await run.ledger.journal.sync()
        var image = try world.journals.bytes(of: "ledger/00000001.journal")
        image.replaceSubrange(32..<32 + bytes.count, with: bytes)
        try world.journals.write(image, to: "ledger/00000001.journal")
        let next = try await world.start()
        try await next.move()
        #expect(try await world.sums().hours.refused == 0)
    }

    @Test("A process that is killed with SIGKILL while it books loses nothing that it was told is booked")
    func killed() async throws {
        let world = try await LedgerWorld(limits: .init(segment: 256 << 10))
        let child = try LedgerChild.start(folder: world.folder)
        let told = try child.killAfter(lines: 400)
        let run = try await world.start()
        try await run.move()
        let sums = try await world.sums()
        let booked = try await world.database.read { connection in
            Set(try connection.rows("SELECT id FROM gateway_request").map { try $0.get(0, as: String.self) })
        }
        #expect(told.count >= 400)
        #expect(told.allSatisfy { booked.contains($0) })
        // What it had begun and not told of is at most one more.
        #expect(booked.count - told.count <= 1)
        #expect(sums.hours.requests == Int64(booked.count))
        #expect(sums.statuses["interrupted"] ?? 0 > 0)
    }

    /// The process that `killed` kills: the same tests, of which only this one runs.
    @Test("(the process that is killed)", .enabled(if: LedgerChild.folder != nil))
    func child() async throws {
        try await LedgerChild.run()
    }
}

/// Requests of every fate, as records in the order of their writing, and what must come of any part of them.
private struct Script {
    let world: LedgerWorld
    let records: [(record: LedgerRecord, step: LedgerJournal.Step)]

    init(_ world: LedgerWorld) throws {
        self.world = world
        let (a, b, c) = (world.opening(), world.opening("haiku", by: world.bo), world.opening("mystery"))
        let now = world.clock.now()
        let attempt = { (number: Int, node: NodeID) in AttemptOpening(number: number, node: node, mappedModel: "sonnet") }
        let ending = { (number: Int) in
            AttemptEnding(number: number, certainty: .rejected, outcome: "status_500", httpStatus: 500, milliseconds: 4, isNodeFault: true)
        }
        let closing = { (status: RequestStatus, input: Int64) in
            RequestClosing(
                status: status, httpStatus: 200, attempts: 1, durationMilliseconds: 9, usage: PricedTokens(input: input), node: world.south)
        }
        records = [
            (.opened(a), .opens), (.attemptOpened(a.id, attempt(1, world.north), at: now), .goesOn), (.opened(b), .opens),
            (.attemptEnded(a.id, ending(1)), .goesOn), (.attemptOpened(b.id, attempt(1, world.south), at: now), .goesOn),
            (.attemptOpened(a.id, attempt(2, world.south), at: now), .goesOn), (.closed(a.id, closing(.completed, 1_000)), .closes),
            (.opened(c), .opens),
            (.refusals(RefusalCount(workspace: a.workspace.ulid, key: nil, code: "x", minute: now, count: 7)), .mayWait),
            (.closed(b.id, closing(.cancelled, 500)), .closes), (.closed(c.id, closing(.failed, 10)), .closes),
        ]
    }

    /// The segment with all records in it, and the place before each and behind the last.
    func image() throws -> (bytes: [UInt8], borders: [Int]) {
        let directory = try TemporaryDirectory()
        let journal = try LedgerJournal(path: directory.path, limits: .init(segment: 64 << 10), logger: .silent)
        var borders = [journal.end.offset]
        for (record, step) in records {
            try journal.append(record, step)
            borders.append(journal.end.offset)
        }
        return (try directory.bytes(of: "00000001.journal"), borders)
    }

    /// Starts on a journal that ends at `cut`, with the first `moved` records in the database already, and compares with `written` records.
    func check(_ image: [UInt8], written: Int, cut: Int, moved: Int, movedTo: Int) async throws {
        let other = try await LedgerWorld()
        try other.prepare(image, cut: cut)
        try await other.book(Array(records.prefix(moved).map(\.record)), upTo: movedTo, pricing: world.prices)
        for _ in 0..<2 {
            let run = try await other.start()
            try await run.move()
        }
        let expected = Expected(records.prefix(written).map(\.record))
        let sums = try await other.sums()
        #expect(sums.statuses == expected.statuses, "\(written) written, cut at \(cut), \(moved) moved")
        #expect(sums.hours.requests == expected.requests && sums.hours.attempts == expected.attempts)
        #expect(sums.hours.inputTokens == expected.input && sums.rows.inputTokens == expected.input)
        #expect(sums.hours.refused == expected.refused)
        #expect(sums.hours.cost == sums.rows.cost)
    }
}

/// What `records` must become when nothing comes after them.
private struct Expected {
    var statuses: [String: Int64] = [:]
    var requests: Int64 = 0
    var attempts: Int64 = 0
    var input: Int64 = 0
    var refused: Int64 = 0

    init(_ records: [LedgerRecord]) {
        var open: Set<ULID> = []
        for record in records {
            switch record {
            case .opened(let opening): open.insert(opening.id)
            case .attemptOpened: attempts += 1
            case .closed(let id, let closing):
                open.remove(id)
                statuses[closing.status.rawValue, default: 0] += 1
                input += closing.usage?.input ?? 0
                requests += 1
            case .refusals(let count): refused += count.count
            case .attemptEnded, .refused: break
            }
        }
        requests += Int64(open.count)
        if !open.isEmpty { statuses["interrupted"] = Int64(open.count) }
    }
}

extension LedgerWorld {
    /// Puts a segment of an earlier run into the folder, everything from `cut` on never written.
    fileprivate func prepare(_ image: [UInt8], cut: Int) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bytes = Array(image.prefix(cut)) + [UInt8](repeating: 0, count: image.count - cut)
        try journals.write(bytes, to: "ledger/00000001.journal")
    }

    /// What the mover of that run had done.
    fileprivate func book(_ records: [LedgerRecord], upTo offset: Int, pricing: FixedPricing) async throws {
        var book = LedgerBook()
        let position = JournalPosition(segment: 1, offset: offset)
        let chunk = JournalChunk(records: records.map { ($0, position) }, cursor: JournalCursor(position))
        let batch = book.batch(of: chunk, pricing: pricing)
        try await database.write { try LedgerStore.write(batch, upTo: position, of: nil, on: $0) }
    }
}

/// A database that takes so many writes and no more.
private final class CutDatabase: Database {
    private let database: any HouseDatabase
    private let left: FlakyBudget

    init(_ database: any HouseDatabase, after writes: Int) {
        self.database = database
        left = FlakyBudget(writes)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value {
        guard left.take() else { throw StorageError.closed }
        return try await database.write(body, committed: committed)
    }
}
