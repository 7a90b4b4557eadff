import ModelProtocol
import NIOCore
import Routing
import Synchronization
import Vocabulary

/// Looks at the requests of a batch before it is made: may the key use their models, what do they name, and what may all of it cost?
struct BatchInspection: Sendable {
    /// Of the standard price (both vendors).
    private static let discount: Int64 = 2

    private var requests: BatchRequests
    private let key: GatewayKey
    private let book: PriceBook
    private let time: Timestamp
    /// The first reason against it.
    private(set) var refusal: Refusal?
    /// Files and the like that its requests name.
    private(set) var named: Set<String> = []
    /// Nano-dollars at the price of batches; requests for models without a price count nothing.
    private(set) var estimate: Int64 = 0

    init(_ form: BatchRequests.Form, by key: GatewayKey, book: PriceBook, at time: Timestamp) {
        requests = BatchRequests(form)
        self.key = key
        self.book = book
        self.time = time
    }

    /// False: nothing more need be read.
    mutating func read(_ bytes: ByteBuffer) -> Bool {
        var found: [(RequestScan, Int)] = []
        bytes.withUnsafeReadableBytes { requests.read($0) { found.append(($0, $1)) } }
        return take(found)
    }

    /// All has come.
    mutating func finish() {
        var found: [(RequestScan, Int)] = []
        requests.finish { found.append(($0, $1)) }
        _ = take(found)
    }

    private mutating func take(_ found: [(RequestScan, Int)]) -> Bool {
        for (scan, tokens) in found where refusal == nil {
            guard key.allows(model: scan.model) else {
                refusal = .modelForbidden(scan.model)
                break
            }
            // One more than may be looked up stands for all that follow.
            if named.count <= ObjectReferences.limit { named.formUnion(scan.objectIDs) }
            estimate = estimate.addingWithoutOverflow(cost(of: scan, tokens))
        }
        if refusal == nil { refusal = requests.fault.map { .bodyMalformed($0) } }
        return refusal == nil
    }

    private func cost(of scan: RequestScan, _ tokens: Int) -> Int64 {
        guard key.hasMoneyLimit else { return 0 }
        let whole = book.estimate(
            model: scan.model, inputTokens: Int64(tokens), maxOutput: Int64(scan.maxTokens ?? 0), at: time, geo: scan.inferenceGeo)
        return (whole ?? 0) / Self.discount
    }
}

/// An inspection that is read for on another event loop.
final class SharedInspection: Sendable {
    private let state: Mutex<BatchInspection>

    init(_ inspection: BatchInspection) {
        state = Mutex(inspection)
    }

    func read(_ bytes: ByteBuffer) -> Bool { state.withLock { $0.read(bytes) } }

    /// What was found in all of it.
    func finished() -> BatchInspection {
        state.withLock { inspection in
            inspection.finish()
            return inspection
        }
    }
}
