package import Logging
package import Routing
package import Storage
import Synchronization
import Vocabulary

/// Moves the journal into the database: at the start what earlier runs left, then what this one writes.
///
/// A batch and the place behind it are one transaction. When one fails everything in memory is thrown away and read anew from the database,
/// which is the truth: nothing can be booked twice or lost by that.
package actor LedgerMover {
    /// Records in one transaction: some two milliseconds of the writer's time, which it shares with everybody else.
    package static let batch = 1_000

    private let ledger: Ledger
    private let database: any Database
    private let pricing: any UsagePricing
    private let sharesMoney: @Sendable (KeyID) -> Bool
    private let logger: Logger
    private var journal: LedgerJournal { ledger.journal }
    private var book = LedgerBook()
    /// Nil in a house of one instance.
    private var hold: JournalHold?
    /// Where to read on; nil until the database was asked.
    private var cursor: JournalCursor?
    private var isRecovered = false
    private var isMoving = false
    /// Up to there one record at a time, because one of them can't be stored.
    private var carefulUntil: JournalPosition?

    /// - Parameter sharesMoney: whether other instances have to know what a key spends.
    package init(
        ledger: Ledger, database: any Database, pricing: any UsagePricing, sharesMoney: @escaping @Sendable (KeyID) -> Bool = { _ in true },
        logger: Logger
    ) {
        self.ledger = ledger
        self.database = database
        self.pricing = pricing
        self.sharesMoney = sharesMoney
        self.logger = logger
    }

    /// Moves all that was in the journal when it was called. What an earlier run left comes first, and what was open in it becomes
    /// `interrupted`.
    /// - Throws: `StorageError` or `LedgerError`; the next call goes on from where the database is.
    package func move() async throws {
        guard !isMoving else { return }
        isMoving = true
        defer { isMoving = false }
        do {
            ledger.writeRefusals()
            if !isRecovered { try await recover() }
            if cursor == nil { try await reload() }
            let end = journal.end
            while let cursor, cursor.position < end, try await step(from: cursor) {}
            ledger.progress.withLock { $0.trouble = nil }
        } catch {
            (cursor, book) = (nil, LedgerBook())
            ledger.progress.withLock { $0.trouble = "\(error)" }
            throw error
        }
    }

    /// Books what earlier runs left, and nothing of this one.
    /// - Throws: as `move`.
    package func recoverEarlier() async throws {
        guard !isMoving, !isRecovered else { return }
        isMoving = true
        defer { isMoving = false }
        do {
            try await recover()
        } catch {
            (cursor, book) = (nil, LedgerBook())
            throw error
        }
    }

    /// One batch of this run; false when there was nothing.
    private func step(from cursor: JournalCursor) async throws -> Bool {
        let chunk = try journal.read(from: cursor, limit: carefulUntil == nil ? Self.batch : 1)
        guard chunk.cursor != cursor else { return false }
        try await store(chunk)
        self.cursor = chunk.cursor
        if let until = carefulUntil, until <= chunk.cursor.position { carefulUntil = nil }
        ledger.progress.withLock { $0.moved &+= UInt64(chunk.records.count) }
        journal.drop(before: chunk.cursor.position.segment)
        return true
    }

    private func store(_ chunk: JournalChunk) async throws {
        let batch = book.batch(of: chunk, pricing: pricing)
        do {
            try await store(batch, upTo: chunk.cursor.position)
        } catch let error as StorageError where error.isAboutTheRow {
            guard chunk.records.count == 1, let place = chunk.records.first?.at else {
                carefulUntil = max(carefulUntil ?? chunk.cursor.position, chunk.cursor.position)
                throw error
            }
            // One record that the database will never take must not stop all that come after it.
            logger.error("a record of the ledger can't be stored and is left out", metadata: ["reason": "\(error)"])
            let finding = JournalFinding(.refused, segment: place.segment, offset: place.offset)
            try await store(LedgerBatch(findings: [finding]), upTo: chunk.cursor.position)
            try await reloadBook()
        }
    }

    private func store(_ batch: LedgerBatch, upTo position: JournalPosition) async throws {
        tell(batch.findings)
        // What this run finds in the journal at its start is the spending of who had it before.
        let (spender, isPast, sharesMoney) = (isRecovered ? ledger.instance : ledger.earlier, !isRecovered, sharesMoney)
        try await database.write { [hold] connection in
            try LedgerStore.write(batch, upTo: position, of: hold, on: connection)
            guard let spender else { return }
            try ShareStore.book(batch.figures, of: spender, counts: { isPast || sharesMoney($0) }, on: connection)
        }
    }

    private func tell(_ findings: [JournalFinding]) {
        for (code, findings) in Dictionary(grouping: findings, by: \.code) {
            logger.warning(
                "the ledger's journal is not as it was written",
                metadata: [
                    "code": "\(code)", "count": "\(findings.count)", "segment": "\(findings.first?.segment ?? 0)",
                    "offset": "\(findings.first?.offset ?? 0)",
                ])
        }
    }

    private func reloadBook() async throws {
        let now = ledger.clock.now()
        (book, hold) = try await database.read { [title = ledger.title] connection in
            let book = LedgerBook(
                stored: try LedgerStore.openRequests(of: title, on: connection),
                models: try LedgerStore.countedModels(at: now, on: connection))
            return (book, try title.map { JournalHold(id: $0, sweeps: try JournalStore.sweeps(of: $0, on: connection)) })
        }
    }

    private func reload() async throws {
        try await reloadBook()
        let position = try await database.read { [title = ledger.title] in try LedgerStore.position(of: title, on: $0) }
        cursor = JournalCursor(position ?? .start(of: journal.firstSegment))
    }
}

