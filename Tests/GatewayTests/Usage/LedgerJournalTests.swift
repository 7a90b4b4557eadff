import Foundation
import Logging
import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// The journal's files: rotation, room, and what happens when there is none.
@Suite struct LedgerJournalTests {
    private let directory: TemporaryDirectory
    private let clock = ManualClock()

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func journal(segments: Int = 4, logger: Logger = .silent) throws -> LedgerJournal {
        try LedgerJournal(path: directory.path, limits: .init(segment: 64 << 10, segments: segments), logger: logger)
    }

    private func opening() -> RequestOpening {
        RequestOpening(id: .make(at: clock.now()), workspace: .make(at: clock.now()), key: nil, operation: "messages", model: "sonnet")
    }

    private func closing() -> RequestClosing {
        RequestClosing(status: .completed, httpStatus: 200, attempts: 0, durationMilliseconds: 5)
    }

    private func everything(in journal: LedgerJournal) throws -> [LedgerRecord] {
        var records: [LedgerRecord] = []
        var cursor = JournalCursor(.start(of: journal.firstSegment), sequence: 0)
        while true {
            let chunk = try journal.read(from: cursor, limit: 7)
            #expect(chunk.findings.isEmpty)
            guard !chunk.records.isEmpty else { return records }
            records += chunk.records.map(\.record)
            cursor = chunk.cursor
        }
    }

    @Test("What was appended is read in order, over the borders of segments")
    func order() async throws {
        let journal = try journal(segments: 40)
        var written: [LedgerRecord] = []
        for _ in 0..<2_000 {
            let opening = opening()
            // Segments turn faster here than the next one can be made.
            while (try? journal.append(.opened(opening), .opens)) == nil { await journal.sync() }
            try journal.append(.closed(opening.id, closing()), .closes)
            written += [.opened(opening), .closed(opening.id, closing())]
        }
        #expect(try everything(in: journal) == written)
        #expect(journal.segmentCount > 3)
        #expect(journal.openRequests == 0)
        #expect(journal.losses == 0)
    }

    @Test("The files have all their blocks from the start, and only their owner may read them")
    func preallocated() throws {
        let journal = try journal()
        let name = "00000001.journal"
        var status = stat()
        #expect(stat(directory.path + "/" + name, &status) == 0)
        #expect(status.st_size == 64 << 10)
        #expect(Int(status.st_blocks) * 512 >= 64 << 10)
        #expect(try directory.mode(of: name) == 0o600)
        #expect(journal.firstSegment == 1)
    }

    @Test(
        "When the database is too far behind, new requests are refused with a code, and those that are open can still be booked to their end"
    )
    func backlog() async throws {
        let log = CapturedLog()
        let journal = try journal(segments: 2, logger: log.logger())
        var open: [ULID] = []
        var refusal: LedgerError?
        while refusal == nil {
            // Every tenth stays open.
            let opening = opening()
            do {
                try journal.append(.opened(opening), .opens)
                if open.count < 20 { open.append(opening.id) } else { try journal.append(.closed(opening.id, closing()), .closes) }
            } catch LedgerError.full(let reason) where reason == "the next segment is not ready yet" {
                await journal.sync()
            } catch {
                refusal = error
            }
        }
        #expect(refusal?.code == "gateway.ledger_full")
        #expect(refusal == .full(reason: "the database is 2 segments behind"))
        for id in open {
            for number in 1...3 {
                try journal.append(
                    .attemptOpened(id, AttemptOpening(number: number, node: .init(id), mappedModel: "m"), at: clock.now()), .goesOn)
                let ending = AttemptEnding(number: number, certainty: .rejected, outcome: "status_529", httpStatus: 529, milliseconds: 3)
                try journal.append(.attemptEnded(id, ending), .goesOn)
            }
            try journal.append(.closed(id, closing()), .closes)
        }
        #expect(journal.losses == 0)
        // The database has caught up.
        journal.drop(before: journal.end.segment)
        await journal.sync()
        await journal.sync()
        try journal.append(.opened(opening()), .opens)
    }

