import Logging
import Storage
import Vocabulary

/// Ends, as interrupted, what instances have left open that are gone: each request once.
///
/// What such a journal still holds of them its own next process reads on its own disk, and finds that they have ended.
struct LedgerSweep: Sendable {
    private static let portion = 200
    let database: any Database
    let pricing: any UsagePricing
    let clock: any WallClock
    let logger: Logger
    /// Whether it is still this instance that sweeps.
    let isHeld: @Sendable (any SQLConnection) throws -> Bool

    /// - Returns: how many requests were ended.
    @discardableResult
    func run() async throws -> Int {
        var total = 0
        while true {
            let count = try await database.write { try sweep(on: $0) }
            total += count
            if count < Self.portion { break }
        }
        if total > 0 {
            logger.notice("requests that an instance left open when it died are booked as interrupted", metadata: ["count": "\(total)"])
        }
        return total
    }

    private func sweep(on connection: any SQLConnection) throws -> Int {
        guard try isHeld(connection) else { return 0 }
        for journal in try JournalStore.orphans(on: connection) {
            let open = try LedgerStore.openRequests(of: journal, limit: Self.portion, on: connection)
            guard !open.isEmpty else { continue }
            try end(open, on: connection)
            try JournalStore.noteSweep(of: journal, on: connection)
            return open.count
        }
        // Of a house that was one process, and whose data directory did not come along.
        let old = try LedgerStore.unownedRequests(limit: Self.portion, on: connection)
        if !old.isEmpty { try end(old, on: connection) }
        return old.count
    }

    private func end(_ open: [OpenRequest], on connection: any SQLConnection) throws {
        var book = LedgerBook(stored: open, models: try LedgerStore.countedModels(at: clock.now(), on: connection))
        try LedgerStore.write(book.interrupt(limit: Self.portion, pricing: pricing), on: connection)
    }
}
