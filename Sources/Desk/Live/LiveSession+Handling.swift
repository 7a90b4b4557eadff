package import DeskProtocol
import Storage
import Vocabulary

extension LiveSession {
    /// Does what a frame asks for and answers it; every refusal is a frame, never silence.
    /// - Returns: false when the frame was refused with an `error`.
    package func handle(_ frame: ClientFrame) async -> Bool {
        // Nothing is done any more for a session that was ended.
        guard !isEnded else { return true }
        do {
            switch frame {
            case .initialise: throw DeskError.refused(.initTwice, "init comes once")
            case .send(let send, let ref): await answer(send, ref: ref)
            case .syncConversation(let id, let after): try await sync(id, after: after)
            case .syncFeed(let after): try await syncFeed(after: after)
            case .open(let id, let after): try await open(id, after: after)
            case .leave(let id): leave(.conversation(id))
            case .receipt(let id, let marks): try await desk.conversations.acknowledge(id, marks, by: principal)
            case .typing(let id, let on): try await type(in: id, on: on)
            case .probe: ping()
            }
            return true
        } catch {
            emit(.error(FrameError(refusing: error)))
            return false
        }
    }

    private func answer(_ send: Send, ref: Int64) async {
        do {
            try desk.admitSend(of: principal)
            let acknowledgement = try await desk.conversations.post(send, by: principal)
            if audience == .customer { remember(conversation: acknowledgement.conversation) }
            emit(.ack(acknowledgement, ref: ref))
        } catch DeskError.stale(let events) {
            // Only what is stored can be newer, so a customer's session knows its conversation by now or is told with the events.
            guard let conversation = send.conversation ?? ownConversationID else {
                let error = FrameError(.storageBusy, "somebody answered meanwhile; try again", ref: ref, retryAfterMilliseconds: 100)
                return emit(.nack(error, clientID: send.clientID))
            }
            emit(.stale(conversation, clientID: send.clientID, ref: ref, events))
        } catch {
            emit(.nack(FrameError(refusing: error, ref: ref), clientID: send.clientID))
        }
    }

    private func sync(_ id: ConversationID?, after: Int64) async throws {
        let principal = principal
        let conversation = try await desk.database.read { try Conversations.existing(id, for: principal, on: $0) }
        if let conversation, after > conversation.top(for: audience) {
            emit(.resetConversation(conversation.id, .ahead))
        } else if let conversation {
            try await sendEvents(of: conversation.id, after: after)
        }
        emitResumed()
    }

    private func open(_ id: ConversationID, after: Int64) async throws {
        guard audience == .staff else { throw DeskError.refused(.forbidden, "a customer's conversation is always open") }
        guard isOpen(.conversation(id)) || openConversations < ProtocolLimits.openConversations else {
            throw DeskError.refused(.tooManyOpen, "at most \(ProtocolLimits.openConversations) open conversations; leave one")
        }
        try await follow(id, after: after)
        emitResumed()
    }

    private func type(in id: ConversationID?, on: Bool) async throws {
        guard takeTyping() else { return }
        let principal = principal
        let conversation = try await desk.database.read { try Conversations.existing(id, for: principal, on: $0) }
        guard let conversation else { return }
        desk.delivery.typed(
            Delivery.Typing(conversation: conversation.id, customer: conversation.customer, by: author, on: on, connection: connection))
    }

    func staffChanged(of shop: ShopID, to staff: Set<MemberID>) {
        guard case .member(let member) = principal else { return }
        guard change(scope: { $0.serving(shop, staff.contains(member.member)) }) else { return }
        // What was open may be forbidden now; the client opens again what it still may see.
        leaveConversations()
        emit(.resetAll(.access))
    }

    /// Name or rights changed: what this session stands for is looked up again.
    func accessChanged() {
        // Lives no longer than one look-up; a session that ended meanwhile ignores its result.
        Task {
            guard case .member(let member) = principal else { return }
            do {
                guard let present = try await desk.directory.principal(ofSession: member.session) else {
                    return end(code: 4403, reason: "signed out, or rights changed")
                }
                // The connection carries name and role: a new one is made with the new ones.
                if present != member { end(code: 1012, reason: "name or role changed: reconnect") }
            } catch {
                // What can't be looked up is not shown any longer.
                end(code: 1012, reason: "rights could not be looked up: reconnect")
            }
        }
    }

    /// The transport dropped a backlog: the client asks again for what it has open.
    package func overflowed() {
        emit(.resync)
    }
}

extension FrameError {
    /// Any refusal as the protocol says it; what isn't the client's fault may be tried again.
    package init(refusing error: any Error, ref: Int64? = nil) {
        switch error {
        case let error as FrameError:
            self.init(error.code, error.message, ref: error.ref ?? ref, retryAfterMilliseconds: error.retryAfterMilliseconds)
        case DeskError.frame(let error):
            self.init(error.code, error.message, ref: error.ref ?? ref, retryAfterMilliseconds: error.retryAfterMilliseconds)
        case let error as DeskError where error == .roleTooLow:
            self.init(.forbidden, error.explanation, ref: ref)
        case let error as DeskError:
            self.init(.notFound, error.explanation, ref: ref)
        default:
            self.init(.storageFailed, "not stored; try again", ref: ref, retryAfterMilliseconds: 1_000)
        }
    }
}