extension LedgerMover {
    /// Books what earlier runs left, and ends what was open in them. Safe to be cut off anywhere: the next start does the rest.
    private func recover() async throws {
        let position = try await database.read { [title = ledger.title] in try LedgerStore.position(of: title, on: $0) }
        try await reloadBook()
        for number in try journal.folder.segments() where number < journal.firstSegment {
            if number >= position?.segment ?? 0 { try await recover(number, from: position) }
        }
        let interrupted = try await interruptAll()
        for number in try journal.folder.segments() where number < journal.firstSegment { journal.folder.remove(number) }
        cursor = JournalCursor(.start(of: journal.firstSegment), sequence: 0)
        isRecovered = true
        guard interrupted > 0 else { return }
        logger.notice("requests that were open when the process ended are booked as interrupted", metadata: ["count": "\(interrupted)"])
    }

    private func recover(_ number: UInt64, from position: JournalPosition?) async throws {
        guard let scan = try await openOld(number) else { return }
        var cursor = JournalCursor(.start(of: number), sequence: 0)
        if let position, position.segment == number { cursor = JournalCursor(max(position, cursor.position)) }
        while true {
            let chunk = try scan.read(from: cursor, limit: carefulUntil == nil ? Self.batch : 1)
            if !chunk.records.isEmpty || !chunk.findings.isEmpty { try await store(chunk) }
            cursor = chunk.cursor
            if let until = carefulUntil, until <= cursor.position { carefulUntil = nil }
            if chunk.isAtEnd { return }
        }
    }

    /// Nil for a file that is no segment: it is set aside for people to look at.
    private func openOld(_ number: UInt64) async throws -> JournalScan? {
        let path = journal.folder.path(of: number)
        let found = Result { () throws(LedgerError) in
            let file = try JournalFile(reading: path)
            let header = try file.bytes(from: 0, count: JournalHeader.size).withUnsafeBytes { JournalHeader($0) }
            return (file, header)
        }
        if case .success((let file, let header?)) = found, header.segment == number {
            return JournalScan(file: file, segment: number, salt: header.salt, end: file.size)
        }
        let kind: JournalFinding.Kind = if case .failure = found { .unreadable } else { .notASegment }
        tell([JournalFinding(kind, segment: number, offset: 0)])
        journal.folder.setAside(number)
        return nil
    }

    private func interruptAll() async throws -> Int {
        let start = JournalPosition.start(of: journal.firstSegment)
        let count = book.open.count
        while book.open.count > 200 {
            let batch = book.interrupt(limit: 200, pricing: pricing)
            try await database.write { [title = ledger.title] in try LedgerStore.write(batch, of: title, on: $0) }
        }
        // The last of them with the place of this run, so that the old segments are never read again.
        try await store(book.interrupt(limit: 200, pricing: pricing), upTo: start)
        return count
    }
}

extension StorageError {
    /// The row is at fault, not the disk or the moment.
    fileprivate var isAboutTheRow: Bool {
        switch self {
        case .duplicate, .refused, .unexpectedValue: true
        default: false
        }
    }
}
