import Glibc
import Host

/// Whether names of functions may still come into a certificate.
package enum FrameNaming: Sendable, Equatable {
    /// What could be named is.
    case done
    /// Somebody is at it, for so many milliseconds.
    case running(Int64)
    /// Somebody will be: the end was a moment ago.
    case due
}

/// The file `coroner` in a folder of evidence: there while somebody looks names up, which takes seconds.
enum CoronersNote {
    private static let file = "coroner"

    static func leave(in directory: String) {
        let ticks = ProcessFacts.read(getpid())?.startTicks ?? 0
        _ = EvidenceFiles(directory)?.write(Array("process \(getpid())\nticks \(ticks)\nsince_ms \(Age.now)\n".utf8), to: file)
    }

    static func remove(from directory: String) {
        unlink("\(directory)/\(file)")
    }

    /// Milliseconds that it has been worked on; nil: nobody is.
    static func age(in directory: String, now: Int64) -> Int64? {
        guard let text = EvidenceFiles(directory)?.text(file, limit: 1_024) else { return nil }
        let lines = KeyedLines(text)
        guard let process = lines.number("process").flatMap({ Int32(exactly: $0) }), let since = lines.number("since_ms"),
            let facts = ProcessFacts.read(process), facts.state != "Z", Int64(clamping: facts.startTicks) == lines.number("ticks")
        else { return nil }
        return max(0, now &- since)
    }
}
