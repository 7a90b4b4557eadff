import Dispatch
import Storage
import Synchronization

/// Rows on their way from a reader's thread, which may be held up, to a writer's task, which may not.
final class CopyPipe: Sendable {
    /// What is told of one table, in the order of the plan.
    enum Piece: Sendable {
        /// Rows to be stored, and the sum of the table up to them.
        case rows([Row], sum: RowSum)
        /// The table has no more.
        case end(sum: RowSum)
    }

    struct Parcel: Sendable {
        let table: CopyTable
        let piece: Piece
    }

    /// From 0: one that is let go below the value it was made with ends the process.
    private let room = DispatchSemaphore(value: 0)
    private let isBroken = Mutex(false)
    let parcels: AsyncStream<Parcel>
    private let entrance: AsyncStream<Parcel>.Continuation

    init() {
        (parcels, entrance) = AsyncStream.makeStream(of: Parcel.self, bufferingPolicy: .unbounded)
        for _ in 0..<2 { room.signal() }
    }

    /// Waits until there is room. On the reader's own thread only.
    /// - Throws: `CancellationError` when nobody takes parcels any more.
    func send(_ parcel: Parcel) throws {
        room.wait()
        guard !isBroken.withLock({ $0 }) else {
            room.signal()
            throw CancellationError()
        }
        entrance.yield(parcel)
    }

    /// The taker has done its work with a parcel.
    func taken() { room.signal() }

    /// Nothing more comes.
    func end() { entrance.finish() }

    /// Nothing more is taken.
    func breakOff() {
        isBroken.withLock { $0 = true }
        room.signal()
    }
}
