package import BlackBox
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Lists each input in the black box while it is handled, and holds back those in quarantine.
package struct InputWatch: Sendable {
    let box: BlackBoxWriter
    let quarantine: Quarantine

    /// The process's own unless told otherwise.
    package init(box: BlackBoxWriter = BlackBox.writer, quarantine: Quarantine = .shared) {
        self.box = box
        self.quarantine = quarantine
    }

    /// Whether the router has to refuse it, whoever would have answered it.
    func holds(_ head: HTTPRequestHead) -> Bool {
        // The fingerprint is only worth its time while there is something to compare it with.
        quarantine.size > 0 && quarantine.incident(of: head.fingerprint) != nil
    }

    /// Lists it; call one of its ends when it is done.
    func arrived(_ kind: InputKind, id: String, bytes: Int?, fingerprint: UInt64) -> ArrivedInput {
        switch kind {
        case .request: box.add(1, to: .requests)
        case .frame: box.add(1, to: .frames)
        case .relay: box.add(1, to: .relays)
        case .chore: break
        }
        return ArrivedInput(box: box, flight: box.takeOff(kind, id: id, bytes: bytes ?? 0, fingerprint: fingerprint))
    }

    /// The incident for which it is held back; nil: it may pass.
    func incident(of fingerprint: UInt64) -> String? {
        let found = quarantine.incident(of: fingerprint)
        if found != nil { box.add(1, to: .quarantined) }
        return found
    }
}

/// An input that is being handled.
struct ArrivedInput: Sendable {
    fileprivate let box: BlackBoxWriter
    fileprivate var flight: Flight?

    /// Our part is done, only bytes go out.
    mutating func answering() {
        guard var flight else { return }
        box.answering(&flight)
        self.flight = flight
    }

    /// It is done; more calls than one do no harm.
    func handled() {
        if let flight { box.land(flight) }
    }
}

extension HTTPRequestHead {
    /// As `HTTPRequest` has it.
    var fingerprint: UInt64 {
        InputFingerprint.request(method: method.rawValue, target: uri, bytes: announcedBytes)
    }

    /// What `Content-Length` says.
    var announcedBytes: Int? { headers.first(name: "content-length").flatMap { Int($0) } }
}

extension HTTPRequest {
    /// As `HTTPRequestHead` has it: a client that tries again by another version of HTTP is recognised.
    var fingerprint: UInt64 {
        InputFingerprint.request(method: method.rawValue, target: path ?? "", bytes: announcedBytes)
    }

    /// What `Content-Length` says.
    var announcedBytes: Int? { headerFields[.contentLength].flatMap { Int($0) } }
}

extension Problem {
    /// An input like this was there when the server died, more than once.
    static func quarantined(_ incident: String) -> Problem {
        Problem(
            .serviceUnavailable, code: "web.input_quarantined",
            detail:
                "Requests like this one are held back because the server failed on them. Try again later, and name the incident if it goes on.",
            headers: [.retryAfter: "600"], extras: ["incident": .text(incident)])
    }
}