    @Test("A folder that can't take another file refuses new requests, and takes them again when it can")
    func brokenFolder() async throws {
        let log = CapturedLog()
        let journal = try journal(logger: log.logger())
        await journal.sync()
        let elsewhere = directory.path + "-moved"
        try FileManager.default.moveItem(atPath: directory.path, toPath: elsewhere)
        var refusal: LedgerError?
        while refusal == nil {
            let opening = opening()
            do {
                try journal.append(.opened(opening), .opens)
                try journal.append(.closed(opening.id, closing()), .closes)
            } catch {
                await journal.sync()
                if case .full(let reason) = error, reason.contains("No such file") { refusal = error }
            }
        }
        #expect(refusal?.code == "gateway.ledger_full")
        #expect(log.lines.contains { $0.contains("can't make its next segment") })
        try FileManager.default.moveItem(atPath: elsewhere, toPath: directory.path)
        await journal.sync()
        await journal.sync()
        try journal.append(.opened(opening()), .opens)
        #expect(log.lines.contains { $0.contains("has room again") })
    }

    @Test("A disk without room is an error when the file is made, and leaves nothing behind", .enabled(if: SmallDisk.isPossible))
    func fullDisk() throws {
        let disk = try SmallDisk(kilobytes: 256)
        defer { disk.unmount() }
        try #require(disk.isMounted)
        let journal = try LedgerJournal(path: disk.path + "/ledger", limits: .init(segment: 128 << 10), logger: .silent)
        #expect(throws: LedgerError.self) {
            _ = try LedgerJournal(path: disk.path + "/ledger", limits: .init(segment: 512 << 10), logger: .silent)
        }
        #expect(try journal.folder.segments().last ?? 0 < 3)
        // Nothing that was promised is lost by it.
        let opening = opening()
        try journal.append(.opened(opening), .opens)
        #expect(try everything(in: journal) == [.opened(opening)])
    }

    @Test("The journal of a run begins behind all that the database has heard of")
    func numbers() throws {
        #expect(try journal().firstSegment == 1)
        let next = try LedgerJournal(path: directory.path, after: 40, limits: .init(segment: 64 << 10), logger: .silent)
        #expect(next.firstSegment == 41)
    }

    @Test("A path that is no folder is refused with a code")
    func noFolder() throws {
        try directory.write("x", to: "file")
        #expect(throws: LedgerError.self) { _ = try LedgerJournal(path: directory.path + "/file", logger: .silent) }
        #expect(throws: LedgerError.cannotOpen(path: "", reason: "not a path")) { _ = try LedgerJournal(path: "", logger: .silent) }
    }

    @Test("What is on disk is not in the process's memory any more, and is read all the same; what follows it is written where it belongs")
    func memory() async throws {
        let journal = try LedgerJournal(path: directory.path, limits: .init(segment: 4 << 20), logger: .silent)
        var written: [LedgerRecord] = []
        for round in 1...3 {
            for _ in 0..<4_000 {
                let record = LedgerRecord.opened(opening())
                try journal.append(record, .goesOn)
                written.append(record)
            }
            #expect(try Self.resident(journal.folder.path(of: 1)) > 200 << 10, "round \(round)")
            await journal.sync()
            // The last page goes on, and the kernel may have mapped its neighbours with it, 64 KiB at most (fault_around_bytes).
            let left = try Self.resident(journal.folder.path(of: 1))
            #expect(left <= 80 << 10, "round \(round): \(left) bytes")
        }
        #expect(try everything(in: journal) == written)
    }

    /// Bytes of a mapped file that are in this process's memory.
    private static func resident(_ path: String) throws -> Int {
        // Piece by piece: it has no size that could be asked for.
        let bytes = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps")).readDataToEndOfFile()
        let text = String(decoding: bytes, as: UTF8.self)
        let name = URL(fileURLWithPath: path).resolvingSymlinksInPath().pathComponents.suffix(2).joined(separator: "/")
        let lines = text.split(separator: "\n").drop { !$0.hasSuffix(name) }
        let line = try #require(lines.first { $0.hasPrefix("Rss:") })
        return try #require(Int(line.split(separator: " ").dropFirst().first ?? "")) << 10
    }
}

/// A file system of its own that is soon full.
struct SmallDisk {
    /// It needs rights that not every machine gives.
    static let isPossible: Bool = {
        guard let disk = try? SmallDisk(kilobytes: 64) else { return false }
        defer { disk.unmount() }
        return disk.isMounted
    }()

    let path: String
    let isMounted: Bool

    init(kilobytes: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/switchboard-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        isMounted = mount("none", path, "tmpfs", 0, "size=\(kilobytes)k") == 0
    }

    func unmount() {
        // Detached: files in it may still be held, and go with their last holder.
        if isMounted { umount2(path, CInt(MNT_DETACH)) }
        try? FileManager.default.removeItem(atPath: path)
    }
}
