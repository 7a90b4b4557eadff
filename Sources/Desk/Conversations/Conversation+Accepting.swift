package import DeskProtocol
package import Vocabulary

/// What one act makes of a conversation.
package struct Acceptance: Hashable, Sendable {
    package let conversation: Conversation
    /// In order; empty when it was so already.
    package let events: [ConversationEvent]
}

extension Conversation {
    /// Decides what `act` does here, without storing it.
    ///
    /// Whether the author may see the conversation at all is decided before; this knows who may do what in it.
    /// - Parameter assigneeName: the name of the member in `.assign`, looked up by the caller.
    /// - Throws: `DeskError` with the protocol's code (sync-protocol §4).
    package func accepting(
        _ act: Act, by author: Author, clientID: ULID, assigneeName: String? = nil, at time: Timestamp
    ) throws(DeskError) -> Acceptance {
        if case .customer = author, !act.isForCustomers { throw .refused(.forbidden, "only staff may do this") }
        var draft = ConversationDraft(self, at: time)
        switch act {
        case .text(let text):
            let text = try MessageText.checked(text)
            if case .customer = author, isResolved { draft.append(.reopened, by: .system, clientID: nil) }
            draft.append(.message(text: text), by: author, clientID: clientID)
        case .note(let text):
            draft.append(.note(text: try MessageText.checked(text)), by: author, clientID: clientID)
        case .assign(let member):
            guard member != assignee else { break }
            draft.append(.assigned(member: member, name: assigneeName), by: author, clientID: clientID)
        case .resolve:
            guard !isResolved else { break }
            draft.append(.resolved, by: author, clientID: clientID)
        case .reopen:
            guard isResolved else { break }
            draft.append(.reopened, by: author, clientID: clientID)
        }
        return Acceptance(conversation: draft.conversation, events: draft.events)
    }
}

extension Act {
    /// May a customer do this?
    fileprivate var isForCustomers: Bool {
        if case .text = self { true } else { false }
    }

    /// Is `stored` what this act became the first time?
    package func became(_ stored: EventBody) -> Bool {
        switch (self, stored) {
        case (.text(let sent), .message(let text)), (.note(let sent), .note(let text)): MessageText.cleaned(sent) == text
        case (.assign(let member), .assigned(let stored, _)): member == stored
        case (.resolve, .resolved), (.reopen, .reopened): true
        default: false
        }
    }
}

/// A conversation while events are appended to it.
private struct ConversationDraft {
    var conversation: Conversation
    var events: [ConversationEvent] = []
    private let time: Timestamp

    init(_ conversation: Conversation, at time: Timestamp) {
        self.conversation = conversation
        // Shown by seq, never by clock; still no event may seem older than the one before it.
        self.time = max(time, conversation.lastAt)
    }

    mutating func append(_ body: EventBody, by author: Author, clientID: ULID?) {
        conversation.lastSeq += 1
        if body.isPublic { conversation.lastPubSeq += 1 }
        conversation.lastAt = time
        conversation.show(body, by: author)
        events.append(
            ConversationEvent(
                id: .make(at: time), seq: conversation.lastSeq, pubSeq: conversation.lastPubSeq, at: time, by: author, clientID: clientID,
                body: body))
    }
}

extension Conversation {
    fileprivate mutating func show(_ body: EventBody, by author: Author) {
        switch body {
        case .message(let text), .note(let text):
            lastKind = body.kind
            lastText = text.clipped(to: ProtocolLimits.previewCharacters, bytes: ProtocolLimits.previewBytes)
            if case .customer = author {
                lastByCustomer = true
                customerMessages += 1
            } else {
                lastByCustomer = false
            }
        case .assigned(let member, _): assignee = member
        case .resolved: isResolved = true
        case .reopened: isResolved = false
        }
    }
}
