import BlackBox
import Vocabulary

/// What is known of one end of a worker: one file `certificate.json` in its evidence folder.
///
/// Written by the coroner from evidence alone, and safe to show to an owner: no memory, no registers, no message texts; log records are as
/// the log had them. Readers of a later `schema` take what they know.
package struct Certificate: Codable, Sendable, Equatable {
    /// The form of this file.
    package static let schema = 1
    /// Records of the log that a certificate quotes; `log.txt` beside it has all that the recorder held.
    package static let logLimit = 200

    package var schema = Certificate.schema
    /// The evidence folder's name: `20261121-180211-4711`.
    package var id: String
    package var cause: Cause
    /// Milliseconds since 1970.
    package var endedAt: Int64
    package var startedAt: Int64?
    /// Milliseconds.
    package var uptime: Int64?
    package var pid: Int64?
    /// What it served: `serve` or `proxy`.
    package var role: String?
    package var build: String?
    package var stage: CertificateStage?
    package var exitCode: Int?
    package var signal: Int?
    /// Who sent the signal, where that could be seen.
    package var sender: CertificateSender?
    /// What the worker said of its refusal, or who asked for an end.
    package var words: String?
    package var crash: CertificateCrash?
    package var hang: CertificateHang?
    package var resources = CertificateResources()
    package var inFlight: [CertificateInFlight] = []
    /// Requests that were in flight beyond those listed.
    package var inFlightOmitted = 0
    /// Fingerprints of inputs that were in flight in this death and in an earlier one, the likeliest first.
    package var poison: [String] = []
    /// Those that are held back since, and by which number their senders know of it. Nil in certificates of older releases.
    package var held: [CertificateHold]?
    /// The incident that was open after it; nil: none.
    package var incident: String?
    /// Deaths in a row, this one included, as the supervisor counts them.
    package var inRow: Int?
    /// The supervisor's level after it: 0 normal, 1 with something switched off or held back, 2 apologising.
    package var level: Int?
    /// Optional parts that it had switched off after it; nil for none, and in certificates of earlier releases.
    package var partsOff: [String]?
    /// The supervisor went back to another release after it; nil where it did not, and in certificates of earlier releases.
    package var release: CertificateRelease?
    /// The last log records, oldest first.
    package var log: [CertificateRecord] = []
    package var counters: [String: Int64] = [:]
    /// Evidence that was not there, as codes.
    package var missing: [MissingEvidence] = []

    package init(id: String, cause: Cause, endedAt: Int64) {
        self.id = id
        self.cause = cause
        self.endedAt = endedAt
    }
}

/// A new release that kept ending, and the one that serves in its place.
package struct CertificateRelease: Codable, Sendable, Equatable {
    package var left: String
    /// Empty where it is not known.
    package var serving: String

    package init(left: String, serving: String) {
        self.left = left
        self.serving = serving
    }
}

/// How far the start had come.
package struct CertificateStage: Codable, Sendable, Equatable {
    package var number: Int
    package var name: String

    /// From the stage "ready" on it serves.
    var isServing: Bool { number >= StartStage.ready.rawValue }

    package init(number: Int, name: String) {
        self.number = number
        self.name = name
    }
}

/// Who sent a signal.
package struct CertificateSender: Codable, Sendable, Equatable {
    package var pid: Int64
    package var uid: Int64?
    /// Nil when it had gone before it could be asked.
    package var command: String?

    package init(pid: Int64, uid: Int64?, command: String?) {
        self.pid = pid
        self.uid = uid
        self.command = command
    }
}

/// Memory and time.
package struct CertificateResources: Codable, Sendable, Equatable {
    /// Milliseconds of processor time.
    package var userTime: Int64?
    package var systemTime: Int64?
    /// KiB, at its highest.
    package var memoryPeak: Int64?
    /// KiB; nil: none.
    package var memoryLimit: Int64?
    /// KiB of address space that the process might take (`ulimit -v`); nil: no limit.
    package var addressLimit: Int64?
    /// KiB of it that the process had when it was last looked at; nil: unknown.
    package var addressSpace: Int64?
    /// Kills by the kernel's out-of-memory killer in the control group while it ran.
    package var memoryKills: Int64?

    package init() {}
}

/// A beat that stood still, and what its threads did.
package struct CertificateHang: Codable, Sendable, Equatable {
    /// Of the heartbeat: `loop-1`, `writer`.
    package var name: String
    /// Milliseconds.
    package var silent: Int64?
    package var threads: [String]

    package init(name: String, silent: Int64?, threads: [String]) {
        self.name = name
        self.silent = silent
        self.threads = threads
    }
}

/// Work that was under way.
package struct CertificateInFlight: Codable, Sendable, Equatable {
    /// request, socket, relay or chore.
    package var kind: String
    package var request: String?
    package var bytes: Int64
    /// Milliseconds since its beginning.
    package var age: Int64?
    /// Hexadecimal; nil when it has none.
    package var fingerprint: String?

    package init(kind: String, request: String?, bytes: Int64, age: Int64?, fingerprint: String?) {
        self.kind = kind
        self.request = request
        self.bytes = bytes
        self.age = age
        self.fingerprint = fingerprint
    }
}

/// An input that is held back.
package struct CertificateHold: Codable, Sendable, Equatable {
    /// Hexadecimal, as in `CertificateInFlight`.
    package var fingerprint: String
    /// What its senders are told.
    package var incident: String

    package init(fingerprint: String, incident: String) {
        self.fingerprint = fingerprint
        self.incident = incident
    }
}

/// One record of the flight recorder.
package struct CertificateRecord: Codable, Sendable, Equatable {
    /// Milliseconds since 1970.
    package var at: Int64
    package var level: String
    package var text: String

    package init(at: Int64, level: String, text: String) {
        self.at = at
        self.level = level
        self.text = text
    }

    /// A line each, as in the log.
    static func text(_ records: [CertificateRecord]) -> [UInt8] {
        records.flatMap { Array("\(Timestamp(milliseconds: $0.at).rfc3339) \($0.level) \($0.text)\n".utf8) }
    }
}

/// Evidence that a certificate has to do without.
package enum MissingEvidence: String, Codable, Sendable, CaseIterable {
    /// No `death`: the supervisor was ended while it wrote, or there was none.
    case death
    case blackBox = "black_box"
    /// No `swift-backtrace` where the server runs.
    case backtraceTool = "backtrace_tool"
    /// The dead process was not through in time.
    case backtraceTimeout = "backtrace_timeout"
    case backtrace
    /// Another build than the one that died: addresses can't be named.
    case sameBuild = "same_build"
    /// Naming failed: addresses only.
    case symbols
    case sender
}
