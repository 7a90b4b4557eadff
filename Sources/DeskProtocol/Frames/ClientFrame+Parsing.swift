import Vocabulary

extension ClientFrame {
    /// Parses one text frame.
    /// - Throws: `FrameError` with `badJSON`, `tooDeep`, `badFrame`, `unknownType`, `unknownKind` or `clientIDInvalid`.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(FrameError) -> ClientFrame {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.read(bytes)
        } catch {
            throw error.frameError
        }
        guard case .object(let object) = value else { throw FrameError(.badJSON, "a frame is one JSON object") }
        let fields = FrameFields(object)
        return try fields.frame(type: try fields.text("type", atMost: 32))
    }
}

extension JSONError {
    package var frameError: FrameError {
        switch self {
        case .malformed(let offset): FrameError(.badJSON, "not JSON at byte \(offset)")
        case .tooDeep: FrameError(.tooDeep, "at most \(JSONReader.depthLimit) levels and \(JSONReader.widthLimit) members")
        }
    }
}

extension FrameFields {
    func frame(type: String) throws(FrameError) -> ClientFrame {
        switch type {
        case "init": return .initialise(try initialise())
        case "send": return .send(try send(), ref: try integer("ref"))
        case "sync": return try sync()
        case "open": return .open(try identifier("conversation"), after: try optionalInteger("after") ?? 0)
        case "leave": return .leave(try identifier("conversation"))
        case "receipt": return .receipt(try optionalIdentifier("conversation"), try watermarks())
        case "typing": return .typing(try optionalIdentifier("conversation"), on: try flag("on"))
        case "probe": return .probe
        default: throw failure(.unknownType, "no frame type \"\(type.clipped(to: 32))\"")
        }
    }

    private func initialise() throws(FrameError) -> Initialise {
        Initialise(
            protocolVersion: try integer("protocol"),
            ticket: try text("ticket", atMost: 128),
            cursors: Cursors(
                epoch: try optionalText("epoch", atMost: 64), feed: try optionalInteger("feed"), conversations: try conversationCursors()))
    }

    private func conversationCursors() throws(FrameError) -> [ConversationID: Int64] {
        guard let value = object["conversations"] else { return [:] }
        guard case .object(let members) = value else { throw wrong("conversations", "an object of numbers") }
        var cursors: [ConversationID: Int64] = [:]
        for member in members.members {
            guard let id = ConversationID(member.name), case .integer(let seq) = member.value, seq >= 0 else {
                throw wrong("conversations", "an object of conversation ids and numbers")
            }
            cursors[id] = seq
        }
        return cursors
    }

    private func sync() throws(FrameError) -> ClientFrame {
        if let after = try optionalInteger("feed") { return .syncFeed(after: after) }
        return .syncConversation(try optionalIdentifier("conversation"), after: try integer("after"))
    }

    /// The marks of a `receipt` frame or of its HTTP twin.
    package func watermarks() throws(FrameError) -> Watermarks {
        let marks = Watermarks(delivered: try optionalInteger("delivered"), read: try optionalInteger("read"))
        guard marks.delivered != nil || marks.read != nil else { throw failure(.badFrame, "a receipt has delivered, read or both") }
        return marks
    }

    /// What a `send` frame or its HTTP twin asks for.
    /// - Parameter idempotencyKey: the header of that name, used where the body has no `clientID`.
    package func send(idempotencyKey: String? = nil) throws(FrameError) -> Send {
        Send(
            conversation: try optionalIdentifier("conversation"),
            clientID: try clientID(else: idempotencyKey),
            basedOn: try optionalInteger("basedOn"),
            act: try act(kind: try text("kind", atMost: 32)))
    }

    private func clientID(else idempotencyKey: String?) throws(FrameError) -> ULID {
        guard let text = try optionalText("clientID", atMost: 64) ?? idempotencyKey, let id = ULID(text) else {
            throw failure(.clientIDInvalid, "clientID is a ULID of 26 characters")
        }
        return id
    }

    private func act(kind: String) throws(FrameError) -> Act {
        switch kind {
        case "text": return .text(try bodyText())
        case "note": return .note(try bodyText())
        case "assign": return .assign(try assignee())
        case "resolve": return .resolve
        case "reopen": return .reopen
        default: throw failure(.unknownKind, "no kind \"\(kind.clipped(to: 32))\"")
        }
    }

    private func body() throws(FrameError) -> FrameFields {
        guard case .object(let body)? = object["body"] else { throw wrong("body", "an object") }
        return FrameFields(body, ref: ref)
    }

    private func bodyText() throws(FrameError) -> String {
        // The length is the room's rule; here only the frame's own limit counts.
        try body().text("text", atMost: 65_536)
    }

    private func assignee() throws(FrameError) -> MemberID? {
        try body().optionalIdentifier("member")
    }
}
