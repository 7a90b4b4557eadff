import Storage
import Synchronization
import TestSupport

/// A real database, one of whose reads can be held up: what it found is handed on only later.
final class HeldDatabase: Database {
    /// One read that is held up.
    struct Hold: Sendable {
        /// The read was done.
        let isReached = Signal()
        let isReleased = Signal()
    }

    private final class Book: Sendable {
        let holds = Mutex<[Hold]>([])
        let reads = Mutex(0)
    }

    private let database: any Database
    private let book: Book

    init(_ database: any Database) {
        self.database = database
        book = Book()
    }

    /// The same database as another instance has it: its reads are counted and held up together with those of the first.
    init(_ database: any Database, beside first: HeldDatabase) {
        self.database = database
        book = first.book
    }

    /// How many reads were asked for.
    var reads: Int { book.reads.withLock { $0 } }

    /// Holds up the next read.
    func holdNextRead() -> Hold {
        let hold = Hold()
        book.holds.withLock { $0.append(hold) }
        return hold
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        book.reads.withLock { $0 += 1 }
        let hold = book.holds.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        let value = try await database.read(body)
        hold?.isReached.give()
        await hold?.isReleased.wait()
        return value
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value {
        try await database.write(body, committed: committed)
    }
}
