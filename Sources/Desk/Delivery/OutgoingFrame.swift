import DeskProtocol
import Synchronization

/// A frame as bytes: encoded once, shared by everyone who gets it.
package final class OutgoingFrame: Sendable {
    /// The frame's JSON text in UTF-8.
    package let json: [UInt8]
    /// May be dropped under pressure (sync-protocol §9).
    package let isEphemeral: Bool
    /// Something that a client with the same cursors didn't have: a long poll answers at once.
    package let isNews: Bool
    /// Only asks whether somebody is there.
    package let isPing: Bool
    private let transportForm = Mutex<(any Sendable)?>(nil)

    init(_ frame: ServerFrame, for audience: Audience) {
        json = frame.encoded(for: audience)
        isEphemeral = frame.isEphemeral
        isNews = frame.isNews
        isPing = if case .ping = frame { true } else { false }
    }

    /// The frame in the form that a transport sends, made by the first who asks.
    package func form<Form: Sendable>(_ make: ([UInt8]) -> Form) -> Form {
        transportForm.withLock { stored in
            if let form = stored as? Form { return form }
            let form = make(json)
            stored = form
            return form
        }
    }
}
