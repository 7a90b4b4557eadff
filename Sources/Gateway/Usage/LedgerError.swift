/// Why the ledger can't book, with a code that doors, logs and tests compare.
package enum LedgerError: Error, Equatable, Sendable {
    /// No room for another request: the disk is full, or the database has been behind for too long. Refuse the request: nothing runs
    /// unbooked.
    case full(reason: String)
    /// The journal's folder or a file in it can't be used.
    case cannotOpen(path: String, reason: String)
    /// This instance was taken for dead, and another one has ended what was open in its journal. Read anew what is open.
    case swept

    /// Stable: clients and tests compare it.
    package var code: String {
        switch self {
        case .full: "gateway.ledger_full"
        case .cannotOpen: "gateway.ledger_unusable"
        case .swept: "gateway.ledger_swept"
        }
    }
}

extension LedgerError: CustomStringConvertible {
    /// One sentence for the person who has to do something about it.
    package var description: String {
        switch self {
        case .full(let reason): "the ledger has no room for another request (\(reason)); free space on the disk of DATA_DIR"
        case .cannotOpen(let path, let reason): "\(path) can't be used for the ledger: \(reason)"
        case .swept: "this instance was silent for so long that another one has ended what was open in its ledger"
        }
    }
}
