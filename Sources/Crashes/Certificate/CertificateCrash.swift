/// Where and how the code stopped.
package struct CertificateCrash: Codable, Sendable, Equatable {
    /// The runtime's words: "Illegal instruction at 0x…".
    package var description: String
    /// What Swift's check says: "Index out of range". Nil where it has none.
    package var failure: String?
    /// Of the thread that crashed; empty when it has none.
    package var thread: String
    /// Innermost first; functions that were built into others included.
    package var frames: [CertificateFrame]
    /// 16 hex digits that are alike for crashes at one place of one build. Nil without frames.
    package var signature: String?

    package init(description: String, failure: String?, thread: String, frames: [CertificateFrame], signature: String?) {
        self.description = description
        self.failure = failure
        self.thread = thread
        self.frames = frames
        self.signature = signature
    }

    /// The innermost function that is the house's own, else the innermost that has a name.
    package var place: CertificateFrame? {
        frames.first { $0.isOwn && $0.function != nil } ?? frames.first { $0.function != nil }
    }
}

/// One line of a stack.
package struct CertificateFrame: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case call
        /// A caller that awaits.
        case async
        /// Built into the next one.
        case inlined
        /// Left out of a deep stack: `count`.
        case omitted
    }

    package var kind: Kind
    package var address: String?
    /// The image's file name and the offset in it: `switchboard+0x1f2e`.
    package var image: String?
    /// Demangled; nil when it could not be named.
    package var function: String?
    /// Without folders of the machine that built it: `Sources/Desk/Inbox.swift`, `swift-nio/Sources/…`.
    package var file: String?
    package var line: Int?
    /// Whether it is the house's own code.
    package var isOwn: Bool
    package var count: Int?

    package init(
        kind: Kind, address: String? = nil, image: String? = nil, function: String? = nil, file: String? = nil, line: Int? = nil,
        isOwn: Bool = false, count: Int? = nil
    ) {
        self.kind = kind
        self.address = address
        self.image = image
        self.function = function
        self.file = file
        self.line = line
        self.isOwn = isOwn
        self.count = count
    }

    /// `Sources/Desk/Inbox.swift:88`; nil when unknown.
    package var location: String? {
        guard let file else { return nil }
        guard let line, line > 0 else { return file }
        return "\(file):\(line)"
    }
}
