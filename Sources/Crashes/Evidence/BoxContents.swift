/// What the black box held, in plain values.
package struct BoxContents: Sendable, Equatable {
    package struct Heartbeat: Sendable, Equatable {
        package var name: String
        /// Its last beat, in milliseconds since 1970.
        package var lastAt: Int64
        package var thread: Int64

        package init(name: String, lastAt: Int64, thread: Int64) {
            self.name = name
            self.lastAt = lastAt
            self.thread = thread
        }
    }

    package struct InFlight: Sendable, Equatable {
        package var kind: String
        package var request: String
        package var bytes: Int64
        /// Milliseconds since 1970; 0: unknown.
        package var startedAt: Int64
        package var fingerprint: UInt64
        /// Only bytes were going out: no suspect.
        package var isAnswered: Bool

        package init(kind: String, request: String, bytes: Int64, startedAt: Int64, fingerprint: UInt64, isAnswered: Bool = false) {
            self.kind = kind
            self.request = request
            self.bytes = bytes
            self.startedAt = startedAt
            self.fingerprint = fingerprint
            self.isAnswered = isAnswered
        }
    }

    package var build: String?
    package var pid: Int64?
    package var startedAt: Int64?
    package var stage: CertificateStage?
    /// The last signal that the worker took: number and who sent it.
    package var signal: Int?
    package var sender: CertificateSender?
    package var heartbeats: [Heartbeat] = []
    package var inFlight: [InFlight] = []
    package var counters: [String: Int64] = [:]
    package var log: [CertificateRecord] = []

    package init() {}

    /// Fingerprints of what may have killed.
    package var suspects: [UInt64] { inFlight.filter { !$0.isAnswered && $0.fingerprint != 0 }.map(\.fingerprint) }
}
