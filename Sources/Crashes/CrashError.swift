/// Why there is no certificate. The text says what to do.
package enum CrashError: Error, Equatable, CustomStringConvertible {
    /// The folder is not there, or is none of ours.
    case noEvidence(path: String)
    /// The folder has neither `death` nor a black box nor a backtrace.
    case nothingKnown(path: String)
    case unwritable(path: String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .noEvidence: "crashes.no_evidence"
        case .nothingKnown: "crashes.nothing_known"
        case .unwritable: "crashes.unwritable"
        }
    }

    package var description: String {
        switch self {
        case .noEvidence(let path): "\(path) is no folder of evidence: they are under DATA_DIR/crashes and named date-time-pid"
        case .nothingKnown(let path): "\(path) has no evidence in it: the machine may have gone down while it was written"
        case .unwritable(let path): "\(path) can't be written: look at its permissions and at the free space"
        }
    }
}
