import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Vocabulary

/// What to do with a whole answer before the client gets it.
typealias Rewriting = (Attempt, NIODeadline) -> [DispatchAction]

extension RequestDispatch {
    /// Bytes of an answer about such objects that is taken in whole.
    static let objectAnswerLimit = 1_024 * 1_024
}

// What the client hears of the objects that it asks about: its workspace's, and at our address.
extension RequestDispatch {
    /// A new object is written down before the client hears of it.
    func created(_ attempt: Attempt, _ asked: AskedObject, at now: NIODeadline) -> [DispatchAction] {
        let bytes = attempt.heldContent
        guard let key, let id = Self.read(bytes)?.id else { return give(attempt, bytes, at: now) }
        let (objects, control, clock, hold) = (traffic.objects, traffic.control, traffic.clock, held)
        let owner = ResourceOwners.Owner(node: attempt.turn.node.id, key: key.id, held: hold?.amount ?? 0)
        // From here on it is the batch's.
        held = nil
        return ask({
            try await objects.note(id, asked.kind, owner, in: key.workspace)
            // Only now do the others count it. What can't be written down stays with this instance for as long as the budget's day and
            // month last: the batch is under way at the node, whoever knows of it.
            if let hold { control.stored(hold, at: Health.reading(clock)) }
        }) { [unowned self] _, now in
            give(attempt, rewritten(bytes, attempt, keeps: { _ in true }), at: now)
        }
    }

    func used(_ attempt: Attempt, _ asked: AskedObject, _ owner: ResourceOwners.Owner, at now: NIODeadline) -> [DispatchAction] {
        let content = attempt.heldContent
        let bytes = rewritten(content, attempt, keeps: { _ in true })
        guard let key else { return give(attempt, bytes, at: now) }
        let objects = traffic.objects
        let files = Self.read(content)?.files ?? []
        if asked.verb == .use {
            guard !files.isEmpty else { return give(attempt, bytes, at: now) }
            // What a batch has written is its workspace's too.
            let written = ResourceOwners.Owner(node: attempt.turn.node.id, key: owner.key ?? key.id, parent: asked.id)
            return ask({ for file in files { try await objects.note(file, .file, written, in: key.workspace) } }) {
                [unowned self] _, now in give(attempt, bytes, at: now)
            }
        }
        let batches = traffic.batches
        return ask({
            if owner.held > 0 { await batches.release(asked.id, in: key.workspace) }
            try await objects.forget(asked.id, asked.kind, in: key.workspace)
        }) { [unowned self] _, now in
            give(attempt, bytes, at: now)
        }
    }

    func listed(_ attempt: Attempt, _ asked: AskedObject, at now: NIODeadline) -> [DispatchAction] {
        let bytes = attempt.heldContent
        // What can't be read can't be parted from what belongs to others.
        guard let key, let elements = Self.read(bytes)?.elements else { return refuse(.listUnreadable, at: now) }
        let objects = traffic.objects
        let ids = elements.compactMap(\.id)
        return ask({ try await objects.owned(ids, asked.kind, in: key.workspace) }) { [unowned self] owned, now in
            give(attempt, rewritten(bytes, attempt, keeps: owned.contains), at: now)
        }
    }

    private static func read(_ bytes: [UInt8]) -> ObjectAnswer? {
        bytes.withUnsafeBytes { ObjectAnswer($0) }
    }

    private func rewritten(_ bytes: [UInt8], _ attempt: Attempt, keeps: (String) -> Bool) -> [UInt8] {
        guard let answer = Self.read(bytes), let host = request.head.headers.first(name: "host") else { return bytes }
        let base = "\(request.isSecure ? "https" : "http")://\(host)"
        return answer.rewritten(bytes, from: attempt.turn.node.url.text, to: base, keeps: keeps)
    }

    /// The node's answer with this body.
    func give(_ attempt: Attempt, _ body: [UInt8], at now: NIODeadline) -> [DispatchAction] {
        guard let head = attempt.head else { return refuse(.upstreamBroken, at: now) }
        close(.completed, status: attempt.status, code: nil, from: attempt, at: now)
        hasResponded = true
        var answer = RequestHeads.toClient(head, attempts: attempts)
        answer.headers.replaceOrAdd(name: "content-length", value: "\(body.count)")
        return [.respond(answer), .write(ByteBuffer(bytes: body)), .finish(nil)]
    }

    func answerEmptyList(at now: NIODeadline) -> [DispatchAction] {
        let text =
            family == .anthropic
            ? #"{"data":[],"has_more":false,"first_id":null,"last_id":null}"# : #"{"object":"list","data":[],"has_more":false}"#
        return answer(text, at: now)
    }

    /// A JSON answer of the gateway's own.
    func answer(_ json: String, at now: NIODeadline) -> [DispatchAction] {
        close(.completed, status: 200, code: nil, from: nil, at: now)
        hasResponded = true
        let body = ByteBuffer(string: json)
        let headers: HTTPHeaders = [
            "content-type": "application/json", "content-length": "\(body.readableBytes)", "request-id": request.requestID,
        ]
        return [.respond(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)), .write(body), .finish(nil)]
    }
}

extension Attempt {
    var heldContent: [UInt8] {
        held.reduce(into: []) { $0 += $1.readableBytesView }
    }
}
